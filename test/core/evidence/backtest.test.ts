import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HitDays } from '../../../src/core/attribution/hit-days.ts';
import type { ObservedTraffic } from '../../../src/core/evidence/assess-rules.ts';
import { backtestUnused } from '../../../src/core/evidence/backtest.ts';
import { ExposureBook } from '../../../src/core/evidence/exposure.ts';
import { backtestSchema } from '../../../src/model/backtest.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { CoverageDay } from '../../../src/model/flow.ts';
import type { Policy } from '../../../src/model/policy.ts';
import { PRESENCE_UNKNOWN, type Rule } from '../../../src/model/rule.ts';
import { policyOf, ruleBaseOf, ruleOf } from '../../support/policies.ts';

const DAY = 86_400;
const FIRST_DAY = 20_000;
const START = FIRST_DAY * DAY;
const OLD = { presence: { ...PRESENCE_UNKNOWN, knownFrom: START - DAY, source: 'export' } };

/** The days, counted from 0, on which a rule was hit; those after `~` only possibly. */
type Hits = string;

interface Scene {
  readonly days?: number;
  /** Seconds by which the window begins after the first of its days. */
  readonly late?: number;
  /** One rule each, in one policy that sees every flow. */
  readonly hits: readonly Hits[];
  readonly rules?: Readonly<Record<number, Partial<Rule>>>;
  readonly policy?: Partial<Policy>;
  readonly findings?: readonly Pick<Finding, 'kind' | 'policy' | 'rule' | 'by'>[];
  readonly uncovered?: readonly number[];
  readonly recordsWithoutDay?: boolean;
}

function backtestOf({
  days = 90,
  late = 0,
  hits,
  rules = {},
  policy = {},
  findings = [],
  uncovered = [],
  recordsWithoutDay = false,
}: Scene) {
  const tested = policyOf(
    hits.map((_, index) => ruleOf('permit tcp 10.0.0.0/8 -> any 443', { id: `r${index}`, ...OLD, ...rules[index] })),
    policy,
  );
  const window = { start: START + late, end: START + days * DAY };
  const coverageDays = range(days)
    .filter((day) => !uncovered.includes(day))
    .map((day): CoverageDay => ({ attachment: 'eni-1', day: FIRST_DAY + day, loggedHours: 0xff_ffff, skippedHours: 0 }));
  const coverage = {
    days: coverageDays,
    unreadFiles: [],
    loggedActions: { accept: true, reject: true },
    rejectOnly: [],
    unreadRecords: 0,
    records: 0,
  };
  const traffic: ObservedTraffic = {
    usage: new Map(),
    window,
    coverage,
    dictionary: { attachments: ['eni-1'], ipv6Addresses: [], namedRules: [] },
    exposure: new ExposureBook(window, coverage),
    opposed: new Map(),
    hitDays: new Map([['fw', new Map(hits.map((text, index) => [`r${index}`, toHitDays(text, days)]))]]),
    recordsWithoutDay,
  };
  return backtestSchema.parse(backtestUnused(ruleBaseOf([tested]), traffic, findings as Finding[]));
}

function toHitDays(text: Hits, days: number): HitDays {
  const [certain = [], possible = []] = text.split('~').map((part) =>
    part
      .split(' ')
      .filter((day) => day !== '')
      .map(Number),
  );
  const bits = (set: readonly number[]): Uint32Array => {
    const words = new Uint32Array(Math.ceil(days / 32));
    for (const day of set) words[day >>> 5] = (words[day >>> 5] ?? 0) | (1 << (day & 31));
    return words;
  };
  return { certain: bits(certain), possible: bits([...certain, ...possible]) };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

const silentRules = (count: number): Hits[] => range(count).map(() => '');

describe('the backtest of unused', () => {
  test('counts, of the rules silent in the first part, those that were hit in the rest, for both cuts of the window', () => {
    const [half, twoThirds] = backtestOf({ hits: [...silentRules(10), '0 50', '44', '45', '59 80', '60', '~ 70', '89 ~ 3'] }).splits;
    expect(half).toMatchObject({ split: 'half', counted: 17, silent: 14, hit: { rules: 3 }, possiblyHit: { rules: 4 } });
    expect(twoThirds).toMatchObject({ split: 'two-thirds', counted: 17, silent: 12, hit: { rules: 1 }, possiblyHit: { rules: 2 } });
    expect(half?.first).toEqual({ from: '2024-10-04T00:00:00Z', to: '2024-11-18T00:00:00Z', days: 45, daysWithData: 45, coverage: '1' });
    expect(twoThirds?.rest).toEqual({
      from: '2024-12-03T00:00:00Z',
      to: '2025-01-02T00:00:00Z',
      days: 30,
      daysWithData: 30,
      coverage: '1',
    });
  });

  test('gives the share with its exact interval, rounded outwards', () => {
    const [, twoThirds] = backtestOf({ hits: [...silentRules(203), ...range(9).map(() => '61')] }).splits;
    expect(twoThirds).toMatchObject({ silent: 212, hit: { rules: 9, share: '0.042453', low: '0.019593', high: '0.079057' } });
  });

  test('says nothing of a share when fewer than ten rules were silent', () => {
    expect(backtestOf({ hits: silentRules(9) }).splits[0]).toMatchObject({
      silent: 9,
      hit: { rules: 0, share: null, low: null, high: null },
      whyNoShare: 'TOO_FEW_SILENT_RULES',
    });
    expect(backtestOf({ hits: silentRules(10) }).splits[0]).toMatchObject({ hit: { share: '0', high: '0.308498' }, whyNoShare: null });
  });

  test('when every rule was used, none was silent; without rules there is none either', () => {
    expect(backtestOf({ hits: range(20).map(() => '0 1') }).splits[0]).toMatchObject({ counted: 20, silent: 0, hit: { rules: 0 } });
    expect(backtestOf({ hits: [] })).toMatchObject({ permitRules: 0, splits: [{ counted: 0, first: { coverage: null } }, { counted: 0 }] });
  });

  test.each([1, 14, 29])('tests nothing on %i days, because nothing is called unused on less than thirty', (days) => {
    expect(backtestOf({ days, hits: silentRules(20) })).toEqual({ permitRules: 20, splits: [], whyNone: 'SHORT_WINDOW' });
  });

  test('tests nothing when some connections have no day', () => {
    expect(backtestOf({ hits: silentRules(20), recordsWithoutDay: true })).toMatchObject({ splits: [], whyNone: 'RECORDS_WITHOUT_DAY' });
  });

  test('an odd number of days leaves the longer part to the rest of the half, never cutting a day', () => {
    const [half, twoThirds] = backtestOf({ days: 31, hits: ['15'] }).splits;
    expect([half?.first.days, half?.rest.days, twoThirds?.first.days, twoThirds?.rest.days]).toEqual([15, 16, 20, 11]);
    expect([half?.silent, half?.hit.rules, twoThirds?.silent]).toEqual([1, 1, 0]);
  });
});

test('a window that begins within a day is cut between whole days all the same', () => {
  const [half] = backtestOf({ days: 40, late: DAY / 2, hits: ['0 30', '19', '20'] }).splits;
  expect(half).toMatchObject({
    first: { from: '2024-10-04T12:00:00Z', to: '2024-10-24T00:00:00Z', days: 20, daysWithData: 20, coverage: '1' },
    rest: { days: 20 },
    silent: 1,
    hit: { rules: 1 },
  });
});

describe('rules that take no part in the backtest', () => {
  const leftOutOf = (scene: Partial<Scene>) => backtestOf({ hits: ['70'], ...scene }).splits[0];

  test.each<[string, Partial<Scene>, string]>([
    ['switched off', { rules: { 0: { enabled: false } } }, 'NOT_IN_FORCE'],
    ['with a reference that is gone', { rules: { 0: { staleReference: 'sg-gone' } } }, 'NOT_IN_FORCE'],
    ['shadowed', { findings: [{ kind: 'shadowed', policy: 'fw', rule: 'r0' }] }, 'EXPLAINED_BY_CONFIGURATION'],
    [
      'redundant to earlier ones',
      { findings: [{ kind: 'redundant', by: 'earlier', policy: 'fw', rule: 'r0' }] },
      'EXPLAINED_BY_CONFIGURATION',
    ],
    ['that nobody can evaluate', { rules: { 0: { evaluable: 'no' } } }, 'NOT_OBSERVABLE'],
    ['with an unresolved reference', { rules: { 0: { unresolvedReferences: ['pl-1'] } } }, 'NOT_OBSERVABLE'],
    ['on no interface', { policy: { attachments: [] } }, 'NOT_OBSERVABLE'],
    ['at interfaces that nobody knows', { policy: { interfaceBound: true } }, 'NOT_OBSERVABLE'],
    ['younger than the window', { rules: { 0: { presence: presence(START - DAY, START + 1) } } }, 'YOUNGER_THAN_WINDOW'],
    ['younger than the cut', { rules: { 0: { presence: presence(START + 50 * DAY, START + 51 * DAY) } } }, 'YOUNGER_THAN_WINDOW'],
    ['watched in too few hours', { uncovered: range(20) }, 'WEAK_EVIDENCE'],
    ['watched in too few hours of one part', { uncovered: range(10) }, 'PART_NOT_COVERED'],
  ])('a rule %s', (_, scene, reason) => {
    expect(leftOutOf(scene)).toMatchObject({ counted: 0, silent: 0, leftOut: { [reason]: 1 } });
  });

  test('deny rules are not even counted as left out: a deny rule is never called unused', () => {
    expect(backtestOf({ hits: ['70'], rules: { 0: { effect: { verdict: 'deny', attributes: {} } } } })).toMatchObject({ permitRules: 0 });
  });

  test('not a rule that is redundant to later ones, that was used, that the device counted, or whose age nobody knows', () => {
    expect(leftOutOf({ findings: [{ kind: 'redundant', by: 'later', policy: 'fw', rule: 'r0' }] })).toMatchObject({ silent: 1 });
    expect(leftOutOf({ rules: { 0: { nativeHits: 7 } } })).toMatchObject({ silent: 1, hit: { rules: 1 }, leftOut: {} });
    expect(leftOutOf({ rules: { 0: { presence: presence(START - 2 * DAY, START - DAY) } } })).toMatchObject({ silent: 1 });
    expect(leftOutOf({ rules: { 0: { presence: PRESENCE_UNKNOWN } } })).toMatchObject({
      silent: 1,
      silentOfUnknownAge: 1,
      hit: { rules: 1 },
    });
  });

  test('not for one day without any log: it is in the coverage', () => {
    expect(leftOutOf({ uncovered: [70] })).toMatchObject({
      silent: 1,
      hit: { rules: 1 },
      rest: { days: 45, daysWithData: 44, coverage: '0.977' },
    });
  });
});

function presence(absentAt: number, knownFrom: number): Rule['presence'] {
  return { absentAt, knownFrom, retiredAt: null, source: 'export' };
}

describe('on generated usage', () => {
  const arbDays = fc.uniqueArray(fc.nat(119), { maxLength: 3 });
  const arbScene = fc.record({ days: fc.integer({ min: 30, max: 120 }), rules: fc.array(fc.tuple(arbDays, arbDays), { maxLength: 30 }) });
  const sceneOf = ({ days, rules }: { days: number; rules: [number[], number[]][] }) => {
    const within = (list: readonly number[]) => list.filter((day) => day < days);
    const kept = rules.map(([certain, possible]) => ({ certain: within(certain), possible: within(possible) }));
    return {
      kept,
      result: backtestOf({ days, hits: kept.map(({ certain, possible }) => `${certain.join(' ')} ~ ${possible.join(' ')}`) }),
    };
  };

  test('the bit sets say what plain lists of days say', () => {
    fc.assert(
      fc.property(arbScene, (scene) => {
        const { kept, result } = sceneOf(scene);
        for (const { first, silent, hit, possiblyHit } of result.splits) {
          const isLater = (day: number): boolean => day >= first.days;
          const quiet = kept.filter(({ certain, possible }) => [...certain, ...possible].every(isLater));
          expect(silent).toBe(quiet.length);
          expect(hit.rules).toBe(quiet.filter(({ certain }) => certain.length > 0).length);
          expect(possiblyHit.rules).toBe(quiet.filter(({ certain, possible }) => certain.length + possible.length > 0).length);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('certain ≤ possible ≤ silent ≤ counted, rules and days add up, a longer silence is rarer', () => {
    fc.assert(
      fc.property(arbScene, (scene) => {
        const { result } = sceneOf(scene);
        for (const { counted, leftOut, silent, hit, possiblyHit, first, rest } of result.splits) {
          expect(hit.rules).toBeLessThanOrEqual(possiblyHit.rules);
          expect(possiblyHit.rules).toBeLessThanOrEqual(silent);
          expect(silent).toBeLessThanOrEqual(counted);
          expect(counted + Object.values(leftOut).reduce((sum, count) => sum + count, 0)).toBe(result.permitRules);
          expect([first.days + rest.days, first.to]).toEqual([scene.days, rest.from]);
        }
        const [half, twoThirds] = result.splits;
        expect(twoThirds?.silent).toBeLessThanOrEqual(half?.silent ?? 0);
      }),
      { numRuns: 60 },
    );
  });
});
