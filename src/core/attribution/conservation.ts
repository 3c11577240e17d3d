import type { Conservation } from '../../model/audit-result.ts';
import type { RuleBase } from '../../model/policy.ts';
import type { TrafficTotals } from './traffic-totals.ts';
import type { PolicyUsage } from './usage.ts';

/** Where the connections of every enforcement point and layer went; points that saw nothing are left out. */
export function toConservation(totals: TrafficTotals): Conservation[] {
  return totals.points
    .map(
      ({ point, outcomes, decidedElsewhere }): Conservation => ({
        attachment: point.attachment,
        direction: point.direction,
        policies: point.layer.policies.map((policy) => policy.id),
        connections: outcomes.sole + outcomes.shared + outcomes.denied + outcomes.unexplained,
        sole: outcomes.sole,
        shared: outcomes.shared,
        denied: outcomes.denied,
        unexplained: outcomes.unexplained,
        decidedElsewhere,
        earlierRules: outcomes['earlier-rules'],
        undecided: outcomes.undecided,
      }),
    )
    .filter((row) => row.connections + row.decidedElsewhere + row.earlierRules + row.undecided > 0);
}

/**
 * Checks what must hold in every run (DESIGN §5): in an ordered policy Σ certain ≤ connections ≤ Σ possible over its rules and its default; in an
 * `any-permit` policy no rule has more certain connections than the layers it stands in decided. Returns a sentence for each violation.
 */
export function findViolations(ruleBase: RuleBase, rows: readonly Conservation[], usage: ReadonlyMap<string, PolicyUsage>): string[] {
  return ruleBase.policies.flatMap((policy) => {
    const decided = rows
      .filter((row) => row.policies.includes(policy.id))
      .reduce((sum, row) => sum + row.sole + row.shared + row.denied, 0);
    const rules = [...(usage.get(policy.id) ?? new Map<string, never>()).entries()];
    const certain = rules.reduce((sum, [, { certain: some }]) => sum + some, 0);
    const possible = rules.reduce((sum, [, { possible: some }]) => sum + some, 0);
    if (policy.evaluation === 'first-match') {
      return certain <= decided && decided <= possible
        ? []
        : [`Policy ${policy.id} decided ${decided} connections, but its rules add up to ${certain} certain and ${possible} possible ones.`];
    }
    return rules
      .filter(
        ([, each]) => each.certain > decided || each.certain > each.possible || each.soleMin > each.certain || each.soleMax > each.possible,
      )
      .map(([id, each]) => `Rule ${policy.id}/${id} has ${each.certain} certain connections of ${decided} that its layers decided.`);
  });
}
