import type { ChangeKind } from '../../model/policy-diff.ts';
import { formatRegion, toMatchProducts } from '../../model/region-notation.ts';
import { type Action, bareRule, type Rule } from '../../model/rule.ts';
import { regionsOf } from '../ask/areas.ts';
import type { ChangedPolicy } from './changed-policy.ts';

/** A changed area as a rule that matches just its packets. */
export interface ChangedRule {
  readonly rule: Rule;
  readonly change: ChangeKind;
  /** One region of the area, for people. */
  readonly region: string;
}

/** The changed areas of a policy, in their order. Where conditions decide whether a packet changes, the rule has an unknown one: it may match. */
export function toChangedRules({ pair, traced: { traced } }: ChangedPolicy, action: Action): ChangedRule[] {
  const sourceRef = (pair.after ?? pair.before)?.sourceRef ?? { path: '' };
  return traced.groups.map(({ group, change }, rank): ChangedRule => {
    const regions = regionsOf(traced.space, group.pieces);
    const unknowns = group.cases.some(({ conditions }) => conditions.length > 0) ? [`conditions of area ${rank}`] : [];
    const rule = bareRule({
      id: String(rank),
      rank,
      match: { products: regions.flatMap(toMatchProducts).map((product) => ({ ...product, unknowns })) },
      effect: { verdict: action, attributes: {} },
      evaluable: unknowns.length === 0 ? 'full' : 'partial',
      sourceRef,
    });
    return { rule, change, region: regions.flatMap(formatRegion)[0] ?? '' };
  });
}
