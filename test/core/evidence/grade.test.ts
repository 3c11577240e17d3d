import { describe, expect, test } from 'vitest';
import type { RuleUsage } from '../../../src/core/attribution/usage.ts';
import type { Exposure } from '../../../src/core/evidence/exposure.ts';
import { type GradeFacts, gradeUse } from '../../../src/core/evidence/grade.ts';
import { PRESENCE_UNKNOWN, type Rule } from '../../../src/model/rule.ts';
import { policyOf, ruleOf } from '../../support/policies.ts';

const DAY = 86_400;
const START = 20_000 * DAY;

const NO_HITS: RuleUsage = {
  certain: 0,
  possible: 0,
  unplaced: 0,
  soleMin: 0,
  soleMax: 0,
  answered: 0,
  asResponse: 0,
  records: 0,
  packets: 0,
  bytes: 0,
  firstHit: null,
  lastHit: null,
  activeDays: 0,
  attachmentsUsed: 0,
  parts: null,
};
const OLD_RULE = { presence: { ...PRESENCE_UNKNOWN, knownFrom: START - DAY, source: 'export' } };

interface Parts extends Partial<Omit<GradeFacts, 'rule' | 'usage' | 'exposure'>> {
  readonly days?: number;
  readonly rule?: Partial<Rule>;
  readonly usage?: Partial<RuleUsage>;
  readonly exposure?: Partial<Exposure>;
}

function facts(parts: Parts = {}): GradeFacts {
  const days = parts.days ?? 90;
  const { rule, usage, exposure, days: _days, ...rest } = parts;
  return {
    policy: policyOf([]),
    window: { start: START, end: START + days * DAY },
    coverage: { days: [], unreadFiles: [], loggedActions: { accept: true, reject: true }, rejectOnly: [], unreadRecords: 0, records: 0 },
    hasGapOfUnknownTime: false,
    hasUnreadFiles: false,
    carriesUntrackedReplies: false,
    ...rest,
    rule: ruleOf('permit tcp 10.0.0.0/8 -> any 443', { ...OLD_RULE, ...rule }),
    usage: { ...NO_HITS, ...usage },
    exposure: {
      hours: days * 24,
      coverage: 1,
      effectiveDays: days,
      emptyHourCells: [],
      hasSkippedRecords: false,
      hasUnknownGap: false,
      silentAttachments: 0,
      caughtHours: [],
      ...exposure,
    },
  };
}

describe('grade of a rule without hits', () => {
  test('ninety covered days of a rule known since before them are grade B', () => {
    expect(gradeUse(facts())).toEqual({ grade: 'B', reasons: [] });
  });

  test('a day less than ninety is C, a day less than thirty is D', () => {
    expect(gradeUse(facts({ days: 89 })).grade).toBe('C');
    expect(gradeUse(facts({ days: 30 })).grade).toBe('C');
    expect(gradeUse(facts({ days: 29 })).grade).toBe('D');
  });

  test('coverage below 95 % is C, below 80 % is D', () => {
    expect(gradeUse(facts({ exposure: { coverage: 0.949 } }))).toEqual({ grade: 'C', reasons: ['LOW_COVERAGE'] });
    expect(gradeUse(facts({ exposure: { coverage: 0.799 } })).grade).toBe('D');
  });

  test('unknown age alone caps at C', () => {
    expect(gradeUse(facts({ rule: { presence: PRESENCE_UNKNOWN } }))).toEqual({ grade: 'C', reasons: ['AGE_UNKNOWN'] });
  });

  test('an export dated inside the window that nothing contradicts leaves the age unknown', () => {
    const presence = { ...PRESENCE_UNKNOWN, knownFrom: START + 89 * DAY, source: 'export' };
    expect(gradeUse(facts({ rule: { presence } }))).toEqual({ grade: 'C', reasons: ['AGE_UNKNOWN'] });
  });

  test('an hour of the week that is never covered caps at C', () => {
    expect(gradeUse(facts({ exposure: { coverage: 0.958, emptyHourCells: [1], hasSkippedRecords: true } }))).toEqual({
      grade: 'C',
      reasons: ['SKIPDATA', 'EMPTY_HOUR_CELL'],
    });
  });

  test('a seasonal name caps at C until the window holds a whole year and more', () => {
    const rule = { description: 'year-end settlement' };
    expect(gradeUse(facts({ days: 180, rule }))).toEqual({ grade: 'C', reasons: ['SEASONAL_TAG'] });
    expect(gradeUse(facts({ days: 400, rule })).grade).toBe('B');
    expect(gradeUse(facts({ days: 180, rule: { name: 'yearend-settlement' } })).grade).toBe('C');
    expect(gradeUse(facts({ days: 180, rule: { description: 'address of the androgen lab' } })).grade).toBe('B');
  });

  test('a file left out without a known time is never better than D', () => {
    expect(gradeUse(facts({ hasGapOfUnknownTime: true, hasUnreadFiles: true }))).toEqual({ grade: 'D', reasons: ['GAP_FILES'] });
  });

  test('logs of refused traffic only say nothing about a permit rule', () => {
    const coverage = {
      days: [],
      unreadFiles: [],
      loggedActions: { accept: false, reject: true },
      rejectOnly: [],
      unreadRecords: 0,
      records: 0,
    };
    expect(gradeUse(facts({ coverage }))).toEqual({ grade: 'I', reasons: ['LOG_FILTER_REJECT_ONLY'] });
  });

  test('an unresolved reference is indeterminate even without a possible hit', () => {
    expect(gradeUse(facts({ rule: { evaluable: 'partial', unresolvedReferences: ['sg-0other'] } }))).toEqual({
      grade: 'I',
      reasons: ['UNRESOLVED_REF'],
    });
  });

  test('a device counter that says otherwise is a contradiction', () => {
    expect(gradeUse(facts({ rule: { nativeHits: 7 } })).grade).toBe('X');
    expect(gradeUse(facts({ rule: { nativeHits: 0 }, usage: { certain: 1, possible: 1, soleMax: 1 } })).grade).toBe('X');
  });

  test('a policy on no interface is indeterminate, whatever the logs say', () => {
    expect(gradeUse(facts({ policy: policyOf([], { attachments: [] }) }))).toEqual({ grade: 'I', reasons: ['NO_ATTACHMENT'] });
  });
});

describe('grade of a rule with hits', () => {
  test('one certain hit is used; shared when another rule explains every one of them', () => {
    expect(gradeUse(facts({ usage: { certain: 1, possible: 1, soleMin: 1, soleMax: 1 } }))).toEqual({ grade: 'U', reasons: [] });
    expect(gradeUse(facts({ usage: { certain: 3, possible: 3 } }))).toEqual({ grade: 'U', reasons: ['SHARED'] });
  });

  test('an entry of a stateless list that only replies passed says so', () => {
    const policy = policyOf([], { stateful: false });
    expect(gradeUse(facts({ policy, usage: { certain: 4, possible: 4, soleMax: 4, asResponse: 4 } })).reasons).toEqual(['RETURN_ONLY']);
  });

  test('possible hits only are indeterminate, with the reason', () => {
    const typed = ruleOf('permit icmp 10.0.0.0/8 -> any');
    const match = {
      products: typed.match.products.map((product) => ({
        ...product,
        services: product.services.map((service) => ({ ...service, icmpType: 8 })),
      })),
    };
    expect(gradeUse(facts({ rule: { match }, usage: { possible: 2 } }))).toEqual({ grade: 'I', reasons: ['ICMP_TYPE_UNSEEN'] });
    expect(gradeUse(facts({ usage: { possible: 2 } }))).toEqual({ grade: 'I', reasons: ['ROLE_UNKNOWN'] });
  });

  test('hits that only interfaces without an inventory may have had are indeterminate, and the reason says so', () => {
    expect(gradeUse(facts({ usage: { possible: 2, unplaced: 2 } }))).toEqual({ grade: 'I', reasons: ['UNKNOWN_INTERFACE'] });
    expect(gradeUse(facts({ usage: { possible: 3, unplaced: 2 } }))).toEqual({
      grade: 'I',
      reasons: ['ROLE_UNKNOWN', 'UNKNOWN_INTERFACE'],
    });
    expect(gradeUse(facts({ policy: policyOf([], { attachments: [] }), usage: { possible: 2, unplaced: 2 } }))).toEqual({
      grade: 'I',
      reasons: ['NO_ATTACHMENT', 'UNKNOWN_INTERFACE'],
    });
    expect(gradeUse(facts({ usage: { certain: 1, possible: 3, soleMax: 3, unplaced: 2 } })).grade).toBe('U');
  });
});
