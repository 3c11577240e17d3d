import type { CoverageFacts, FlowDictionary, Window } from '../../model/flow.ts';
import type { Policy, RuleBase } from '../../model/policy.ts';
import { DEFAULT_RULE, type Rule } from '../../model/rule.ts';
import type { HitDaysOfPolicies } from '../attribution/hit-days.ts';
import type { OpposedFlows } from '../attribution/opposed-book.ts';
import { NO_USAGE, type PolicyUsage, type RuleUsage } from '../attribution/usage.ts';
import type { PolicyFacts, RuleFacts } from '../findings/detector.ts';
import { analyseStructure, type OrderedStructures } from '../structure/analyse-structure.ts';
import type { ExposureBook } from './exposure.ts';
import { type GradedRule, gradeUse } from './grade.ts';

/** What the traffic says, ready to be read rule by rule. */
export interface ObservedTraffic {
  readonly usage: ReadonlyMap<string, PolicyUsage>;
  readonly window: Window;
  readonly coverage: CoverageFacts;
  readonly dictionary: FlowDictionary;
  readonly exposure: ExposureBook;
  readonly opposed: OpposedFlows;
  readonly hitDays: HitDaysOfPolicies;
  /** Some connections carry no time, so that the days of hits are not all of them. */
  readonly recordsWithoutDay: boolean;
}

/**
 * Puts usage, exposure and grade beside every rule, and the structure beside every policy. Without traffic, and for interface-bound policies without an inventory, they are null: not judged is
 * not the same as not used.
 *
 * @param ordered what was analysed before the traffic was read; the other policies are analysed here, because which copy is kept depends on use
 */
export function assessRules(ruleBase: RuleBase, traffic: ObservedTraffic | null, ordered: OrderedStructures): readonly PolicyFacts[] {
  const replyCarriers = traffic === null ? new Set<Rule>() : findUntrackedReplyCarriers(ruleBase, traffic);
  return ruleBase.policies.map((policy) => ({
    policy,
    analysis: ordered.get(policy.id) ?? analyseStructure(policy, (rule) => traffic?.usage.get(policy.id)?.get(rule.id)?.certain ?? 0),
    rules: policy.rules.map((rule): RuleFacts => {
      const usage = traffic?.usage.get(policy.id)?.get(rule.id);
      if (traffic === null || usage === undefined || !isObservable(policy, ruleBase))
        return { policy, rule, usage: null, graded: null, exposure: null };
      return { policy, rule, ...judgeRule(policy, rule, usage, traffic, replyCarriers.has(rule)) };
    }),
  }));
}

/**
 * The grade that every rule would have had it not been hit at all, the device's own counter left aside: who could have been called unused. Rules of policies that
 * no traffic judges are missing.
 */
export function gradesIfSilent(ruleBase: RuleBase, traffic: ObservedTraffic): ReadonlyMap<Rule, GradedRule> {
  const replyCarriers = findUntrackedReplyCarriers(ruleBase, traffic);
  return new Map(
    ruleBase.policies
      .filter((policy) => isObservable(policy, ruleBase))
      .flatMap((policy) =>
        policy.rules.map((rule): [Rule, GradedRule] => {
          const uncounted = { ...rule, nativeHits: null };
          return [rule, judgeRule(policy, uncounted, NO_USAGE, traffic, replyCarriers.has(rule)).graded];
        }),
      ),
  );
}

/** Usage of the default of a policy, under the same conditions as that of its rules. */
export function defaultUsageOf(policy: Policy, ruleBase: RuleBase, traffic: ObservedTraffic | null): RuleUsage | null {
  return (isObservable(policy, ruleBase) ? traffic?.usage.get(policy.id)?.get(DEFAULT_RULE) : undefined) ?? null;
}

/** Where nobody knows at which interfaces an interface-bound policy stands, its silence means nothing. */
function isObservable(policy: Policy, ruleBase: RuleBase): boolean {
  return !policy.interfaceBound || (ruleBase.hasInventory && policy.attachments !== null);
}

function judgeRule(policy: Policy, rule: Rule, usage: RuleUsage, traffic: ObservedTraffic, carriesUntrackedReplies: boolean) {
  const { window, coverage, dictionary } = traffic;
  const attachments = policy.attachments ?? dictionary.attachments;
  const since = rule.presence.absentAt === null ? null : rule.presence.knownFrom;
  const exposure = traffic.exposure.exposure(attachments, since);
  const { hasGapOfUnknownTime, hasUnreadFiles } = traffic.exposure;
  const graded = gradeUse({
    policy,
    rule,
    usage,
    exposure,
    window,
    coverage,
    hasGapOfUnknownTime,
    hasUnreadFiles,
    carriesUntrackedReplies,
  });
  return { usage, exposure, graded };
}

/**
 * Open rules that carry replies although nothing is opened through them: where the platform does not track a connection that an open rule admits, the open
 * rule of the other direction lets the replies through. Removing it cuts live connections.
 */
function findUntrackedReplyCarriers(ruleBase: RuleBase, traffic: ObservedTraffic): Set<Rule> {
  const carriers = new Set<Rule>();
  const policies = new Map(ruleBase.policies.map((policy) => [policy.id, policy]));
  const rulesOf = (ids: readonly string[]): { policy: Policy; rule: Rule }[] =>
    ids.flatMap((id) => {
      const policy = policies.get(id);
      return policy?.untrackedWhenOpen === true ? policy.rules.map((rule) => ({ policy, rule })) : [];
    });
  for (const attachment of ruleBase.attachments) {
    const incoming = rulesOf(attachment.in.flatMap((layer) => layer.policies));
    const outgoing = rulesOf(attachment.out.flatMap((layer) => layer.policies));
    for (const [openers, repliers] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      const hasUntracked = openers.some(
        ({ policy, rule }) => isOpenToAll(policy, rule) && (traffic.usage.get(policy.id)?.get(rule.id)?.answered ?? 0) > 0,
      );
      if (!hasUntracked) continue;
      for (const { policy, rule } of repliers) if (isOpenToAll(policy, rule) && permitsAllPorts(rule)) carriers.add(rule);
    }
  }
  return carriers;
}

function isOpenToAll(policy: Policy, rule: Rule): boolean {
  return rule.match.products.some((product) => {
    const remote = policy.direction === 'in' ? product.source : product.destination;
    const [only] = remote.ranges;
    const size = product.family === 4 ? 1n << 32n : 1n << 128n;
    return remote.membership === null && remote.ranges.length === 1 && only !== undefined && only.last - only.first + 1n === size;
  });
}

function permitsAllPorts(rule: Rule): boolean {
  return rule.match.products.some((product) =>
    product.services.some(
      ({ destinationPort, protocolFirst, protocolLast }) =>
        protocolFirst <= 17 &&
        protocolLast >= 6 &&
        (destinationPort === null || (destinationPort.first === 0 && destinationPort.last === 65535)),
    ),
  );
}
