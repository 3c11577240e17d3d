import type { Plan } from '../../model/audit-result.ts';

/** The removals without effect of one policy, to be proved in the order of the plan. */
export interface PlanSteps {
  readonly rules: readonly string[];
  /** Rules of the steps seen so far. */
  readonly gone: Set<string>;
  hasSet: boolean;
}

export function planSteps(plan: Plan): Map<string, PlanSteps> {
  const rules = new Map<string, string[]>();
  for (const { policy, rule, effect } of plan.removals) {
    if (effect !== 'none') continue;
    const ofPolicy = rules.get(policy);
    if (ofPolicy === undefined) rules.set(policy, [rule]);
    else ofPolicy.push(rule);
  }
  return new Map([...rules].map(([policy, each]) => [policy, { rules: each, gone: new Set<string>(), hasSet: false }]));
}

/** What the set of a proof and the plan do not have in common; null when they are the same sequence. */
export function compareSet(policy: string, { rules }: PlanSteps, proved: readonly string[]): string | null {
  const at = rules.findIndex((rule, index) => proved[index] !== rule);
  if (at < 0 && proved.length === rules.length) return null;
  const index = at < 0 ? rules.length : at;
  const name = (rule: string | undefined): string => (rule === undefined ? 'nothing' : `rule ${rule}`);
  return `the plan of policy ${policy} removes ${name(rules[index])} as number ${index + 1}, and its proof is for ${name(proved[index])} there`;
}
