import { describe, expect, test } from 'vitest';
import { analysePolicy, analyseSource, removalIsSafe } from '../../../src/core/trace/analyse-policy.ts';
import { comparePolicies } from '../../../src/core/trace/compare-policies.ts';
import { askReach } from '../../../src/core/trace/questions.ts';
import { createTraceContext } from '../../../src/core/trace/trace-context.ts';
import type { Control, TraceChain, TraceEntry, TraceSource } from '../../../src/core/trace/trace-source.ts';
import { compileTrace, type TraceProgram } from '../../../src/core/trace/trace-space.ts';
import type { AddressRange } from '../../../src/model/address.ts';
import { InputError } from '../../../src/model/errors.ts';
import type { MatchProduct } from '../../../src/model/match.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { policyOf, ruleOf } from '../../support/policies.ts';

const BUDGET = { budget: 100_000 };

function entry(id: string, text: string, control: Control): TraceEntry {
  const { match, effect } = ruleOf(text);
  return { id, match, effect: control.kind === 'decide' ? effect : { verdict: null, attributes: {} }, control };
}

function source(...chains: readonly TraceChain[]): TraceSource {
  return { name: 'fw', evaluation: 'first-match', defaultEffect: { verdict: 'deny', attributes: {} }, chains };
}

describe('chains', () => {
  test('a loop is an error that names the chains', () => {
    const loop = source(
      { name: 'INPUT', entries: [entry('1', 'permit any any -> any', { kind: 'jump', chain: 'a' })] },
      { name: 'a', entries: [entry('2', 'permit tcp any -> any', { kind: 'goto', chain: 'b' })] },
      { name: 'b', entries: [entry('3', 'permit udp any -> any', { kind: 'jump', chain: 'a' })] },
    );
    expect(() => analyseSource(loop, BUDGET)).toThrow(
      new InputError('fw', 'the chains a → b → a lead back to themselves; expected chains without a loop'),
    );
  });

  test('a missing chain is an error that names the rule and the chain', () => {
    const missing = source({ name: 'INPUT', entries: [entry('1', 'permit any any -> any', { kind: 'jump', chain: 'gone' })] });
    expect(() => analyseSource(missing, BUDGET)).toThrow(
      'fw: rule 1 leads to the chain gone, which is not defined; add its rules to the input',
    );
  });

  test('thirty chains that each call the next twice are judged once each', () => {
    const last = { name: 'c30', entries: [entry('deny', 'deny tcp 10.0.0.0/8 -> any 22', { kind: 'decide' })] };
    const chains = Array.from({ length: 30 }, (_, i) => ({
      name: `c${i}`,
      entries: ['a', 'b'].map((call) => entry(`${i}${call}`, 'permit any any -> any', { kind: 'jump', chain: `c${i + 1}` })),
    }));
    const analysis = analyseSource(source(...chains, last), BUDGET);
    expect(analysis.verdictOf('deny')).toMatchObject({ kind: 'redundant', by: 'later' });
    expect(analysis.verdictOf('0a')).toMatchObject({ kind: 'redundant', by: 'later' });
  });

  test('a log that is met 2^30 times is beyond the budget, not guessed', () => {
    const last = {
      name: 'c30',
      entries: [
        entry('log', 'permit any any -> any', { kind: 'continue' }),
        entry('deny', 'permit tcp 10.0.0.0/8 -> any 22', { kind: 'decide' }),
      ],
    };
    const chains = Array.from({ length: 30 }, (_, i) => ({
      name: `c${i}`,
      entries: ['a', 'b'].map((call) => entry(`${i}${call}`, 'permit any any -> any', { kind: 'jump', chain: `c${i + 1}` })),
    }));
    const analysis = analyseSource(source(...chains, last), BUDGET);
    expect(analysis.verdictOf('0a')?.kind).toBe('not-evaluable');
    expect(analysis.verdictOf('log')?.kind).toBe('live');
  });

  test('three thousand chains, each called by the one before, are no loop and overflow nothing', () => {
    const count = 3000;
    const chains = Array.from({ length: count }, (_, i): TraceChain => {
      const isLast = i + 1 === count;
      return {
        name: `c${i}`,
        entries: [entry(String(i), 'permit tcp any -> any 22', isLast ? { kind: 'decide' } : { kind: 'jump', chain: `c${i + 1}` })],
      };
    });
    const space = compileTrace([source(...chains)]);
    const context = createTraceContext(space, space.programs[0] as TraceProgram, 1000);
    expect(askReach(context, count - 1).kind).toBe('found');
  });

  test('RETURN in the first chain leads to the default', () => {
    const analysis = analyseSource(
      source({
        name: 'INPUT',
        entries: [
          entry('1', 'permit tcp any -> any', { kind: 'return' }),
          entry('2', 'permit tcp any -> any 22', { kind: 'decide' }),
          entry('3', 'permit any any -> any', { kind: 'decide' }),
        ],
      }),
      BUDGET,
    );
    expect(analysis.verdictOf('2')).toMatchObject({ kind: 'shadowed', relation: 'opposite' });
    expect(analysis.deciders('2')?.deciders.map(({ rule }) => rule)).toEqual(['default']);
  });
});

describe('rules', () => {
  test('a policy without rules has no verdicts', () => {
    expect(analysePolicy(policyOf([]), BUDGET).verdicts).toEqual([]);
  });

  test('a single rule is live, or redundant when it says what the default says', () => {
    expect(analysePolicy(policyOf(['permit any any -> any']), BUDGET).verdictOf('1')?.kind).toBe('live');
    expect(analysePolicy(policyOf(['deny any any -> any']), BUDGET).verdictOf('1')).toMatchObject({ kind: 'redundant', by: 'later' });
  });

  test('a rule that matches nothing is unmatchable, and covers nothing', () => {
    const empty: Rule = ruleOf('permit any any -> any', { match: { products: [] } });
    const noSource: Rule = withProducts('deny any any -> any', (product) => ({ ...product, source: { ranges: [], membership: null } }));
    const noService: Rule = withProducts('deny tcp any -> any', (product) => ({ ...product, services: [] }));
    const contradiction: Rule = withProducts('deny tcp any -> any', (product) => ({
      ...product,
      finite: [
        { axis: 'state', values: ['new'] },
        { axis: 'state', values: ['established'] },
      ],
    }));
    const gre = ruleOf('deny gre any -> any 443');
    const verdicts = analysePolicy(policyOf([empty, noSource, noService, contradiction, gre, 'permit tcp any -> any 22']), BUDGET).verdicts;
    expect(verdicts.map(({ kind }) => kind)).toEqual([...Array(5).fill('unmatchable'), 'live']);
  });

  test('rules that are switched off or whose reference is gone have no part', () => {
    const off = ruleOf('permit any any -> any', { id: 'off', enabled: false });
    const stale = ruleOf('permit any any -> any', { id: 'stale', staleReference: 'the peering is gone' });
    const analysis = analysePolicy(policyOf([off, stale, 'permit tcp any -> any 22']), BUDGET);
    expect(analysis.verdicts.map(({ rule, kind }) => `${rule} ${kind}`)).toEqual(['3 live']);
    expect(analysis.verdictOf('off')).toBeNull();
  });

  test('what a rule that could not be read takes is unknown', () => {
    const unread = withProducts('deny any any -> any', (product) => ({ ...product, unknowns: ['line 7'] }), { id: 'x', evaluable: 'no' });
    const analysis = analysePolicy(policyOf([unread, 'permit tcp any -> any 22', 'permit tcp 10.0.0.0/8 -> any 22']), BUDGET);
    expect(analysis.verdicts.map(({ kind, relation }) => [kind, relation])).toEqual([
      ['live', undefined],
      ['partly-shadowed', undefined],
      ['shadowed', 'unknown'],
    ]);
  });

  test('of a thousand identical rules the first is kept', () => {
    const { verdicts } = analysePolicy(policyOf(Array.from({ length: 1000 }, () => 'permit tcp any -> any 22')), BUDGET);
    expect(verdicts.filter(({ kind, keptCopy }) => kind === 'duplicate' && keptCopy === '1')).toHaveLength(999);
    expect(verdicts[0]?.kind).toBe('live');
  });

  test('a rule of 100,000 hosts is one box, and is covered by what covers all of them', () => {
    const hosts = Array.from(
      { length: 100_000 },
      (_, i): AddressRange => ({ family: 4, first: 0x0a000000n + BigInt(2 * i), last: 0x0a000000n + BigInt(2 * i) }),
    );
    const large = withProducts('permit tcp 0.0.0.0/0 -> 0.0.0.0/0 443', (product) => ({
      ...product,
      source: { ranges: hosts, membership: null },
    }));
    const above = analysePolicy(policyOf(['permit tcp 10.0.0.0/8 -> any', large]), BUDGET);
    expect(above.verdictOf('2')).toMatchObject({ kind: 'redundant', by: 'earlier' });
    const hole = analysePolicy(policyOf(['permit tcp 10.0.0.0/15 -> any', 'permit tcp 10.2.0.0/16 -> any', large]), BUDGET);
    expect(hole.verdictOf('3')?.kind).toBe('partly-shadowed');
    expect(hole.packets('3')).toEqual({ ipv4: 100_000n * 65_536n * 2n ** 32n, ipv6: 0n });
  });

  test('the budget gives no verdict rather than a guess', () => {
    const rules = ['permit tcp any -> 1.2.3.0/25', 'permit tcp any -> 1.2.3.128/25', 'permit tcp any -> 1.2.3.0/24'];
    const { verdicts } = analysePolicy(policyOf(rules), { budget: 1 });
    expect(verdicts.map(({ kind }) => kind)).toEqual(['redundant', 'redundant', 'not-evaluable']);
    expect(removalIsSafe(policyOf(rules), new Set(['3']), 1).safe).toBe('unknown');
  });
});

describe('two policies', () => {
  test('are equal when only rules without effect differ', () => {
    const before = policyOf(['permit tcp any -> any 22', 'permit tcp 10.0.0.0/8 -> any 22']);
    expect(comparePolicies(before, policyOf(['permit tcp any -> any 22']), { budget: 1000, mostDifferences: 10 })).toEqual({ equal: true });
  });

  test('differ in the packets of a rule that is gone', () => {
    const before = policyOf(['permit tcp any -> 10.0.0.5 22', 'deny tcp any -> any']);
    const found = comparePolicies(before, policyOf(['deny tcp any -> any']), { budget: 1000, mostDifferences: 10 });
    expect(found).toMatchObject({
      equal: false,
      complete: true,
      differences: [{ before: { rule: '1' }, after: { rule: '1' }, packets: { ipv4: 2n ** 32n * 65_536n, ipv6: 0n } }],
    });
  });

  test('differ everywhere nothing decides when their defaults do', () => {
    const found = comparePolicies(policyOf(['permit tcp any -> any']), policyOf(['permit tcp any -> any'], { defaultAction: 'permit' }), {
      budget: 1000,
      mostDifferences: 100,
    });
    expect(found).toMatchObject({ equal: false, complete: true });
  });
});

function withProducts(text: string, change: (product: MatchProduct) => MatchProduct, parts: Partial<Rule> = {}): Rule {
  const rule = ruleOf(text, parts);
  return { ...rule, match: { products: rule.match.products.map(change) } };
}
