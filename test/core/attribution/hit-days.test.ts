import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAnyDaySet } from '../../../src/core/attribution/hit-days.ts';
import { PRESENCE_UNKNOWN } from '../../../src/model/rule.ts';
import { attribute } from '../../support/attribute-conversations.ts';
import { type Conversation, DAY } from '../../support/conversations.ts';
import { policyOf, ruleBaseOf, ruleOf, underUnknown } from '../../support/policies.ts';

const on = (day: number, port = 443, parts: Partial<Conversation> = {}): Conversation => ({
  flow: `eni-1 - tcp 10.0.0.1:5000 -> 192.0.2.1:${port}`,
  day: DAY + day,
  ...parts,
});

/** Days of the window, counted from its first one. */
function daysOf(bits: Uint32Array): number[] {
  return Array.from({ length: bits.length * 32 }, (_, day) => day).filter((day) => isAnyDaySet(bits, day, day + 1));
}

describe('days on which rules were hit', () => {
  test('are those of the connections that they decided, certain and possible apart; a silent rule has none', () => {
    const rules = [underUnknown('app', 'permit tcp any -> any 80'), 'permit tcp any -> any 443', 'permit tcp any -> any 22'];
    const { hitDays } = attribute(ruleBaseOf([policyOf(rules)]), [on(0), on(40), on(40), on(7, 80), on(64)]);
    const days = hitDays.get('fw');
    expect(daysOf(days?.get('2')?.certain ?? new Uint32Array())).toEqual([0, 40, 64]);
    expect(daysOf(days?.get('2')?.possible ?? new Uint32Array())).toEqual([0, 40, 64]);
    expect(daysOf(days?.get('1')?.certain ?? new Uint32Array([1]))).toEqual([]);
    expect(daysOf(days?.get('1')?.possible ?? new Uint32Array())).toEqual([7]);
    expect(days?.has('3')).toBe(false);
    expect(days?.has('default')).toBe(false);
  });

  test('are no days of a rule that only an older export holds', () => {
    const gone = ruleOf('permit tcp any -> any 443', { id: 'old', presence: { ...PRESENCE_UNKNOWN, retiredAt: (DAY + 30) * 86_400 } });
    const { hitDays } = attribute(ruleBaseOf([policyOf([], { retiredRules: [gone] })]), [on(0), on(40)]);
    expect([...(hitDays.get('fw')?.keys() ?? [])]).toEqual([]);
  });

  test('a connection without a day is noticed', () => {
    const base = ruleBaseOf([policyOf(['permit tcp any -> any 443'])]);
    expect(attribute(base, [on(0), on(3)]).hasUndated).toBe(false);
    expect(attribute(base, [on(0), on(3), { ...on(0), day: -1 }]).hasUndated).toBe(true);
  });

  test('are as many as the active days, and the certain ones are possible too', () => {
    const base = ruleBaseOf([
      policyOf([underUnknown('app', 'permit tcp any -> any 80'), 'permit tcp any -> any 80', 'permit tcp any -> any 443']),
    ]);
    const arbFlow = fc.tuple(fc.nat(99), fc.constantFrom(80, 443), fc.constantFrom('accept' as const, 'none' as const));
    fc.assert(
      fc.property(fc.array(arbFlow, { minLength: 1, maxLength: 30 }), (flows) => {
        const seen = attribute(
          base,
          flows.map(([day, port, action]) => on(day, port, { action })),
        );
        for (const rule of ['1', '2', '3']) {
          const days = seen.hitDays.get('fw')?.get(rule);
          const certain = daysOf(days?.certain ?? new Uint32Array());
          const possible = daysOf(days?.possible ?? new Uint32Array());
          expect(certain).toHaveLength(seen.of(`fw/${rule}`).activeDays);
          expect(possible).toEqual(expect.arrayContaining(certain));
          expect(possible.length > 0).toBe(seen.of(`fw/${rule}`).possible > 0);
        }
      }),
      { numRuns: 60 },
    );
  });
});
