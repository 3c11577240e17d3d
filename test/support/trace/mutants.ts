import { type AnalysisOptions, analyseSource, type RuleVerdict } from '../../../src/core/trace/analyse-policy.ts';
import type { TraceEntry, TraceSource } from '../../../src/core/trace/trace-source.ts';
import type { TinyPolicy, TinyRule } from './tiny-policy.ts';
import { everyPoint, tinyMatches } from './tiny-policy.ts';
import { toTraceSource } from './tiny-to-model.ts';

/** A wrong way to judge the rules of a list; each is what some tool does. */
export interface Mutant {
  readonly name: string;
  judge(policy: TinyPolicy): readonly Pick<RuleVerdict, 'rule' | 'kind' | 'by' | 'relation'>[];
}

const OPTIONS: AnalysisOptions = { budget: 100_000 };

/** For lists without chains. */
export const MUTANTS: readonly Mutant[] = [
  { name: 'rules in between read by what they certainly match', judge: judgeByCertain },
  { name: 'one rule must contain another', judge: judgeByPairs },
  { name: 'verdict instead of effect', judge: (policy) => analyseSource(withoutAttributes(toTraceSource(policy)), OPTIONS).verdicts },
  {
    name: 'last match instead of first',
    judge: (policy) => [...analyseSource(reversed(toTraceSource(policy)), OPTIONS).verdicts].reverse(),
  },
];

function judgeByCertain(policy: TinyPolicy): RuleVerdict[] {
  const source = toTraceSource(policy);
  const [chain] = source.chains;
  if (chain === undefined) return [];
  return chain.entries.map((entry, place) => {
    // What might match, but need not, is not there when this rule is judged.
    const entries = chain.entries.filter((other, i) => i <= place || !isConditional(other));
    return analyseSource({ ...source, chains: [{ ...chain, entries }] }, OPTIONS).verdictOf(entry.id) as RuleVerdict;
  });
}

function isConditional({ match }: TraceEntry): boolean {
  return match.products.some(({ unknowns, finite, source }) => unknowns.length > 0 || finite.length > 0 || source.membership !== null);
}

function withoutAttributes(source: TraceSource): TraceSource {
  const plain = (entry: TraceEntry): TraceEntry => ({ ...entry, effect: { ...entry.effect, attributes: {} } });
  return { ...source, chains: source.chains.map((chain) => ({ ...chain, entries: chain.entries.map(plain) })) };
}

function reversed(source: TraceSource): TraceSource {
  return { ...source, chains: source.chains.map((chain) => ({ ...chain, entries: [...chain.entries].reverse() })) };
}

/** Al-Shaer and Hamed: an earlier rule contains it; a later one of the same effect contains it, and no other effect between lies around it. */
function judgeByPairs(policy: TinyPolicy): Pick<RuleVerdict, 'rule' | 'kind' | 'by' | 'relation'>[] {
  const rules = policy.chains[0] ?? [];
  const points = everyPoint(policy.universe);
  const matches = rules.map((rule) => points.map((point) => tinyMatches(rule, point, policy.universe)));
  const inside = (a: number, b: number): boolean => (matches[a] ?? []).every((holds, point) => !holds || matches[b]?.[point] === true);
  const same = (a: TinyRule, b: TinyRule): boolean => a.verdict === b.verdict && a.attribute === b.attribute;
  return rules.map((rule, place) => {
    if (!(matches[place] ?? []).includes(true)) return { rule: rule.id, kind: 'unmatchable' };
    const earlier = rules.findIndex((other, i) => i < place && other.control === 'decide' && inside(place, i));
    if (earlier >= 0) {
      const isSame = rule.verdict === null || rules[earlier]?.verdict === rule.verdict;
      return isSame ? { rule: rule.id, kind: 'redundant', by: 'earlier' } : { rule: rule.id, kind: 'shadowed', relation: 'opposite' };
    }
    const later = rules.findIndex((other, i) => i > place && other.control === 'decide' && same(other, rule) && inside(place, i));
    const interferes = rules.some((other, i) => i > place && i < later && !same(other, rule) && inside(place, i));
    if (later >= 0 && !interferes && rule.control === 'decide') return { rule: rule.id, kind: 'redundant', by: 'later' };
    return { rule: rule.id, kind: 'live' };
  });
}
