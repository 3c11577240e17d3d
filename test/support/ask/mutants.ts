import { ASK_BUDGET, askPoint } from '../../../src/core/ask/ask-point.ts';
import type { EnforcementPoint } from '../../../src/core/ask/enforcement-points.ts';
import type { Endpoint, MatchProduct } from '../../../src/model/match.ts';
import type { Policy } from '../../../src/model/policy.ts';
import type { PolicyDifference } from '../../../src/model/policy-diff.ts';
import type { QueryPoint } from '../../../src/model/query-answer.ts';
import { COMPARE, type Compare } from './diff-oracle.ts';
import { ASK, type Ask } from './query-oracle.ts';

/** Wrong ways to ask a point: the question is bent before, or the answer after. */
export const QUERY_MUTANTS: readonly { readonly name: string; readonly ask: Ask }[] = [
  {
    name: 'what a layer does not look at is looked at',
    ask: bentPoint((point) => withLayers(point, (layer) => ({ ...layer, exceptRemote: [] }))),
  },
  {
    name: 'one layer that permits is enough',
    ask: bentPoint(({ layers, ...point }) => ({
      ...point,
      layers: [{ policies: layers.flatMap((layer) => layer.policies), exceptRemote: [] }],
    })),
  },
  { name: 'the last match decides', ask: bentPolicies((policy) => ({ ...policy, rules: [...policy.rules].reverse() })) },
  { name: 'rules that are switched off decide', ask: bentPolicies((policy) => withRules(policy, (rule) => ({ ...rule, enabled: true }))) },
  {
    name: 'known members are a question',
    ask: bentPolicies((policy) =>
      withProducts(policy, (product) => ({ ...product, source: unresolved(product.source), destination: unresolved(product.destination) })),
    ),
  },
  { name: 'what nobody knows holds', ask: bentPolicies((policy) => withProducts(policy, (product) => ({ ...product, unknowns: [] }))) },
  {
    name: 'the default decides nothing',
    ask: bentAnswer((answer) => ({ ...answer, rules: answer.rules.filter(({ rule }) => rule !== 'default') })),
  },
  {
    name: 'all packets of an area meet its first case',
    ask: bentAnswer((answer) => ({
      ...answer,
      areas: answer.areas.map((area) => ({ ...area, cases: area.cases.slice(0, 1).map((one) => ({ ...one, when: [] })) })),
    })),
  },
  {
    name: 'a region of an area is lost',
    ask: bentAnswer((answer) => ({
      ...answer,
      areas: answer.areas.map((area) => ({ ...area, regions: area.regions.slice(0, Math.max(1, area.regions.length - 1)) })),
    })),
  },
  {
    name: 'only the first rule of those that decide is named',
    ask: bentAnswer((answer) => ({
      ...answer,
      areas: answer.areas.map((area) => ({
        ...area,
        cases: area.cases.map((one) => ({
          ...one,
          decided: { ...one.decided, by: { ...one.decided.by, rules: one.decided.by.rules.slice(0, 1) } },
        })),
      })),
    })),
  },
];

/** Wrong ways to compare. */
export const DIFF_MUTANTS: readonly { readonly name: string; readonly compare: Compare }[] = [
  { name: 'nothing ever changes', compare: (before, after) => COMPARE(before ?? after, before ?? after) },
  {
    name: 'verdict instead of effect',
    compare: bentSides((policy) => withRules(policy, (rule) => ({ ...rule, effect: { ...rule.effect, attributes: {} } }))),
  },
  { name: 'the default does not count', compare: bentSides((policy) => ({ ...policy, defaultAction: 'deny' })) },
  {
    name: 'order does not count',
    compare: bentSides((policy) => ({ ...policy, rules: [...policy.rules].sort((a, b) => (a.id < b.id ? -1 : 1)) })),
  },
  { name: 'what nobody knows holds', compare: bentSides((policy) => withProducts(policy, (product) => ({ ...product, unknowns: [] }))) },
  {
    name: 'every changed area changes in every case',
    compare: bentDifference((found) => ({
      ...found,
      areas: found.areas.map((area) => ({ ...area, cases: area.cases.slice(0, 1).map((one) => ({ ...one, when: [] })) })),
    })),
  },
  {
    name: 'what is mixed is widened',
    compare: bentDifference((found) => ({
      ...found,
      areas: found.areas.map((area) => (area.change === 'mixed' ? { ...area, change: 'widened' } : area)),
    })),
  },
  {
    name: 'every changed rule changes packets',
    compare: bentDifference((found) => ({ ...found, rules: found.rules.map((rule) => ({ ...rule, changesPackets: true })) })),
  },
  {
    name: 'before and after are confused',
    compare: bentDifference((found) => ({
      ...found,
      areas: found.areas.map((area) => ({ ...area, cases: area.cases.map((one) => ({ ...one, before: one.after, after: one.before })) })),
    })),
  },
];

function bentPoint(bend: (point: EnforcementPoint) => EnforcementPoint): Ask {
  return (point) => {
    const answer = askPoint(bend(point), ASK_BUDGET);
    return answer === null ? null : { ...answer, layers: point.layers.map(({ policies }) => policies.map(({ id }) => id)) };
  };
}

function bentPolicies(bend: (policy: Policy) => Policy): Ask {
  return bentPoint((point) => withLayers(point, (layer) => ({ ...layer, policies: layer.policies.map(bend) })));
}

function bentAnswer(bend: (answer: QueryPoint) => QueryPoint): Ask {
  return (point) => {
    const answer = ASK(point);
    return answer === null ? null : bend(answer);
  };
}

function bentSides(bend: (policy: Policy) => Policy): Compare {
  return (before, after) => COMPARE(before === null ? null : bend(before), after === null ? null : bend(after));
}

function bentDifference(bend: (found: PolicyDifference) => PolicyDifference): Compare {
  return (before, after) => bend(COMPARE(before, after));
}

function withLayers(
  point: EnforcementPoint,
  bend: (layer: EnforcementPoint['layers'][number]) => EnforcementPoint['layers'][number],
): EnforcementPoint {
  return { ...point, layers: point.layers.map(bend) };
}

function withRules(policy: Policy, bend: (rule: Policy['rules'][number]) => Policy['rules'][number]): Policy {
  return { ...policy, rules: policy.rules.map(bend) };
}

function withProducts(policy: Policy, bend: (product: MatchProduct) => MatchProduct): Policy {
  return withRules(policy, (rule) => ({ ...rule, match: { products: rule.match.products.map(bend) } }));
}

function unresolved(endpoint: Endpoint): Endpoint {
  return endpoint.membership === null ? endpoint : { ...endpoint, membership: { ...endpoint.membership, members: null } };
}
