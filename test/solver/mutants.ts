import {
  type AnalysisOptions,
  analysePolicy,
  type PolicyAnalysis,
  type RemovalAnswer,
  type RuleVerdict,
  removalIsSafe,
} from '../../src/core/trace/analyse-policy.ts';
import { rangeContains } from '../../src/model/address.ts';
import { type Endpoint, type MatchProduct, unknownAxes } from '../../src/model/match.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { Rule } from '../../src/model/rule.ts';
import type { Analyser } from './disagreements.ts';

const BUDGET = 100_000;

/** Criteria that are almost right: each is the engine with one mistake that tools in the field make. The solver must catch every one. */
export const MUTANTS: Readonly<Record<string, (policy: Policy, options: AnalysisOptions) => Analyser>> = {
  'a rule is covered only if a single earlier rule contains it': pairwise,
  'rules in between count with what they certainly match': certainBetween,
  'verdicts are compared, not effects': (policy, options) =>
    analysePolicy(
      withRules(policy, ({ effect, ...rule }) => ({ ...rule, effect: { ...effect, attributes: {} } })),
      options,
    ),
  'the last matching rule decides': (policy, options) =>
    inOrderOf(policy, analysePolicy({ ...policy, rules: policy.rules.toReversed() }, options)),
  'the same unknown is another one in every rule': (policy, options) => analysePolicy(withRules(policy, unknownsOfItsOwn), options),
  'what may go alone may go together': oneByOne,
  'type and code of ICMP are not looked at': (policy, options) => analysePolicy(withRules(policy, withoutIcmpConditions), options),
};

function withRules(policy: Policy, change: (rule: Rule) => Rule): Policy {
  return { ...policy, rules: policy.rules.map(change) };
}

function inOrderOf(policy: Policy, analysis: PolicyAnalysis): Analyser {
  const verdicts = policy.rules.flatMap(({ id }) => analysis.verdicts.filter(({ rule }) => rule === id));
  return { ...analysis, verdicts };
}

function pairwise(policy: Policy, options: AnalysisOptions): Analyser {
  const analysis = analysePolicy(policy, options);
  const present = policy.rules.filter((rule) => rule.enabled && rule.staleReference === null);
  const verdicts = analysis.verdicts.map((verdict, i): RuleVerdict => {
    const isCovered = verdict.kind === 'shadowed' || verdict.by === 'earlier' || verdict.by === 'others';
    const rule = present[i] as Rule;
    const others = policy.evaluation === 'any-permit' ? present.filter((other) => other !== rule) : present.slice(0, i);
    return isCovered && !others.some((other) => contains(other, rule))
      ? { rule: verdict.rule, kind: 'live', witness: null, proof: null }
      : verdict;
  });
  return { ...analysis, verdicts };
}

function contains(outer: Rule, inner: Rule): boolean {
  return inner.match.products.every((product) => outer.match.products.some((other) => productContains(other, product)));
}

function productContains(outer: MatchProduct, inner: MatchProduct): boolean {
  const holds = (a: Endpoint, b: Endpoint): boolean =>
    (a.membership === null || a.membership.axis === b.membership?.axis) &&
    b.ranges.every((range) => a.ranges.some((other) => rangeContains(other, range)));
  const first = JSON.stringify(inner.services);
  const isAny = outer.services.some((service) => Object.values(service).join() === '0,255,,,,');
  return (
    outer.family === inner.family &&
    holds(outer.source, inner.source) &&
    holds(outer.destination, inner.destination) &&
    (isAny || JSON.stringify(outer.services) === first) &&
    (outer.finite.length === 0 || JSON.stringify(outer.finite) === JSON.stringify(inner.finite)) &&
    outer.unknowns.every((text) => inner.unknowns.includes(text))
  );
}

/** For each rule: what is found when the rules behind it that are known in part only are not there. */
function certainBetween(policy: Policy, options: AnalysisOptions): Analyser {
  const analysis = analysePolicy(policy, options);
  const verdicts = analysis.verdicts.map((verdict): RuleVerdict => {
    const place = policy.rules.findIndex(({ id }) => id === verdict.rule);
    const rules = policy.rules.filter((rule, i) => i <= place || unknownAxes(rule.match).length === 0);
    return analysePolicy({ ...policy, rules }, options).verdictOf(verdict.rule) as RuleVerdict;
  });
  return { ...analysis, verdicts };
}

function unknownsOfItsOwn(rule: Rule): Rule {
  const own = (text: string): string => `${text} of ${rule.id}`;
  const endpoint = ({ ranges, membership }: Endpoint): Endpoint => ({
    ranges,
    membership: membership === null ? null : { ...membership, axis: own(membership.axis) },
  });
  const products = rule.match.products.map((product) => ({
    ...product,
    source: endpoint(product.source),
    destination: endpoint(product.destination),
    unknowns: product.unknowns.map(own),
  }));
  return { ...rule, match: { products } };
}

function oneByOne(policy: Policy, options: AnalysisOptions): Analyser {
  const analysis = analysePolicy(policy, options);
  const ask = (removed: ReadonlySet<string>): RemovalAnswer =>
    [...removed].map((rule) => removalIsSafe(policy, new Set([rule]), BUDGET)).find(({ safe }) => safe !== true) ??
    removalIsSafe(policy, new Set(), BUDGET);
  return { ...analysis, removalIsSafe: ask };
}

function withoutIcmpConditions(rule: Rule): Rule {
  const products = rule.match.products.map((product) => ({
    ...product,
    services: product.services.map((service) => ({ ...service, icmpType: null, icmpCode: null })),
  }));
  return { ...rule, match: { products } };
}
