import { analyseSource, type PolicyAnalysis } from '../../../src/core/trace/analyse-policy.ts';
import { compareSources } from '../../../src/core/trace/compare-policies.ts';
import type { Witness } from '../../../src/core/trace/witness.ts';
import { checkProofs } from './check-proof.ts';
import { TinyOracle, type TinyVerdict } from './tiny-oracle.ts';
import type { TinyPolicy, TinyRule } from './tiny-policy.ts';
import { pointsOfWitness, toTraceSource } from './tiny-to-model.ts';

const BUDGET = 100_000;

/** Everything in which the engine and the enumeration differ about a policy, as sentences; none when they agree. */
export function findDisagreements(policy: TinyPolicy, random: () => number): string[] {
  const oracle = new TinyOracle(policy);
  const analysis = analyseSource(toTraceSource(policy), { budget: BUDGET });
  return [
    ...compareVerdicts(oracle, analysis),
    ...compareShares(oracle, analysis),
    ...compareParts(oracle, analysis),
    ...compareRemovals(oracle, analysis, random),
    ...checkProofs(oracle, analysis),
    ...compareMerges(oracle, analysis),
    ...compareEdits(oracle, random),
    ...compareGrowth(oracle, analysis, random),
  ];
}

function compareVerdicts(oracle: TinyOracle, analysis: PolicyAnalysis): string[] {
  return oracle.verdicts().flatMap((expected, place) => {
    const found = analysis.verdicts[place];
    if (found === undefined) return [`rule ${expected.rule} has no verdict`];
    const { rule, kind, by, relation, keptCopy } = found;
    const text = (verdict: Partial<TinyVerdict>): string => JSON.stringify(verdict);
    const actual = text({
      rule,
      kind: kind as TinyVerdict['kind'],
      by,
      relation: relation as TinyVerdict['relation'],
      keptCopy,
    } as TinyVerdict);
    const wanted = text({
      rule: expected.rule,
      kind: expected.kind,
      by: expected.by,
      relation: expected.relation,
      keptCopy: expected.keptCopy,
    } as TinyVerdict);
    if (actual !== wanted) return [`verdict: expected ${wanted}, found ${actual}`];
    return found.witness === null ? [] : checkWitness(oracle, place, found.witness);
  });
}

function checkWitness(oracle: TinyOracle, place: number, witness: Witness): string[] {
  const points = pointsOfWitness(witness, oracle.policy.universe, oracle.points);
  if (points.length === 0) return [`rule ${oracle.rules[place]?.id}: its witness is no point of the universe`];
  const reaches = (point: number): boolean => {
    if (oracle.policy.evaluation !== 'any-permit') return oracle.at(point).reached.has(place);
    return oracle.matches[place]?.[point] === true;
  };
  return points.every(reaches) ? [] : [`rule ${oracle.rules[place]?.id}: its witness does not reach it`];
}

function compareShares(oracle: TinyOracle, analysis: PolicyAnalysis): string[] {
  return oracle.rules.flatMap((rule, place) => {
    const coverage = analysis.deciders(rule.id);
    if (coverage === null) return [`rule ${rule.id}: no shares within the budget`];
    const found = new Map<string, bigint>(coverage.deciders.map(({ rule: decider, packets }) => [decider, packets.ipv4 + packets.ipv6]));
    const undecided = coverage.undecided.ipv4 + coverage.undecided.ipv6;
    if (undecided > 0n) found.set('undecided', undecided);
    const expected = oracle.shares(place);
    const text = (shares: ReadonlyMap<string, bigint>): string =>
      [...shares]
        .sort()
        .map(([decider, packets]) => `${decider}: ${packets}`)
        .join(', ');
    const packets = analysis.packets(rule.id);
    const total = [...expected.values()].reduce((sum, each) => sum + each, 0n);
    if (packets === null || packets.ipv4 + packets.ipv6 !== total)
      return [`packets of ${rule.id}: expected ${total}, found ${packets?.ipv4} and ${packets?.ipv6}`];
    return text(found) === text(expected) ? [] : [`shares of ${rule.id}: expected ${text(expected)}; found ${text(found)}`];
  });
}

function compareParts(oracle: TinyOracle, analysis: PolicyAnalysis): string[] {
  if (oracle.policy.evaluation === 'any-permit') return [];
  return oracle.rules.flatMap((rule, place) => {
    const points = oracle.pointsTakenBefore(place);
    if (rule.verdict === null || points.length === 0) return [];
    const expected = oracle.relation(rule.verdict, points);
    const found = analysis.relationOfPart(rule.id);
    return found === expected ? [] : [`relation of the part of ${rule.id}: expected ${expected}, found ${found}`];
  });
}

function compareRemovals(oracle: TinyOracle, analysis: PolicyAnalysis, random: () => number): string[] {
  const verdicts = oracle.verdicts();
  // Sets of rules that might go, and sets of any.
  return Array.from({ length: 4 }, (_, round) => {
    const likely = verdicts.map(({ kind }) => kind !== 'live' && kind !== 'partly-shadowed');
    const set = new Set(
      verdicts.map((_, place) => place).filter((place) => (round < 2 ? likely[place] === true && random() < 0.7 : random() < 0.35)),
    );
    const answer = analysis.removalIsSafe(new Set([...set].map((place) => oracle.rules[place]?.id as string)));
    const names = [...set].map((place) => oracle.rules[place]?.id).join();
    if (answer.safe !== oracle.removalIsSafe(set))
      return [`removing ${names}: expected ${oracle.removalIsSafe(set)}, found ${answer.safe}`];
    if (answer.safe !== false) return [];
    const points = pointsOfWitness(answer.witness, oracle.policy.universe, oracle.points);
    const shows = points.length > 0 && points.every((point) => oracle.at(point).effect !== oracle.outcome(point, set).effect);
    return shows ? [] : [`removing ${names}: the witness does not show a difference`];
  }).flat();
}

/** One rule in the place of both, at the earlier one's: nothing changes. */
function compareMerges(oracle: TinyOracle, analysis: PolicyAnalysis): string[] {
  const [chain = [], ...others] = oracle.policy.chains;
  return analysis.merges().flatMap(({ earlier, later }) => {
    const moved = chain.find(({ id }) => id === later) as TinyRule;
    const merged = chain.flatMap((rule) =>
      rule.id === later ? [] : rule.id === earlier ? [{ ...rule, boxes: [...rule.boxes, ...moved.boxes] }] : [rule],
    );
    const after = new TinyOracle({ ...oracle.policy, chains: [merged, ...others] });
    const same = oracle.points.every((_, point) => oracle.at(point).effect === after.at(point).effect);
    return same ? [] : [`merging ${earlier} and ${later} changes an effect`];
  });
}

/** The policy and an edited one: equal only when they are, and every difference named is one. */
function compareEdits(oracle: TinyOracle, random: () => number): string[] {
  const edited = new TinyOracle({ ...oracle.policy, chains: oracle.policy.chains.map((chain) => edit(chain, random)) });
  const differs = (point: number): boolean => oracle.at(point).effect !== edited.at(point).effect;
  const found = compareSources(toTraceSource(oracle.policy), toTraceSource(edited.policy), { budget: BUDGET, mostDifferences: 50 });
  if (found.equal === 'unknown') return ['the comparison went over its budget'];
  const isEqual = !oracle.points.some((_, point) => differs(point));
  if (found.equal !== isEqual) return [`comparison: expected ${isEqual ? 'equal' : 'different'}, found ${found.equal}`];
  if (found.equal) return [];
  return found.differences.flatMap(({ witness, before, after }) => {
    const points = pointsOfWitness(witness, oracle.policy.universe, oracle.points);
    if (points.length === 0 || !points.every(differs)) return ['a difference that is none'];
    // Conditions that the witness does not list have one value in the walk that names the rules.
    const name = (side: TinyOracle, point: number): string =>
      side.at(point).decider < 0 ? 'default' : (side.rules[side.at(point).decider]?.id as string);
    const isNamed = points.some((point) => name(oracle, point) === before.rule && name(edited, point) === after.rule);
    return isNamed ? [] : [`a difference names ${before.rule} and ${after.rule}`];
  });
}

function edit(chain: readonly TinyRule[], random: () => number): TinyRule[] {
  const edited = chain
    .filter(() => random() > 0.12)
    .map((rule): TinyRule => {
      const isTurned = rule.control === 'decide' && rule.verdict !== null && random() < 0.06;
      return isTurned ? { ...rule, attribute: `${rule.attribute}!` } : rule;
    });
  const at = Math.floor(random() * edited.length);
  const [first, second] = [edited[at], edited[at + 1]];
  if (first !== undefined && second !== undefined && random() < 0.3) edited.splice(at, 2, second, first);
  return edited;
}

/** Growing a set of removals: every addition that is accepted leaves it safe, and one that is refused would not have. */
function compareGrowth(oracle: TinyOracle, analysis: PolicyAnalysis, random: () => number): string[] {
  const growing = analysis.startRemoval();
  const accepted = new Set<number>();
  const order = oracle.rules.map((_, place) => ({ place, key: random() })).sort((a, b) => a.key - b.key);
  return order.flatMap(({ place }) => {
    const answer = growing.tryAdd(oracle.rules[place]?.id as string);
    const expected = oracle.removalIsSafe(new Set([...accepted, place]));
    if (answer.safe === true) accepted.add(place);
    return answer.safe === expected
      ? []
      : [`adding ${oracle.rules[place]?.id} to a set of removals: expected ${expected}, found ${answer.safe}`];
  });
}
