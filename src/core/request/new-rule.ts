import type { Policy } from '../../model/policy.ts';
import { type Region, toMatchProducts } from '../../model/region-notation.ts';
import { bareRule, DEFAULT_RULE, type Rule } from '../../model/rule.ts';
import { asInventoried } from '../ask/as-inventoried.ts';
import { boxesOf } from '../ask/compiled-point.ts';
import { restrictPolicy } from '../ask/restrict-policy.ts';
import { divide } from '../trace/divide.ts';
import { DeciderFinder, POINT_PERMITS, PointJudge } from '../trace/point-judge.ts';
import { toTraceSource } from '../trace/trace-source.ts';
import { compileTrace, type TraceProgram } from '../trace/trace-space.ts';
import type { Candidate } from './candidate.ts';
import { namesRemoteOnly, toProductSource } from './packet-regions.ts';

/** A rule that permits exactly the regions; its id is taken by no rule of the policy. */
export function toPermitRule(policy: Policy, regions: readonly Region[]): Rule {
  const taken = new Set([DEFAULT_RULE, ...policy.rules.map(({ id }) => id)]);
  let id = 'request';
  for (let copy = 2; taken.has(id); copy++) id = `request#${copy}`;
  return bareRule({
    id,
    rank: policy.rules.length,
    match: { products: regions.flatMap(toMatchProducts) },
    effect: { verdict: 'permit', attributes: {} },
    evaluable: 'full',
    sourceRef: policy.sourceRef,
  });
}

/**
 * A rule for the region, as far down as it still takes what is denied.
 *
 * @param near the policy with the rules that what is denied meets, at least
 */
export function newRuleCandidate(policy: Policy, near: Policy, denied: readonly Region[], region: Region, budget: number): Candidate {
  const rule = toPermitRule(policy, [region]);
  const before = policy.evaluation === 'any-permit' ? null : findPlace(near, denied, budget);
  return {
    kind: 'new-rule',
    rule: null,
    group: null,
    before,
    match: rule.match.products,
    touched: rule.match.products,
    policies: [policy],
    kept: new Set(before === null ? [] : [before]),
    edits: [],
    change: (changed) => (changed.id === policy.id ? insertRule(changed, rule, before) : changed),
    explanation: [explainPlace(before), ...(namesRemoteOnly(policy) ? [explainLocalSide(policy)] : [])].join(' '),
  };
}

/** @param before id of a rule; the default and null: behind all rules */
export function insertRule(policy: Policy, rule: Rule, before: string | null): Policy {
  const place = policy.rules.findIndex(({ id }) => id === before);
  const at = place < 0 ? policy.rules.length : place;
  const rules = [...policy.rules.slice(0, at), rule, ...policy.rules.slice(at)];
  return { ...policy, rules: rules.map((each, rank) => ({ ...each, rank })) };
}

/**
 * The first rule that denies some of the packets for some value of the unknowns, or the default: directly before it is the last place where a rule for the
 * packets takes them all.
 */
export function findPlace(policy: Policy, denied: readonly Region[], budget: number): string {
  const products = denied.flatMap(toMatchProducts);
  const own = restrictPolicy(policy, products);
  const space = compileTrace([toTraceSource(asInventoried(own)), toProductSource('(denied)', products)]);
  const [program, domain] = space.programs as unknown as readonly [TraceProgram, TraceProgram];
  const pieces = divide(space, [new PointJudge(space, [[program]])], {
    domain: boxesOf(domain),
    budget,
    isWanted: ([outcome]) => outcome !== POINT_PERMITS,
  });
  const finder = new DeciderFinder(space, [[program]]);
  let first = Number.POSITIVE_INFINITY;
  let left = budget;
  for (const { bounds, cases } of pieces ?? []) {
    for (const { conditions, outcomes } of cases) {
      if (outcomes[0] === POINT_PERMITS) continue;
      const found = finder.find({ bounds, extra: conditions }, left);
      left -= found.spent;
      for (const entry of found.denying) if (entry >= 0) first = Math.min(first, entry);
      if (!found.complete) return firstDenial(own);
    }
  }
  if (pieces === null) return firstDenial(own);
  return space.entries[first]?.id ?? DEFAULT_RULE;
}

/** Not always the last place, but one where nothing is denied before. */
function firstDenial({ rules }: Policy): string {
  return (
    rules.find(({ enabled, staleReference, effect }) => enabled && staleReference === null && effect.verdict === 'deny')?.id ?? DEFAULT_RULE
  );
}

function explainPlace(before: string | null): string {
  if (before === null) return 'The rules of the policy have no order.';
  if (before === DEFAULT_RULE) return 'No rule denies any of it, only the default does: the last place is enough.';
  return `Rule ${before} is the first that denies some of it; behind it the rule would not take all that is denied.`;
}

function explainLocalSide({ direction }: Policy): string {
  return `Rules of the policy name the ${direction === 'in' ? 'source' : 'destination'} only: it holds for everything behind the interface.`;
}
