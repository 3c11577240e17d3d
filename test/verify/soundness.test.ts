import { expect, test } from 'vitest';
import { type CheckableProof, checkProof } from '../../src/core/verify/check-proof.ts';
import { toCheckedPolicy } from '../../src/core/verify/checked-policy.ts';
import type { Policy } from '../../src/model/policy.ts';
import { type PartitionClaim, type ProofDocument, type ProofPart, partitionClaimSchema, proofSchema } from '../../src/model/proof.ts';
import { auditPolicies } from '../support/proven-policy.ts';
import { randomPolicy, seededRandom } from '../support/trace/random-policies.ts';
import { TinyOracle } from '../support/trace/tiny-oracle.ts';
import type { TinyPolicy, TinyRule } from '../support/trace/tiny-policy.ts';
import { toModelPolicy } from '../support/trace/tiny-to-model.ts';

// The law of the checker: whatever it accepts is true. Truth is enumeration: every point of a tiny universe, every value of the unknowns.

type Random = () => number;
type Partition = Extract<CheckableProof, { readonly type: 'partition' | 'removal' }>;

const POLICIES = 80;
const FORGERIES = 12;

test('whatever the checker accepts is true, of proofs that were forged in every way we could think of', () => {
  const random = seededRandom(7);
  const tally = { accepted: 0, refused: 0, refusedFalse: 0 };
  for (let round = 0; round < POLICIES; round += 1) {
    const tiny = withoutChains(random);
    const policy = toModelPolicy(tiny);
    const partitions = auditPolicies([policy]).lines.map(parse).filter(isPartition);
    const truth = new Truth(tiny);
    const { policy: edited, tiny: editedTiny } = withAnotherRule(random, tiny);
    const editedTruth = new Truth(editedTiny);
    for (const proof of partitions) {
      for (let i = 0; i < FORGERIES; i += 1) {
        const isEdited = i % 4 === 0;
        const forged = isEdited ? proof : forge(random, proof, policy);
        check(forged, isEdited ? edited : policy, isEdited ? editedTruth : truth);
      }
    }
  }
  expect(tally.accepted).toBeGreaterThan(150);
  expect(tally.refusedFalse).toBeGreaterThan(150);

  function check(proof: Partition, policy: Policy, truth: Truth): void {
    const gone = truth.someGone(proof);
    const fault = checkProof(toCheckedPolicy(policy), proof, { copies: gone, removedBefore: gone });
    const isTrue = truth.holds(proof, gone);
    if (fault === null) {
      tally.accepted += 1;
      expect(isTrue, JSON.stringify({ proof, gone: [...gone] })).toBe(true);
    } else {
      tally.refused += 1;
      if (!isTrue) tally.refusedFalse += 1;
    }
  }
});

test('a witness that is accepted does reach its rule, and a forged one that does not is refused', () => {
  const random = seededRandom(11);
  let [accepted, refused] = [0, 0];
  for (let round = 0; round < POLICIES; round += 1) {
    const tiny = withoutChains(random);
    const policy = toModelPolicy(tiny);
    const checked = toCheckedPolicy(policy);
    for (const proof of auditPolicies([policy]).lines.map(parse)) {
      if (proof.type !== 'witness') continue;
      for (const rule of policy.rules) {
        const fault = checkProof(checked, { ...proof, rule: rule.id }, { copies: new Set(), removedBefore: new Set() });
        if (fault === null) accepted += 1;
        else refused += 1;
        // A packet reaches one rule of a list.
        if (fault === null && policy.evaluation === 'first-match') expect(rule.id).toBe(proof.rule);
      }
    }
  }
  expect(accepted).toBeGreaterThan(150);
  expect(refused).toBeGreaterThan(150);
});

test('a merge that is accepted changes no effect, also when a rule was changed', () => {
  const tally = checkAgain('merge', ofNeighbours, mergedWith, (proof, truth) =>
    proof.merges.every(({ with: earlier }) => truth.mayMerge(earlier, proof.rule)),
  );
  expect(tally.accepted).toBeGreaterThan(20);
  expect(tally.refused).toBeGreaterThan(20);
});

test('an overlap that is accepted is there, also when a rule was changed', () => {
  const tally = checkAgain('overlap', withoutChains, decidedBy, (proof, truth) =>
    proof.packets.every((each) => truth.decidesSome(each.decidedBy, proof.rule)),
  );
  expect(tally.accepted).toBeGreaterThan(10);
  expect(tally.refused).toBeGreaterThan(20);
});

type Merge = Extract<ProofDocument, { readonly type: 'merge' }>;
type Overlap = Extract<ProofDocument, { readonly type: 'overlap' }>;

function mergedWith(proof: Merge, rule: string): Merge {
  return { ...proof, merges: proof.merges.map((merge) => ({ ...merge, with: rule })) };
}

function decidedBy(proof: Overlap, rule: string): Overlap {
  return { ...proof, packets: proof.packets.map((each) => ({ ...each, decidedBy: rule })) };
}

/** Checks the proofs of a type, and those that name another rule instead, against the policy they are of, and against one in which a rule was changed. */
function checkAgain<Type extends 'merge' | 'overlap'>(
  type: Type,
  make: (random: Random) => TinyPolicy,
  forgery: (proof: Extract<ProofDocument, { readonly type: Type }>, rule: string) => Extract<ProofDocument, { readonly type: Type }>,
  holds: (proof: Extract<ProofDocument, { readonly type: Type }>, truth: Truth) => boolean,
): { accepted: number; refused: number } {
  const random = seededRandom(13);
  const tally = { accepted: 0, refused: 0 };
  for (let round = 0; round < 2 * POLICIES; round += 1) {
    const tiny = make(random);
    const policy = toModelPolicy(tiny);
    const written = auditPolicies([policy])
      .lines.map(parse)
      .filter((proof): proof is Extract<ProofDocument, { readonly type: Type }> => proof.type === type);
    const proofs = written.flatMap((proof) => [proof, ...policy.rules.map(({ id }) => forgery(proof, id))]);
    for (const each of [{ policy, tiny }, withAnotherRule(random, tiny)]) {
      const truth = new Truth(each.tiny);
      for (const proof of proofs) {
        const fault = checkProof(toCheckedPolicy(each.policy), proof, { copies: new Set(), removedBefore: new Set() });
        if (fault === null) expect(holds(proof, truth), JSON.stringify(proof)).toBe(true);
        tally[fault === null ? 'accepted' : 'refused'] += 1;
      }
    }
  }
  return tally;
}

/** What is true of a policy, by looking at every point. */
class Truth {
  readonly #oracle: TinyOracle;
  readonly #place: ReadonlyMap<string, number>;

  constructor(policy: TinyPolicy) {
    this.#oracle = new TinyOracle(policy);
    this.#place = new Map(this.#oracle.rules.map(({ id }, place) => [id, place]));
  }

  /** Rules that the proof does not name, about half of them. */
  someGone(proof: Partition): Set<string> {
    const text = JSON.stringify(proof.parts);
    const others = [...this.#place.keys()].filter((id) => id !== proof.rule);
    return new Set(others.filter((_id, index) => (index + text.length) % 3 === 0));
  }

  /** Whether nothing changes when the earlier rule takes the packets of the later one too. */
  mayMerge(earlier: string, later: string): boolean {
    const [at, from] = [this.#place.get(earlier) as number, this.#place.get(later) as number];
    const { matches, points, rules, policy } = this.#oracle;
    if (policy.evaluation === 'any-permit') return true;
    return points.every((_, point) => {
      const matching = rules.map((_rule, place) => place).filter((place) => matches[place]?.[point]);
      const merged = matching.map((place) => (place === from ? at : place)).sort((a, b) => a - b);
      const effectOf = (place: number | undefined): string =>
        place === undefined ? 'default' : `${rules[place]?.verdict} ${rules[place]?.attribute}`;
      return effectOf(matching[0]) === effectOf(merged[0]);
    });
  }

  decidesSome(decider: string, rule: string): boolean {
    const [by, of] = [this.#place.get(decider), this.#place.get(rule) as number];
    return this.#oracle.pointsOf(of).some((point) => this.#oracle.at(point).decider === by);
  }

  holds({ rule, claim }: Partition, gone: ReadonlySet<string>): boolean {
    const place = this.#place.get(rule) as number;
    const { rules, policy } = this.#oracle;
    const own = rules[place]?.verdict;
    const points = this.#oracle.pointsOf(place);
    if (claim === 'matches-nothing') return points.length === 0;
    if (claim === 'removable') {
      const before = new Set([...gone].map((id) => this.#place.get(id) as number));
      const after = new Set([...before, place]);
      return points.every((point) => this.#oracle.outcome(point, before).effect === this.#oracle.outcome(point, after).effect);
    }
    if (policy.evaluation === 'any-permit') return points.length === 0;
    return points.every((point) => {
      const { decider, verdict } = this.#oracle.at(point);
      if (decider < 0 || decider >= place) return false;
      return claim === 'covered' || (verdict === own) === (claim === 'decided-alike');
    });
  }
}

/** Notes and logs are of no use here: the model has rules that decide. */
function withoutChains(random: Random): TinyPolicy {
  const { policy } = randomPolicy(random);
  const rules = (policy.chains[0] ?? []).map((rule) => ({
    ...rule,
    control: 'decide' as const,
    verdict: rule.verdict ?? ('deny' as const),
  }));
  return { ...policy, chains: [rules] };
}

/** Single cells of addresses side by side, so that two of them make one. */
function ofNeighbours(random: Random): TinyPolicy {
  const below = (end: number): number => Math.floor(random() * end);
  const service = { protocolFirst: 0, protocolLast: 255, sourcePorts: null, ports: null, type: null };
  const rules = Array.from({ length: 4 + below(3) }, (_, i): TinyRule => {
    const [source, destination] = [below(4), below(4)];
    const box = { family: 4, services: [service], states: null, unknowns: [], member: null } as const;
    const wide = random() < 0.2;
    const columns: [number, number] = wide ? [0, 3] : [source, source];
    const cells = { source: [columns], destination: [[destination >> 1, destination >> 1] as const] };
    return { id: `r${i}`, boxes: [{ ...box, ...cells }], verdict: random() < 0.65 ? 'permit' : 'deny', attribute: '', control: 'decide' };
  });
  return {
    universe: {
      families: [4],
      sourceCells: 4,
      destinationCells: 2,
      services: [{ protocol: 47, sourcePort: 0, destinationPort: 0, weight: 1n }],
      states: ['else'],
      unknowns: [],
    },
    evaluation: 'first-match',
    defaultVerdict: 'deny',
    chains: [rules],
  };
}

/** The policy with the match of one rule taken from another policy, or its verdict turned. */
function withAnotherRule(random: Random, tiny: TinyPolicy): { policy: Policy; tiny: TinyPolicy } {
  const rules = [...(tiny.chains[0] ?? [])];
  const at = Math.floor(random() * rules.length);
  const [rule, donor] = [rules[at], rules[Math.floor(random() * rules.length)]];
  if (rule === undefined || donor === undefined) return { policy: toModelPolicy(tiny), tiny };
  const turned = tiny.evaluation === 'first-match' && random() < 0.4;
  rules[at] = turned ? { ...rule, verdict: rule.verdict === 'permit' ? 'deny' : 'permit' } : { ...rule, boxes: donor.boxes };
  const changed = { ...tiny, chains: [rules] };
  return { policy: toModelPolicy(changed), tiny: changed };
}

function forge(random: Random, proof: Partition, policy: Policy): Partition {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const rule = (): string => pick(policy.rules).id;
  switch (Math.floor(random() * 6)) {
    case 0:
      return proof;
    case 1:
      return { ...proof, rule: rule() };
    case 2:
      return toPartition(proof, pick(partitionClaimSchema.options));
    case 3:
      return withTree(proof, (tree) => tree.map((step) => ('rule' in step && random() < 0.5 ? { rule: rule() } : step)));
    case 4:
      return withTree(proof, (tree) =>
        tree.map((step) =>
          isLeaf(step) && random() < 0.3 ? pick([{ default: true as const }, { outside: true as const }, { rule: rule() }]) : step,
        ),
      );
    default:
      return toPartition(
        withTree({ ...proof, rule: rule() }, (tree) => tree.filter(() => random() < 0.9)),
        pick(partitionClaimSchema.options),
      );
  }
}

function toPartition({ policy, rule, parts }: Partition, claim: PartitionClaim): Partition {
  return { type: 'partition', finding: 'F-0', policy, rule, claim, parts };
}

function withTree(proof: Partition, change: (tree: ProofPart['tree']) => ProofPart['tree']): Partition {
  return { ...proof, parts: proof.parts.map((part) => ({ ...part, tree: change(part.tree) })) };
}

function isLeaf(step: ProofPart['tree'][number]): boolean {
  return 'rule' in step || 'default' in step || 'outside' in step;
}

function parse(line: string): ProofDocument {
  return proofSchema.parse(JSON.parse(line));
}

/** Without what a shadowed rule says beside its partition. */
function isPartition(proof: ProofDocument): proof is Partition {
  return proof.type === 'removal' || (proof.type === 'partition' && proof.disagreement === undefined);
}
