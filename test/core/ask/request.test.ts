import { describe, expect, test } from 'vitest';
import { ASK_BUDGET, askPoint } from '../../../src/core/ask/ask-point.ts';
import { findPoints } from '../../../src/core/ask/enforcement-points.ts';
import { restrictPoints } from '../../../src/core/ask/restrict-points.ts';
import { restrictPolicy } from '../../../src/core/ask/restrict-policy.ts';
import { judgeAppended } from '../../../src/core/request/appended-rule.ts';
import { findAskedLayers } from '../../../src/core/request/asked-layers.ts';
import { noteReplies } from '../../../src/core/request/request-notes.ts';
import { verdictOfPoints } from '../../../src/core/request/request-verdict.ts';
import { type SuggestionOptions, suggestChanges } from '../../../src/core/request/suggest-changes.ts';
import type { MatchProduct } from '../../../src/model/match.ts';
import type { Policy, RuleBase } from '../../../src/model/policy.ts';
import { parseRegion, type Region, toMatchProducts } from '../../../src/model/region-notation.ts';
import type { AppendedRule, RequestAnswer, Suggestion } from '../../../src/model/request-answer.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { checkRequest } from '../../support/ask/request-oracle.ts';
import { checkRequestAtPoints } from '../../support/ask/request-point-oracle.ts';
import { policyOf, ruleBaseOf, ruleOf, underUnknown } from '../../support/policies.ts';

const WEB = 'tcp 10.1.2.0/24 -> 10.9.0.5:443';

describe('against enumeration over packets and unknowns', () => {
  test('the verdict, the rule at the end and every suggestion of a random policy are right', () => {
    for (let seed = 1; seed <= 80; seed++) checkRequest(seed);
  });

  test('the first suggestions of all policies together grant a request at random enforcement points, or say that they do not', () => {
    for (let seed = 1; seed <= 80; seed++) checkRequestAtPoints(seed);
  });
});

describe('a new rule', () => {
  test('stands behind all others where only the default denies', () => {
    const { suggestions, verdict } = ask(policyOf(['permit tcp 10.7.0.0/16 -> any 80']), WEB);
    expect(verdict).toBe('denied');
    expect(suggestions).toEqual([expect.objectContaining({ kind: 'new-rule', before: 'default', alsoChanges: null })]);
    expect(suggestions[0]?.match).toEqual({ source: ['10.1.2.0/24'], destination: ['10.9.0.5'], services: ['tcp/443'] });
    expect(suggestions[0]?.grants.packets).toBe(String(256n * 65536n));
  });

  test('is all that an empty policy can get', () => {
    const { suggestions, appended } = ask(policyOf([]), WEB);
    expect(suggestions).toEqual([expect.objectContaining({ kind: 'new-rule', before: 'default' })]);
    expect(appended).toEqual([{ policy: 'fw', outcome: 'decides all', coveredBy: [] }]);
  });

  test('stands directly before the first rule that denies some of it, behind denials of other packets', () => {
    const policy = policyOf([
      'deny tcp 10.1.0.0/16 -> any 22',
      'permit tcp 10.1.2.0/25 -> 10.9.0.5 443',
      'deny tcp 10.1.2.0/25 -> 10.9.0.5 443',
      'deny any any -> any',
    ]);
    const first = ask(policy, WEB).suggestions.find(({ kind }) => kind === 'new-rule');
    // Rule 3 denies only what rule 2 has permitted.
    expect(first).toMatchObject({ kind: 'new-rule', before: '4', alsoChanges: null });
    expect(first?.match.source).toEqual(['10.1.2.128/25']);
  });

  test('is the whole request where what is denied is no product', () => {
    const policy = policyOf(['permit tcp 10.1.2.1 -> 10.9.0.5 443', 'permit tcp 10.1.2.2 -> 10.9.0.6 443']);
    const [first] = ask(policy, 'tcp 10.1.2.1,10.1.2.2 -> 10.9.0.5,10.9.0.6:443').suggestions.filter(({ kind }) => kind === 'new-rule');
    expect(first?.match).toMatchObject({ source: ['10.1.2.1-10.1.2.2'], destination: ['10.9.0.5-10.9.0.6'] });
    expect(first?.grants.packets).toBe(String(2n * 65536n));
  });

  test('stands before a rule that may deny, because nobody knows its condition', () => {
    const policy = policyOf([underUnknown('time office', 'deny tcp any -> any 443'), 'permit tcp any -> any 443']);
    const { verdict, suggestions, notes } = ask(policy, WEB);
    expect(verdict).toBe('depends');
    expect(suggestions).toEqual([expect.objectContaining({ kind: 'new-rule', before: '1', alsoChanges: null })]);
    expect(notes).toContain('Rule fw/2 permits what is missing, but rules before it deny some of it first.');
  });

  test('can name the remote side only where rules are bound to one direction of an interface, and says what else that opens', () => {
    const group = policyOf([], { id: 'sg-1:in', evaluation: 'any-permit', direction: 'in', interfaceBound: true });
    const [only] = ask(group, WEB).suggestions;
    expect(only).toMatchObject({ kind: 'new-rule', before: null, match: { source: ['10.1.2.0/24'], destination: ['0.0.0.0/0'] } });
    expect(only?.alsoChanges?.regions).toEqual(['tcp 10.1.2.0/24 -> 0.0.0.0-10.9.0.4,10.9.0.6-255.255.255.255:443']);
    expect(only?.explanation).toContain('name the source only');
  });
});

describe('a wider rule', () => {
  test('comes first when one of its sets is all that is missing', () => {
    const policy = policyOf(['permit tcp 10.1.0.0/24 -> 10.9.0.5 443', 'deny any any -> any']);
    const { suggestions } = ask(policy, WEB);
    expect(suggestions.map(({ kind, alsoChanges }) => [kind, alsoChanges])).toEqual([
      ['widen-rule', null],
      ['new-rule', null],
    ]);
    expect(suggestions[0]).toMatchObject({ rule: { policy: 'fw', rule: '1' }, match: { source: ['10.1.0.0/24', '10.1.2.0/24'] } });
  });

  test('that would open more comes after the new rule, with what it would open', () => {
    const { suggestions } = ask(
      policyOf(['permit tcp 10.1.2.0/24 -> 10.9.0.0/30 443', 'permit tcp 10.1.2.0/24 -> 10.9.0.5 22']),
      'tcp 10.1.3.0/24 -> 10.9.0.0:443',
    );
    expect(suggestions.map(({ kind }) => kind)).toEqual(['new-rule', 'widen-rule']);
    expect(suggestions[1]?.alsoChanges?.regions).toEqual(['tcp 10.1.3.0/24 -> 10.9.0.1-10.9.0.3:443']);
  });

  test('is none where it would open far more than was asked for', () => {
    const policy = policyOf(['permit tcp 10.1.0.0/24 -> 10.0.0.0/8']);
    expect(ask(policy, WEB).suggestions.map(({ kind }) => kind)).toEqual(['new-rule']);
  });

  test('is none below a rule that denies some of it, when it leans on something unknown, or when it is switched off', () => {
    const below = policyOf(['deny tcp 10.1.2.0/24 -> any 443', 'permit tcp 10.1.0.0/24 -> 10.9.0.5 443']);
    const leaning = policyOf([underUnknown('app web', 'permit tcp 10.1.0.0/24 -> 10.9.0.5 443')]);
    const off = policyOf([ruleOf('permit tcp 10.1.0.0/24 -> 10.9.0.5 443', { enabled: false })]);
    for (const policy of [below, leaning, off]) expect(ask(policy, WEB).suggestions.map(({ kind }) => kind)).toEqual(['new-rule']);
  });

  test('is not suggested where nobody may touch the rule, and a note says why', () => {
    const policy = policyOf(['permit tcp 10.1.0.0/24 -> 10.9.0.5 443']);
    const { suggestions, notes } = ask(policy, WEB, { protectionOf: () => 'owned by the bank (g.yaml:3)' });
    expect(suggestions.map(({ kind }) => kind)).toEqual(['new-rule']);
    expect(notes).toEqual(['It could be granted by a wider rule, but fw/1 must not be touched: owned by the bank (g.yaml:3).']);
  });
});

describe('membership in a group', () => {
  const members = referring('member of sg-7', 'permit tcp 10.0.0.0/8 -> 10.9.0.5 443');

  test('grants what a rule permits its members, and the other rules that name it are told', () => {
    const other = policyOf([referring('member of sg-7', 'permit tcp 10.0.0.0/8 -> 10.9.0.9 22')], { id: 'other' });
    const policy = policyOf([members]);
    const { suggestions } = ask(policy, WEB, { policies: [policy, other] });
    const group = suggestions.find(({ kind }) => kind === 'group-member');
    expect(group).toMatchObject({ group: 'sg-7', rule: { policy: 'fw', rule: '1' }, match: { source: ['10.1.2.0/24'], destination: [] } });
    expect(group?.alsoChanges?.regions).toEqual(['tcp 10.1.2.0/24 -> 10.9.0.9:22']);
    expect(group?.explanation).toContain('A member is also meant by other/1.');
  });

  test('is no way when a rule denies something to its members', () => {
    const denying = referring('member of sg-7', 'deny tcp 10.0.0.0/8 -> 10.9.0.9 22');
    const policy = policyOf([members, denying, 'permit tcp any -> 10.9.0.9 22']);
    expect(ask(policy, WEB).suggestions.map(({ kind }) => kind)).toEqual(['new-rule']);
  });

  test('is no way when the addresses can never be members', () => {
    expect(ask(policyOf([members]), 'tcp 192.0.2.1 -> 10.9.0.5:443').suggestions.map(({ kind }) => kind)).toEqual(['new-rule']);
  });

  test('grants already what members are known to have', () => {
    const known = referring('member of sg-7', 'permit tcp 10.0.0.0/8 -> 10.9.0.5 443', '10.1.2.0/24');
    expect(ask(policyOf([known]), WEB)).toMatchObject({ verdict: 'permitted', suggestions: [] });
  });
});

describe('a rule at the end', () => {
  test('is redundant, and nothing is suggested, where all is permitted already', () => {
    const { verdict, suggestions, appended } = ask(policyOf(['permit any any -> any', 'deny any any -> any']), WEB);
    expect({ verdict, suggestions }).toEqual({ verdict: 'permitted', suggestions: [] });
    expect(appended).toEqual([{ policy: 'fw', outcome: 'redundant', coveredBy: [expect.objectContaining({ rule: '1', share: '1' })] }]);
  });

  test('is redundant by a default that permits', () => {
    expect(ask(policyOf([], { defaultAction: 'permit' }), WEB).appended).toEqual([
      { policy: 'fw', outcome: 'redundant', coveredBy: [expect.objectContaining({ rule: 'default', share: '1' })] },
    ]);
  });

  test('is shadowed by the rules that take its packets, with their shares', () => {
    const { appended } = ask(policyOf(['permit tcp 10.1.2.0/26 -> any 443', 'deny any any -> any']), WEB);
    expect(appended[0]?.outcome).toBe('shadowed');
    expect(appended[0]?.coveredBy.map(({ rule, share }) => [rule, share])).toEqual([
      ['2', '0.75'],
      ['1', '0.25'],
    ]);
  });

  test('adds to an unordered policy what no rule of it permits, logging or not', () => {
    const logged = ruleOf('permit tcp 10.1.2.0/25 -> any 443', { effect: { verdict: 'permit', attributes: { log: 'yes' } } });
    const { appended } = ask(policyOf([logged], { evaluation: 'any-permit' }), WEB);
    expect(appended).toEqual([
      { policy: 'fw', outcome: 'decides some', coveredBy: [expect.objectContaining({ rule: '1', share: '0.5' })] },
    ]);
  });
});

describe('a rule at the end of rules that lean on something unknown', () => {
  test('still decides some of its packets, and the others have no share that is sure', () => {
    const policy = policyOf([underUnknown('app web', 'permit tcp 10.1.0.0/16 -> any 443')], { evaluation: 'any-permit' });
    expect(ask(policy, WEB).appended).toEqual([
      { policy: 'fw', outcome: 'decides some', coveredBy: [expect.objectContaining({ rule: '1', packets: '0', share: '0' })] },
    ]);
  });
});

describe('notes', () => {
  test('name a rule that is switched off and would grant it', () => {
    const off = ruleOf('permit tcp 10.1.0.0/16 -> 10.9.0.5 443', { enabled: false });
    expect(ask(policyOf(['permit tcp 10.1.0.0/17 -> 10.9.0.5 80', off]), WEB).notes).toEqual([
      `Rule fw/2 is switched off; switching it on would grant all of it and change ${65280n * 65536n} other packets.`,
    ]);
    const behind = policyOf(['deny any any -> any', off]);
    expect(ask(behind, WEB).notes).toEqual([]);
  });

  test('name a permit that stands behind the denial', () => {
    expect(ask(policyOf(['deny any any -> any', 'permit tcp 10.1.0.0/16 -> any 443']), WEB).notes).toEqual([
      'Rule fw/2 permits what is missing, but rules before it deny some of it first.',
    ]);
  });

  test('ask for the replies where every packet is judged by itself', () => {
    const acl = policyOf([], { id: 'acl-1:in', stateful: false });
    expect(ask(acl, WEB).replies).toEqual([
      'acl-1:in judges every packet by itself: replies need to be permitted too. Ask for them as well: tcp 10.9.0.5:443 -> 10.1.2.0/24.',
    ]);
    expect(ask(policyOf([]), WEB).replies).toEqual([]);
  });

  test('say which policy of those that permit together is to change: the one on the fewest interfaces', () => {
    const wide = policyOf([], {
      id: 'a',
      evaluation: 'any-permit',
      attachments: ['eni-1', 'eni-2', 'eni-3'],
      direction: 'in',
      interfaceBound: true,
    });
    const narrow = { ...wide, id: 'b', attachments: ['eni-1', 'eni-2'] };
    const base = ruleBaseOf(
      [wide, narrow],
      [{ id: 'eni-1', localAddresses: regionOf(WEB).destination, in: [{ policies: ['a', 'b'], exceptRemote: [] }], out: [], note: '' }],
    );
    const { suggestions, notes } = askBase(base, WEB);
    expect(suggestions.map(({ policy, otherAttachments }) => [policy, otherAttachments])).toEqual([['b', ['eni-2']]]);
    expect(notes).toEqual(['b, a permit together: one of them has to change; suggested for b.']);
  });
});

test('a policy that denies everything asked for is enough to deny it, whatever the others permit', () => {
  const base = ruleBaseOf([policyOf(['permit any any -> any'], { id: 'open' }), policyOf([], { id: 'shut' })]);
  expect(askBase(base, WEB).verdict).toBe('denied');
  expect(askBase(base, WEB).suggestions.map(({ policy }) => policy)).toEqual(['shut']);
});

test('a request that meets nothing has no verdict', () => {
  expect(askBase(ruleBaseOf([]), WEB)).toMatchObject({ verdict: null, suggestions: [], appended: [] });
});

test('rules that the request does not meet are left out before anything is traced', () => {
  const far = Array.from({ length: 5000 }, (_, i) => `permit tcp 10.200.${i >> 8}.${i & 255} -> 10.9.0.5 443`);
  const policy = policyOf([...far, 'permit tcp 10.1.0.0/16 -> any 443']);
  expect(restrictPolicy(policy, toMatchProducts(regionOf(WEB))).rules.map(({ id }) => id)).toEqual(['5001']);
});

test('a value that only a far rule names is still no other value near the request', () => {
  const zoned = (zone: string, text: string): Rule => {
    const rule = ruleOf(text);
    return {
      ...rule,
      match: { products: rule.match.products.map((product): MatchProduct => ({ ...product, finite: [{ axis: 'zone', values: [zone] }] })) },
    };
  };
  const policy = policyOf([zoned('(any other)', 'permit tcp 10.1.0.0/16 -> any 443'), zoned('dmz', 'permit udp 10.7.0.0/16 -> any 53')]);
  expect(restrictPolicy(policy, toMatchProducts(regionOf(WEB))).rules).toHaveLength(2);
  expect(ask(policy, WEB).verdict).toBe('depends');
});

/** A rule whose source is a reference inside the addresses written. */
function referring(axis: string, text: string, members: string | null = null): Rule {
  const rule = ruleOf(text);
  const known = members === null ? null : regionOf(`tcp ${members} -> any`).source;
  const products = rule.match.products.map(
    (product): MatchProduct => ({ ...product, source: { ranges: product.source.ranges, membership: { axis, members: known } } }),
  );
  return { ...rule, match: { products } };
}

interface Answered extends Pick<RequestAnswer, 'verdict' | 'notes'> {
  readonly suggestions: readonly Suggestion[];
  readonly appended: readonly AppendedRule[];
  readonly replies: readonly string[];
}

function ask(policy: Policy, text: string, options: Partial<SuggestionOptions> = {}): Answered {
  return askBase(ruleBaseOf([policy]), text, options);
}

function askBase(base: RuleBase, text: string, options: Partial<SuggestionOptions> = {}): Answered {
  const region = regionOf(text);
  const points = restrictPoints(findPoints(base, region, { interface: null, direction: null, policies: [] }).points, region);
  const layers = findAskedLayers(points);
  const answers = points.map((point) => askPoint(point, ASK_BUDGET)).filter((answer) => answer !== null);
  const { suggestions, notes } = suggestChanges(layers, region, { policies: base.policies, protectionOf: () => null, ...options });
  return {
    verdict: verdictOfPoints(answers, 0, () => true),
    suggestions,
    notes: [...notes],
    appended: layers.flatMap(({ layer, region: own }) => layer.policies.map((policy) => judgeAppended(policy, [own], 100_000))),
    replies: noteReplies(layers, region),
  };
}

function regionOf(text: string): Region {
  const parsed = parseRegion(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}
