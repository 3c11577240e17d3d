import { describe, expect, test } from 'vitest';
import { comparePolicyPair, DIFFERENCE_BUDGET } from '../../../src/core/ask/policy-difference.ts';
import { type ChangedPolicy, toChangedPolicy } from '../../../src/core/check/changed-policy.ts';
import { findWidened, whereItStands, widenedSpace } from '../../../src/core/check/widened-rules.ts';
import type { Attachment, Policy } from '../../../src/model/policy.ts';
import { formatRegion, type Region } from '../../../src/model/region-notation.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { randomPair } from '../../support/ask/diff-oracle.ts';
import { judgePacket, situationsOf } from '../../support/ask/judge-packets.ts';
import { holdsPacket, packetClasses, termsOf } from '../../support/ask/packet-classes.ts';
import { policyOf, ruleOf, underUnknown } from '../../support/policies.ts';

type Written = string | Rule;

const policyIn = (rules: readonly Written[], parts: Partial<Policy> = {}): Policy => policyOf(rules, parts);

function changed(before: Policy | null, after: Policy | null, attachments: readonly Attachment[] = []): ChangedPolicy {
  return toChangedPolicy({ before, after }, comparePolicyPair(before, after, DIFFERENCE_BUDGET), attachments);
}

/** `rule: region, region`, by rank. */
function widened(change: ChangedPolicy): string[] {
  return findWidened(change).map(({ rule, regions }) => `${rule?.id ?? 'default'}: ${texts(regions)}`);
}

const texts = (regions: readonly Region[]): string => regions.flatMap(formatRegion).join(', ');

/** `rule severity cause`. */
const items = (change: ChangedPolicy): string[] =>
  widenedSpace(change, findWidened(change)).map(({ rule, severity, cause }) => `${rule} ${severity} ${cause}`);

const named = (id: string, text: string): Rule => ruleOf(text, { id });
const WEB = named('web', 'permit tcp any -> 10.9.0.5 443');
const BLOCK = named('block', 'deny any 192.0.2.0/24 -> any');
const OFFICE = named('office', 'permit tcp 10.1.0.0/16 -> 10.9.0.5 443');

describe('rules that newly permit something', () => {
  test('an added rule, with its packets only', () => {
    expect(widened(changed(policyIn([WEB]), policyIn([WEB, named('ssh', 'permit tcp 10.1.0.7 -> 10.9.0.5 22')])))).toEqual([
      'ssh: tcp 10.1.0.7 -> 10.9.0.5:22',
    ]);
  });

  test('of an added rule nothing that was permitted before', () => {
    expect(widened(changed(policyIn([OFFICE]), policyIn([OFFICE, named('all', 'permit tcp 10.0.0.0/15 -> 10.9.0.5 443')])))).toEqual([
      'all: tcp 10.0.0.0/16 -> 10.9.0.5:443',
    ]);
    expect(widened(changed(policyIn([WEB]), policyIn([WEB, OFFICE])))).toEqual([]);
  });

  test('the rule behind a denial that is gone', () => {
    expect(widened(changed(policyIn([BLOCK, WEB]), policyIn([WEB])))).toEqual(['web: tcp 192.0.2.0/24 -> 10.9.0.5:443']);
  });

  test('the default, when it is turned', () => {
    const [only, ...none] = findWidened(changed(policyIn([BLOCK]), policyIn([BLOCK], { defaultAction: 'permit' })));
    expect([only?.rule, none.length]).toEqual([null, 0]);
    expect(BigInt(only?.packets.count.ipv6 ?? 0)).toBeGreaterThan(0n);
  });

  test('every rule that permits a packet, where order means nothing', () => {
    const set = { evaluation: 'any-permit' } as const;
    const both = [named('a', 'permit tcp any -> 10.9.0.5 443'), named('b', 'permit tcp 10.1.0.7 -> 10.9.0.5')];
    expect(widened(changed(policyIn([], set), policyIn(both, set)))).toEqual(['a: tcp any -> 10.9.0.5:443', 'b: tcp 10.1.0.7 -> 10.9.0.5']);
  });

  test('the first rule that permits a packet, where order decides', () => {
    const both = [named('a', 'permit tcp any -> 10.9.0.5 443'), named('b', 'permit tcp 10.1.0.7 -> 10.9.0.5')];
    expect(widened(changed(policyIn([]), policyIn(both)))).toEqual([
      'a: tcp any -> 10.9.0.5:443',
      'b: tcp 10.1.0.7 -> 10.9.0.5:0-442,444-65535',
    ]);
  });

  test('also what is permitted under a condition only', () => {
    const app = underUnknown('application web', 'permit tcp 10.1.0.7 -> 10.9.0.5 8080', { id: 'app' });
    expect(widened(changed(policyIn([]), policyIn([app])))).toEqual(['app: tcp 10.1.0.7 -> 10.9.0.5:8080']);
    expect(widened(changed(policyIn([app]), policyIn([{ ...app, enabled: false }])))).toEqual([]);
  });

  test('nothing of a policy that is gone, everything of one that is new', () => {
    expect(widened(changed(policyIn([WEB]), null))).toEqual([]);
    expect(widened(changed(null, policyIn([OFFICE])))).toEqual(['office: tcp 10.1.0.0/16 -> 10.9.0.5:443']);
  });
});

test('each rule newly permits just the packets that it permits in some situation in which they were denied before', () => {
  let found = 0;
  for (let seed = 1; seed <= 150; seed++) {
    const { before, after } = randomPair(seed);
    if (before === null || after === null) continue;
    const rules = findWidened(changed(before, after));
    const products = [before, after].flatMap((policy) => policy.rules.flatMap(({ match }) => match.products));
    const situations = situationsOf([before, after]);
    const expected = new Map<string, bigint>();
    for (const packet of packetClasses(
      termsOf(
        products,
        rules.flatMap(({ regions }) => regions),
      ),
    )) {
      const [old, now] = [judgePacket(before, packet, situations), judgePacket(after, packet, situations)];
      const permitting = now.flatMap(({ permits, rules: deciding }, s) => (permits && old[s]?.permits === false ? deciding : []));
      for (const id of new Set(permitting)) expected.set(id, (expected.get(id) ?? 0n) + packet.weight);
      for (const { rule, regions } of rules) {
        if (!regions.some((region) => holdsPacket(region, packet))) continue;
        expect(permitting, `${seed}: ${texts(regions)}`).toContain(rule?.id ?? 'default');
        found++;
      }
    }
    const counts = rules.map(({ rule, packets }) => [rule?.id ?? 'default', BigInt(packets.count.packets)] as const);
    expect(new Map(counts), `${seed}`).toEqual(expected);
  }
  expect(found).toBeGreaterThan(500);
});

describe('widened space is an item', () => {
  test('not for an added rule, whose packets are its own', () => {
    expect(items(changed(policyIn([]), policyIn([WEB, OFFICE])))).toEqual([]);
  });

  test('for an edited rule when it is open to a wide network', () => {
    const edited = (source: string): ChangedPolicy =>
      changed(policyIn([OFFICE]), policyIn([named('office', `permit tcp ${source} -> 10.9.0.5 443`)]));
    expect(items(edited('10.0.0.0/9'))).toEqual([]);
    expect(items(edited('10.0.0.0/8'))).toEqual(['office high rule edited']);
    expect(items(edited('any'))).toEqual(['office high rule edited']);
  });

  test('for a moved rule, and for one whose cover went away', () => {
    const first = [BLOCK, named('lab', 'permit tcp 192.0.2.0/25 -> 10.9.0.5 443')];
    expect(items(changed(policyIn(first), policyIn([...first].reverse())))).toEqual([
      expect.stringMatching(/^lab medium (rule moved|other)/),
    ]);
    expect(items(changed(policyIn(first), policyIn(first.slice(1))))).toEqual(['lab medium other rules changed']);
    expect(items(changed(policyIn([BLOCK, WEB]), policyIn([WEB])))).toEqual(['web high other rules changed']);
  });

  test('not for the default, which has no rule to speak of', () => {
    expect(items(changed(policyIn([BLOCK]), policyIn([BLOCK], { defaultAction: 'permit' })))).toEqual([]);
  });
});

describe('where a policy stands', () => {
  const eni = (id: string, address: string): Attachment => {
    const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
    const value = BigInt(((a * 256 + b) * 256 + c) * 256 + d);
    return { id, localAddresses: [{ family: 4, first: value, last: value }], in: [], out: [], note: '' };
  };
  const bound = (rules: readonly Written[], attachments: readonly string[], direction: 'in' | 'out' = 'in'): Policy =>
    policyIn(rules, { evaluation: 'any-permit', interfaceBound: true, direction, attachments });
  const open = named('open', 'permit tcp any -> any 3306');
  const places = (change: ChangedPolicy): string[] => findWidened(change).map((each) => texts(whereItStands(change, each)));

  test('the local side is the addresses of its interfaces, the destination on the way in and the source on the way out', () => {
    const all = [eni('eni-a', '10.0.0.5'), eni('eni-b', '10.0.0.9'), eni('eni-c', '10.0.0.7')];
    const [into, out] = (['in', 'out'] as const).map((direction) =>
      changed(bound([], ['eni-a', 'eni-b'], direction), bound([open], ['eni-a', 'eni-b'], direction), all),
    ) as [ChangedPolicy, ChangedPolicy];
    expect(places(into)).toEqual(['tcp any -> 10.0.0.5,10.0.0.9:3306']);
    expect(places(out)).toEqual(['tcp 10.0.0.5,10.0.0.9 -> any:3306']);
  });

  test('on no interface yet, and where nobody knows, it may come to stand anywhere', () => {
    expect(places(changed(bound([], []), bound([open], [])))).toEqual(['tcp any -> any:3306']);
    const nobodyKnows = { interfaceBound: true, direction: 'in', attachments: null } as const;
    expect(places(changed(policyIn([], nobodyKnows), policyIn([open], nobodyKnows)))).toEqual(['tcp any -> any:3306']);
  });
});
