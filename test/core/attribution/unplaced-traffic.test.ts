import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Attachment, Direction, Policy } from '../../../src/model/policy.ts';
import { PRESENCE_UNKNOWN, type Rule } from '../../../src/model/rule.ts';
import { attribute } from '../../support/attribute-conversations.ts';
import { type Conversation, DAY } from '../../support/conversations.ts';
import { policyOf, ruleBaseOf, ruleOf } from '../../support/policies.ts';
import { type Point, referenceMatch } from '../../support/reference.ts';

const HTTPS = 'tcp 198.51.100.7:43416 -> 10.0.0.5:443';

describe('traffic of an interface that no inventory knows', () => {
  test('is possible for every permit rule that matches it, certain for none, and stays unattributable', () => {
    const base = inventoried([
      group('a:in', 'in', ['permit tcp any -> any 443', 'permit tcp any -> any 22']),
      group('b:in', 'in', ['permit any any -> any']),
    ]);
    const seen = attribute(base, [{ flow: `eni-9 in ${HTTPS}`, answered: true }]);
    const possible = {
      certain: 0,
      possible: 1,
      unplaced: 1,
      soleMin: 0,
      soleMax: 1,
      answered: 0,
      records: 0,
      firstHit: null,
      activeDays: 0,
    };
    expect(seen.of('a:in/1')).toMatchObject(possible);
    expect(seen.of('b:in/1')).toMatchObject(possible);
    expect(seen.of('a:in/2')).toMatchObject({ certain: 0, possible: 0, unplaced: 0, soleMax: 0 });
    expect(seen.hits('a:in/default')).toEqual([0, 0]);
    expect(seen.totals).toMatchObject({ connections: 1, unattributable: 1, unattributableAttachments: ['eni-9'], unexplained: 0 });
    expect(seen.conservation).toEqual([]);
  });

  test('counts beside what known interfaces prove', () => {
    const base = inventoried([group('a:in', 'in', ['permit tcp any -> any 443'])]);
    const seen = attribute(base, [{ flow: `eni-1 in ${HTTPS}`, answered: true }, { flow: `eni-9 in ${HTTPS}` }]);
    expect(seen.of('a:in/1')).toMatchObject({
      certain: 1,
      possible: 2,
      unplaced: 1,
      soleMin: 1,
      soleMax: 2,
      answered: 1,
      attachmentsUsed: 1,
    });
    expect(seen.conservation).toMatchObject([{ attachment: 'eni-1', connections: 1, sole: 1 }]);
  });

  test('a rejected one is possible for deny rules and defaults only', () => {
    const base = inventoried([
      group('a:in', 'in', ['permit any any -> any']),
      acl('acl:in', 'in', ['permit tcp 10.0.0.0/8 -> any', 'deny tcp any -> any 443', 'deny tcp any -> any 22']),
    ]);
    const seen = attribute(base, [{ flow: `eni-9 in ${HTTPS}`, action: 'reject' }]);
    expect(hitsOf(seen, ['a:in/1', 'a:in/default', 'acl:in/1', 'acl:in/2', 'acl:in/3', 'acl:in/default'])).toEqual([0, 1, 0, 1, 0, 1]);
  });

  test('one without a verdict is possible for rules of both actions', () => {
    const base = inventoried([acl('acl:in', 'in', ['permit tcp any -> any 443', 'deny tcp any -> any 443'])]);
    const seen = attribute(base, [{ flow: `eni-9 in ${HTTPS}`, action: 'none' }]);
    expect(hitsOf(seen, ['acl:in/1', 'acl:in/2', 'acl:in/default'])).toEqual([1, 1, 1]);
  });

  test('counts for a rule that stands behind one which takes it: whether its own rules explain it cannot be told', () => {
    const seen = attribute(inventoried([acl('acl:in', 'in', ['permit any any -> any', 'permit tcp any -> any 443'])]), [
      { flow: `eni-9 in ${HTTPS}` },
    ]);
    expect(hitsOf(seen, ['acl:in/1', 'acl:in/2'])).toEqual([1, 1]);
  });

  test('a stateful policy is credited by openers, a stateless one by every half', () => {
    const base = inventoried([
      group('a:in', 'in', ['permit tcp any -> any 443']),
      group('a:out', 'out', ['permit tcp any -> any 40000-50000']),
      acl('acl:in', 'in', ['permit tcp any -> any 443']),
      acl('acl:out', 'out', ['permit tcp any -> any 40000-50000']),
    ]);
    const rules = ['a:in/1', 'a:out/1', 'acl:in/1', 'acl:out/1'];
    expect(hitsOf(attribute(base, [{ flow: `eni-9 in ${HTTPS}`, answered: true }]), rules)).toEqual([1, 0, 1, 1]);
    expect(hitsOf(attribute(base, [{ flow: `eni-9 in ${HTTPS}` }]), rules)).toEqual([1, 0, 1, 0]);
    // Nobody knows who opened it.
    expect(hitsOf(attribute(base, [{ flow: `eni-9 in ${HTTPS}`, opener: 'unknown', answered: true }]), rules)).toEqual([1, 1, 1, 1]);
    // Nor which way it crossed the interface.
    expect(hitsOf(attribute(base, [{ flow: `eni-9 - ${HTTPS}` }]), rules)).toEqual([1, 0, 1, 0]);
    const outwards = inventoried([group('a:out', 'out', ['permit tcp any -> any 443'])]);
    expect(hitsOf(attribute(outwards, [{ flow: `eni-9 - ${HTTPS}` }]), ['a:out/1'])).toEqual([1]);
  });

  test('a rule that was not there yet counts nothing, one that may have been there counts', () => {
    const newer = (absentAt: number): Rule =>
      ruleOf('permit tcp any -> any 443', { presence: { ...PRESENCE_UNKNOWN, absentAt, knownFrom: (DAY + 5) * 86_400 } });
    const flows = [{ flow: `eni-9 in ${HTTPS}` }];
    expect(hitsOf(attribute(inventoried([group('a:in', 'in', [newer((DAY + 1) * 86_400)])]), flows), ['a:in/1'])).toEqual([0]);
    expect(hitsOf(attribute(inventoried([group('a:in', 'in', [newer(DAY * 86_400 + 60)])]), flows), ['a:in/1'])).toEqual([1]);
  });

  test('shows which parts of a rule it may have used', () => {
    const seen = attribute(inventoried([group('a:in', 'in', ['permit tcp any -> any'])]), [{ flow: `eni-9 in ${HTTPS}` }]);
    expect([...(seen.of('a:in/1').parts?.services ?? [])]).toEqual([6 * 131_072 + 443]);
  });

  test('a policy that sees every flow judges it as any other', () => {
    const free = policyOf(['permit tcp any -> any 443'], { id: 'fw' });
    const seen = attribute(inventoried([group('a:in', 'in', []), free]), [{ flow: `eni-9 in ${HTTPS}` }]);
    expect(seen.of('fw/1')).toMatchObject({ certain: 1, possible: 1, unplaced: 0 });
  });

  test('without any inventory nothing is counted: nobody knows any interface', () => {
    const policies = [group('a:in', 'in', ['permit tcp any -> any 443'])];
    const seen = attribute(ruleBaseOf(policies, []), [{ flow: `eni-9 in ${HTTPS}` }]);
    expect(seen.of('a:in/1')).toMatchObject({ possible: 0, unplaced: 0 });
  });

  test('no rule is watched because of it', () => {
    const policies = [acl('acl:in', 'in', ['permit any any -> any', 'deny tcp any -> any 443'])];
    const base = { ...inventoried(policies), attachments: [attachmentOf([])] };
    const seen = attribute(base, [{ flow: `eni-9 in ${HTTPS}` }], new Map([['acl:in', new Set(['2'])]]));
    expect([...seen.opposed]).toEqual([]);
  });

  test('every rule counts what a loop over rules, conversations and readings counts', () => {
    fc.assert(
      fc.property(
        fc.array(policyArbitrary, { minLength: 1, maxLength: 5 }),
        fc.array(conversationArbitrary, { minLength: 1, maxLength: 12 }),
        (drafts, flows) => {
          const policies = drafts.map(({ stateful, direction, rules }, index) =>
            stateful
              ? group(
                  `p${index}`,
                  direction,
                  rules.filter((rule) => rule.startsWith('permit')),
                )
              : acl(`p${index}`, direction, rules),
          );
          const seen = attribute(inventoried(policies), flows);
          for (const policy of policies) {
            for (const rule of policy.rules) {
              const ref = `${policy.id}/${rule.id}`;
              const expected = flows.reduce((sum, flow) => sum + referenceCount(policy, rule, flow), 0);
              expect([ref, ...seen.hits(ref)]).toEqual([ref, 0, expected]);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** An inventory that knows one interface, `eni-1`, with all layers of the policies on it. */
function inventoried(policies: readonly Policy[]) {
  return ruleBaseOf(policies, [attachmentOf(policies)]);
}

function attachmentOf(policies: readonly Policy[]): Attachment {
  const layers = (direction: Direction) =>
    policies.filter((policy) => policy.direction === direction).map(({ id }) => ({ policies: [id], exceptRemote: [] }));
  return { id: 'eni-1', localAddresses: [], in: layers('in'), out: layers('out'), note: '' };
}

function group(id: string, direction: Direction, rules: readonly (string | Rule)[]): Policy {
  return policyOf(rules, { id, evaluation: 'any-permit', direction, interfaceBound: true, attachments: ['eni-1'] });
}

function acl(id: string, direction: Direction, rules: readonly string[]): Policy {
  return policyOf(rules, { id, stateful: false, direction, interfaceBound: true, attachments: ['eni-1'] });
}

function hitsOf(seen: ReturnType<typeof attribute>, refs: readonly string[]): number[] {
  return refs.map((ref) => {
    const [certain, possible] = seen.hits(ref);
    expect([ref, certain]).toEqual([ref, 0]);
    return possible;
  });
}

// The slow twin: every half, every direction it may have had, every rule.

const ADDRESSES = ['10.0.0.1', '10.0.0.2', '198.51.100.7'];
const PORTS = [22, 443, 43416];

const policyArbitrary = fc.record({
  stateful: fc.boolean(),
  direction: fc.constantFrom<Direction>('in', 'out'),
  rules: fc.array(
    fc
      .tuple(
        fc.constantFrom('permit', 'deny'),
        fc.constantFrom('any', '10.0.0.0/24', '198.51.100.0/24'),
        fc.constantFrom('any', '10.0.0.1/32'),
        fc.constantFrom('', ' 443', ' 22', ' 1024-65535'),
      )
      .map(([action, source, destination, port]) => `${action} tcp ${source} -> ${destination}${port}`),
    { minLength: 1, maxLength: 4 },
  ),
});

const conversationArbitrary: fc.Arbitrary<Conversation> = fc
  .record({
    direction: fc.constantFrom('in', 'out', '-'),
    source: fc.constantFrom(...ADDRESSES),
    destination: fc.constantFrom(...ADDRESSES),
    sourcePort: fc.constantFrom(...PORTS),
    destinationPort: fc.constantFrom(...PORTS),
    action: fc.constantFrom<'accept' | 'reject' | 'none'>('accept', 'reject', 'none'),
    opener: fc.constantFrom<'source' | 'destination' | 'unknown'>('source', 'destination', 'unknown'),
    halves: fc.constantFrom<Pick<Conversation, 'answered' | 'request'>>({}, { answered: true }, { request: false }),
  })
  .map(({ direction, source, destination, sourcePort, destinationPort, action, opener, halves }) => ({
    flow: `eni-9 ${direction} tcp ${source}:${sourcePort} -> ${destination}:${destinationPort}`,
    action,
    opener,
    ...halves,
  }));

function referenceCount(policy: Policy, rule: Rule, conversation: Conversation): number {
  const { flow, action = 'accept', opener = 'source', answered = false, request = true } = conversation;
  const wanted = { accept: 'permit', reject: 'deny', none: rule.effect.verdict }[action];
  if (rule.effect.verdict !== wanted) return 0;
  let count = 0;
  for (const half of ['request', 'reply'] as const) {
    const logged = half === 'request' ? request : answered || !request;
    const mayOpen = opener === 'unknown' || (opener === 'source') === (half === 'request');
    const judged = policy.stateful && action !== 'reject' ? mayOpen : logged;
    if (!judged || referenceMatch(rule, pointOf(flow, half)) === 'no') continue;
    const direction = flow.split(' ')[1];
    const ofHalf = direction === '-' ? null : (direction === 'in') === (half === 'request') ? 'in' : 'out';
    if (ofHalf === null || ofHalf === policy.direction) count += 1;
  }
  return count;
}

function pointOf(flow: string, half: 'request' | 'reply'): Point {
  const [, , , from = '', , to = ''] = flow.split(' ');
  const [source, destination] = (half === 'request' ? [from, to] : [to, from]).map((end) => {
    const [address = '', port = ''] = end.split(':');
    return { address: address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n), port: Number(port) };
  });
  return {
    family: 4,
    source: source?.address ?? 0n,
    destination: destination?.address ?? 0n,
    protocol: 6,
    sourcePort: source?.port ?? 0,
    destinationPort: destination?.port ?? 0,
  };
}
