import { describe, expect, test } from 'vitest';
import { comparePolicyPair, DIFFERENCE_BUDGET } from '../../../src/core/ask/policy-difference.ts';
import { toChangedPolicy } from '../../../src/core/check/changed-policy.ts';
import { type ComparedFindings, compareFindings } from '../../../src/core/check/new-findings.ts';
import { notEvaluable } from '../../../src/core/findings/configuration.ts';
import { detectFindings } from '../../../src/core/findings/detect-findings.ts';
import { overPermissive } from '../../../src/core/findings/over-permissive.ts';
import { structural } from '../../../src/core/findings/structural.ts';
import type { Policy } from '../../../src/model/policy.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { randomPair } from '../../support/ask/diff-oracle.ts';
import { editedPolicy } from '../../support/ask/random-edits.ts';
import { contextOf } from '../../support/detection.ts';
import { policyOf, ruleOf, underUnknown } from '../../support/policies.ts';
import { seededRandom } from '../../support/trace/random-policies.ts';

describe('what a check finds by looking at what the change can touch is what an audit of both sides finds', () => {
  test('for policies over a handful of addresses, with conditions and references', () => {
    const seen = comparedCases(100, randomPair);
    expect(seen).toMatchObject({ disagreements: [] });
    expect(Math.min(seen.introduced, seen.resolved)).toBeGreaterThan(40);
  });

  test('for lists in which most rules have nothing to do with each other', () => {
    const seen = comparedCases(100, scatteredPair);
    expect(seen).toMatchObject({ disagreements: [] });
    expect(Math.min(seen.introduced, seen.resolved)).toBeGreaterThan(40);
    // Else the law would say nothing about leaving rules out.
    expect(seen.leftOut).toBeGreaterThan(40);
  });
});

describe('a finding is the same one while kind and content of the rule are', () => {
  const named = (id: string, text: string): Rule => ruleOf(text, { id });
  const wide = named('wide', 'permit tcp 10.1.0.0/16 -> 10.9.0.5 443');
  const dead = named('dead', 'permit tcp 10.1.2.0/24 -> 10.9.0.5 443');
  const apart = named('apart', 'permit udp any -> 10.9.0.53 53');
  const items = (before: readonly Rule[], after: readonly Rule[]): unknown => {
    const { introduced, resolved, remaining } = compare(policyOf(before), policyOf(after));
    return { introduced: introduced.map(({ kind, rule, cause }) => `${kind} ${rule}: ${cause}`), resolved, remaining };
  };
  const nothing = { introduced: [], resolved: [], remaining: [] };

  test('a rule that moves keeps it', () => {
    expect(items([wide, apart, dead], [wide, dead, apart])).toEqual(nothing);
    // The denial says what the default says.
    const no = named('no', 'deny tcp 10.1.2.0/25 -> any 443');
    expect(items([wide, no, dead], [wide, dead, no])).toEqual({ introduced: [], resolved: [], remaining: ['redundant', 'redundant'] });
  });

  test('a rule that is renamed or described anew keeps it', () => {
    expect(items([wide, dead], [wide, { ...dead, id: 'late', description: 'of the year before' }])).toEqual(nothing);
  });

  test('a rule that is edited has a new one, and the old one is gone', () => {
    expect(items([wide, dead], [wide, named('dead', 'permit tcp 10.1.2.0/25 -> 10.9.0.5 443')])).toEqual({
      introduced: ['redundant dead: rule edited'],
      resolved: ['redundant'],
      remaining: [],
    });
  });

  test('a rule that others come to cover has one, though nobody touched it', () => {
    expect(items([dead], [wide, dead])).toEqual({ introduced: ['redundant dead: other rules changed'], resolved: [], remaining: [] });
    expect(items([wide, dead], [dead])).toEqual({ introduced: [], resolved: ['redundant'], remaining: [] });
  });

  test('of copies that which an audit would name is new: the added one behind the others, and the old one behind an added one', () => {
    const copy = { ...wide, id: 'copy' };
    const again = { ...wide, id: 'again' };
    expect(items([wide, copy], [wide, copy, again])).toEqual({
      introduced: ['duplicate again: rule added'],
      resolved: [],
      remaining: ['duplicate'],
    });
    expect(items([wide], [copy, wide])).toEqual({ introduced: ['duplicate wide: other rules changed'], resolved: [], remaining: [] });
  });

  test('a rule open to everything is any-any, and critical', () => {
    const { introduced } = compare(policyOf([]), policyOf([named('open', 'permit any any -> any')]));
    expect(introduced.map(({ kind, severity, finding }) => [kind, severity, finding?.kind])).toEqual([
      ['any-any', 'critical', 'over-permissive'],
    ]);
  });
});

interface Seen {
  readonly disagreements: readonly string[];
  readonly introduced: number;
  readonly resolved: number;
  /** Findings that both sides have and the comparison did not look at. */
  readonly leftOut: number;
}

function comparedCases(count: number, pairOf: (seed: number) => { before: Policy | null; after: Policy | null }): Seen {
  const disagreements: string[] = [];
  let [introduced, resolved, leftOut] = [0, 0, 0];
  for (let seed = 1; seed <= count; seed++) {
    const { before, after } = pairOf(seed);
    const [old, now] = [allFindings(before), allFindings(after)];
    const [fresh, gone] = [without(now, old), without(old, now)];
    const found = compare(before, after);
    const names = found.introduced.map(({ kind, ruleKey }) => `${kind} ${ruleKey}`).sort();
    if (names.join() !== fresh.join()) disagreements.push(`${seed}: introduced ${names} instead of ${fresh}`);
    const kinds = gone.map(kindOf);
    if ([...found.resolved].sort().join() !== kinds.sort().join()) disagreements.push(`${seed}: resolved ${found.resolved}, not ${kinds}`);
    const common = without(now, fresh).map(kindOf);
    const invented = without([...found.remaining].sort(), common);
    if (invented.length > 0) disagreements.push(`${seed}: ${invented} remain which are not there`);
    introduced += fresh.length;
    resolved += gone.length;
    leftOut += common.length - found.remaining.length;
  }
  return { disagreements, introduced, resolved, leftOut };
}

function compare(before: Policy | null, after: Policy | null): ComparedFindings {
  return compareFindings(toChangedPolicy({ before, after }, comparePolicyPair(before, after, DIFFERENCE_BUDGET), []));
}

/** Of every rule, as an audit has them: kind and content, sorted. */
function allFindings(policy: Policy | null): string[] {
  if (policy === null) return [];
  const keyed = detectFindings(contextOf([policy]), [structural, overPermissive, notEvaluable]);
  return keyed
    .map(({ finding: { kind, rule }, contentKey }) => {
      const isAnyAny = kind === 'over-permissive' && policy.rules.some((each) => each.id === rule && permitsEverything(each));
      return `${isAnyAny ? 'any-any' : kind} ${contentKey}`;
    })
    .sort();
}

function permitsEverything({ match }: Rule): boolean {
  return match.products.some(({ family, source, destination, services, finite, unknowns }) => {
    const isAny = [source, destination].every(
      ({ ranges, membership }) =>
        membership === null && ranges.reduce((sum, { first, last }) => sum + last - first + 1n, 0n) === 1n << (family === 4 ? 32n : 128n),
    );
    const isBare = finite.length === 0 && unknowns.length === 0;
    return isAny && isBare && services.some((service) => service.protocolLast - service.protocolFirst === 255 && hasNoPort(service));
  });
}

function hasNoPort({ sourcePort, destinationPort, icmpType }: Rule['match']['products'][number]['services'][number]): boolean {
  return sourcePort === null && destinationPort === null && icmpType === null;
}

function kindOf(text: string): string {
  return text.split(' ')[0] ?? '';
}

/** Each of the others takes away one that is equal to it. */
function without(texts: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return texts.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const SIDES = ['10.1.0.0/16', '10.1.2.0/24', '10.1.2.3', '10.2.0.0/16', '192.0.2.0/24', '172.16.0.0/12', '10.0.0.0/8', 'any'];
const SERVICES = ['tcp 22', 'tcp 23', 'tcp 80', 'tcp 80', 'tcp 443', 'tcp 1000-9000', 'tcp', 'udp 53', 'udp 161', 'any'];

/** A long list, and one that somebody edited. */
function scatteredPair(seed: number): { readonly before: Policy; readonly after: Policy } {
  const random = seededRandom(seed);
  const pick = (texts: readonly string[]): string => texts[Math.floor(random() * texts.length)] ?? '';
  const rules = Array.from({ length: 14 }, (_, i): Rule => {
    const [protocol, port = ''] = pick(SERVICES).split(' ');
    const action = random() < 0.75 ? 'permit' : 'deny';
    const text = `${action} ${protocol} ${pick(SIDES)} -> ${pick(SIDES)} ${port}`.trim();
    return random() < 0.1 ? underUnknown('application web', text, { id: `r${i}` }) : ruleOf(text, { id: `r${i}` });
  });
  const isSet = random() < 0.3;
  const permits = rules.filter(({ effect }) => effect.verdict === 'permit');
  const before = policyOf(isSet ? permits : rules, { evaluation: isSet ? 'any-permit' : 'first-match' });
  return { before, after: editedPolicy(random, before) };
}
