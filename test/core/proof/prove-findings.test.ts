import { expect, test } from 'vitest';
import { AuditVerifier } from '../../../src/core/verify/audit-verifier.ts';
import type { Policy } from '../../../src/model/policy.ts';
import { type ProofDocument, proofSchema } from '../../../src/model/proof.ts';
import { policyOf, ruleOf } from '../../support/policies.ts';
import { auditPolicies } from '../../support/proven-policy.ts';
import { randomPolicy, seededRandom } from '../../support/trace/random-policies.ts';
import { toModelPolicy } from '../../support/trace/tiny-to-model.ts';

const POLICIES = 200;

test(`every finding and every step of the plan of ${POLICIES} random policies is proven, and the checker accepts each proof`, () => {
  const random = seededRandom(20_260_411);
  const seen = new Map<string, number>();
  for (let round = 0; round < POLICIES; round += 1) {
    const policy = withoutChains(random);
    const { result, lines } = auditPolicies([policy]);
    const verifier = new AuditVerifier(result, [policy]);
    for (const [index, line] of lines.entries()) verifier.addLine(line, index + 1);
    expect(verifier.finish().problems, `policy ${round}`).toEqual([]);
    for (const line of lines) count(seen, claimOf(parse(line)));
    expect(result.plan.notProposed.filter(({ reason }) => reason === 'CHANGES_DECISIONS')).toEqual([]);
  }
  const kinds = [
    'matches-nothing',
    'decided-alike',
    'decided-otherwise',
    'covered mixed',
    'covered unknown',
    'removable',
    'comparison',
    'overlap',
    'witness',
    'removal',
    'removal-set',
  ];
  for (const kind of kinds) expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(1);
});

/** The first chain of a random policy. */
function withoutChains(random: () => number): Policy {
  const { policy } = randomPolicy(random);
  return toModelPolicy({ ...policy, chains: policy.chains.slice(0, 1) });
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function claimOf(proof: ProofDocument): string {
  if (proof.type !== 'partition') return proof.type;
  return proof.disagreement === undefined ? proof.claim : `${proof.claim} ${proof.disagreement.relation}`;
}

function parse(line: string): ProofDocument {
  return proofSchema.parse(JSON.parse(line));
}

function proofsOf(policy: Policy): ProofDocument[] {
  return auditPolicies([policy]).lines.map(parse);
}

test('a proof speaks the language of the exports: addresses, ports, names of rules', () => {
  const policy = policyOf(['permit tcp 1.2.3.0/25 -> any', 'permit tcp 1.2.3.128/25 -> any', 'permit tcp 1.2.3.0/24 -> any 443']);
  const proof = proofsOf(policy).find((each) => each.type === 'partition' && each.rule === '3');
  expect(proof).toMatchObject({
    claim: 'decided-alike',
    parts: [
      {
        product: { family: 4, source: ['1.2.3.0/24'], destination: ['0.0.0.0/0'], protocol: '6', destinationPorts: ['443'] },
        tree: [{ cut: 'source', at: '1.2.3.128' }, { rule: '1' }, { rule: '2' }],
      },
    ],
  });
});

test('types and codes of ICMP are called so', () => {
  const echo = ruleOf('permit icmp 10.0.0.0/8 -> any');
  const products = echo.match.products.map((product) => ({
    ...product,
    services: product.services.map((service) => ({ ...service, icmpType: 8, icmpCode: 0 })),
  }));
  const policy = policyOf([{ ...echo, match: { products } }, 'permit icmp 10.0.0.0/8 -> any', 'deny any any -> any']);
  const proofs = proofsOf(policy);
  expect(proofs.find((each) => each.type === 'partition' && each.rule === '1')).toMatchObject({
    claim: 'removable',
    parts: [{ product: { protocol: '1', icmpTypes: ['8'], icmpCodes: ['0'] } }],
  });
  expect(proofs.find((each) => each.type === 'witness' && each.rule === '1')).toMatchObject({
    text: 'icmp 10.0.0.0 -> 0.0.0.0 type 8 code 0',
  });
});

test('where an unknown decides who decides, the proof shows packets for each of its values', () => {
  const web = (text: string, unknowns: readonly string[]) => {
    const rule = ruleOf(text);
    return { ...rule, match: { products: rule.match.products.map((product) => ({ ...product, unknowns })) } };
  };
  const policy = policyOf([
    web('deny tcp any -> 10.0.0.0/8', ['app web']),
    'permit tcp any -> 10.0.0.0/8',
    'permit tcp any -> 10.1.0.0/16',
  ]);
  const proof = proofsOf(policy).find((each) => each.type === 'partition' && each.rule === '3');
  expect(proof).toMatchObject({
    claim: 'covered',
    disagreement: { relation: 'unknown', settledWhen: { unknowns: [{ axis: 'app web' }] } },
  });
});

test('a hit that the device counted on a rule proved dead voids every proof of that policy, and of no other', () => {
  const dead = { ...ruleOf('permit tcp 10.0.0.0/9 -> any'), nativeHits: 12 };
  const refuted = policyOf(['permit tcp 10.0.0.0/8 -> any', dead, 'permit udp any -> any', 'permit udp any -> any'], { id: 'a' });
  const sound = policyOf(['permit tcp 10.0.0.0/8 -> any', 'permit tcp 10.0.0.0/9 -> any'], { id: 'b' });
  const { result, lines } = auditPolicies([refuted, sound]);
  expect(lines.map(parse).every(({ policy }) => policy === 'b')).toBe(true);
  const ofA = result.findings.filter(({ policy, kind }) => policy === 'a' && (kind === 'redundant' || kind === 'duplicate'));
  expect(ofA.map(({ proof, evidence }) => [proof, evidence])).toEqual([
    [null, { grade: 'X', reasons: ['PROOFS_VOID'] }],
    [null, { grade: 'X', reasons: ['PROOFS_VOID'] }],
  ]);
  expect(result.plan.removals.map(({ policy }) => policy)).toEqual(['b']);
  const verifier = new AuditVerifier(result, [refuted, sound]);
  for (const [index, line] of lines.entries()) verifier.addLine(line, index + 1);
  expect(verifier.finish()).toMatchObject({ problems: [], voided: [expect.stringContaining('12 hits on rule a/2')] });
});

test('two rules that one could stand for are proved to be: equal but for one axis, and nothing in the way', () => {
  const rows = ['permit tcp 10.0.0.0/9 -> any 22', 'deny tcp 10.200.0.0/16 -> any 80', 'permit tcp 10.128.0.0/9 -> any 22'];
  const { result, lines } = auditPolicies([policyOf(rows)]);
  expect(result.findings.filter(({ kind }) => kind === 'mergeable').map(({ rule }) => rule)).toEqual(['3']);
  expect(lines.map(parse).find(({ type }) => type === 'merge')).toMatchObject({ rule: '3', merges: [{ with: '1', axis: 'source' }] });
});

test('what cannot be proved within the budget is not claimed', () => {
  const rows = Array.from({ length: 20 }, (_, i) => `permit tcp 10.0.${i}.0/24 -> any`);
  const { result, lines } = auditPolicies([policyOf([...rows, 'permit tcp 10.0.0.0/22 -> any'])], 1);
  const finding = result.findings.find(({ rule, kind }) => rule === '21' && kind === 'redundant');
  expect(finding).toMatchObject({ proof: null, evidence: { grade: 'I', reasons: ['ANALYSIS_BUDGET'] } });
  expect(lines.map(parse).filter((proof) => proof.type !== 'removal-set' && proof.rule === '21')).toEqual([]);
});
