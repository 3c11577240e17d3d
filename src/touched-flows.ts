import type { AuditRequest } from './audit-request.ts';
import { countUsage, type PolicyUsage } from './core/attribution/usage.ts';
import { toChangedRules } from './core/check/areas-as-rules.ts';
import type { ChangedPolicy } from './core/check/changed-policy.ts';
import type { LoadedFlows } from './ingest/flows/load-flows.ts';
import type { Input } from './model/audit-result.ts';
import type { CheckResult, TouchedFlows } from './model/check-result.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Window } from './model/flow.ts';
import type { Policy, RuleBase } from './model/policy.ts';
import type { Action } from './model/rule.ts';
import { formatTimestamp } from './model/time.ts';
import { attributeAll, type FlowsRequest, whyNoWindow, whyUnreadable, withFlows } from './observe-traffic.ts';

export interface TouchedFlowsAnswer {
  /** Null without flows. */
  readonly touched: CheckResult['flows'];
  readonly inputs: readonly Input[];
  readonly incompleteBecause: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

const NOTHING_ASKED: TouchedFlowsAnswer = { touched: null, inputs: [], incompleteBecause: [], diagnostics: [] };

/**
 * Which logged connections a change treats differently: they are attributed to the changed packets as if these were rules, accepted and rejected ones
 * each by themselves, at the interfaces that carry the policy; those of interfaces that no inventory knows are possible.
 */
export async function countTouchedFlows(
  request: FlowsRequest,
  ruleBase: RuleBase,
  changed: readonly ChangedPolicy[],
): Promise<TouchedFlowsAnswer> {
  if (request.flows.length === 0) return NOTHING_ASKED;
  return withFlows(request, async (flows): Promise<TouchedFlowsAnswer> => {
    const { inputs, diagnostics, window } = flows;
    if (window === null) {
      return { touched: null, inputs, diagnostics, incompleteBecause: [whyNoWindow(inputs), ...whyUnreadable(flows)] };
    }
    const policies: TouchedFlows[] = [];
    for (const policy of changed) {
      const touched = await touchedBy(request, ruleBase, policy, flows, window);
      if (touched !== null) policies.push(touched);
    }
    return { touched: { window: toWindow(window), policies }, inputs, diagnostics, incompleteBecause: whyUnreadable(flows) };
  });
}

function toWindow({ start, end }: Window): { from: string; to: string; days: number } {
  return { from: formatTimestamp(start), to: formatTimestamp(end), days: Math.round((end - start) / 86_400) };
}

async function touchedBy(
  request: Pick<AuditRequest, 'onProgress' | 'signal'>,
  ruleBase: RuleBase,
  changed: ChangedPolicy,
  flows: LoadedFlows,
  window: Window,
): Promise<TouchedFlows | null> {
  const policy = changed.pair.after ?? changed.pair.before;
  const groups = changed.traced.traced.groups;
  if (policy === null || groups.length === 0) return null;
  const count = async (action: Action): Promise<PolicyUsage> => {
    const asked = standIn(policy, action, changed);
    const { attribution } = await attributeAll(request, onlyWith(ruleBase, asked), flows, window, new Map());
    return countUsage([asked], attribution).get(asked.id) ?? new Map();
  };
  const [accepted, rejected] = [await count('permit'), await count('deny')];
  const areas = toChangedRules(changed, 'permit').map(({ rule, change, region }) => {
    const [one, other] = [accepted.get(rule.id), rejected.get(rule.id)];
    return {
      change,
      region,
      certain: (one?.certain ?? 0) + (other?.certain ?? 0),
      accepted: one?.possible ?? 0,
      rejected: other?.possible ?? 0,
    };
  });
  const sum = (of: (area: (typeof areas)[number]) => number): number => areas.reduce((total, area) => total + of(area), 0);
  const hit = areas.filter((area) => area.accepted + area.rejected > 0);
  hit.sort((a, b) => b.accepted + b.rejected - (a.accepted + a.rejected));
  return {
    policy: policy.id,
    certain: sum((area) => area.certain),
    possible: sum((area) => area.accepted + area.rejected),
    acceptedNowDenied: sum(({ change, accepted: some }) => (change === 'narrowed' || change === 'mixed' ? some : 0)),
    rejectedNowPermitted: sum(({ change, rejected: some }) => (change === 'widened' || change === 'mixed' ? some : 0)),
    samples: hit
      .slice(0, MOST_SAMPLES)
      .map((area) => ({ flow: area.region, connections: area.accepted + area.rejected, change: area.change })),
  };
}

const MOST_SAMPLES = 20;

/** The changed packets as a policy of its own: they have one action, everything else the other. */
function standIn(policy: Policy, action: Action, changed: ChangedPolicy): Policy {
  return {
    ...policy,
    evaluation: 'first-match',
    defaultAction: action === 'permit' ? 'deny' : 'permit',
    rules: toChangedRules(changed, action).map(({ rule }) => rule),
    retiredRules: [],
    unlogged: [],
    untrackedWhenOpen: false,
    snapshots: [],
  };
}

/** The places where a policy stands, with nothing else there. */
function onlyWith(ruleBase: RuleBase, policy: Policy): RuleBase {
  const only = (layers: RuleBase['attachments'][number]['in']): RuleBase['attachments'][number]['in'] =>
    layers.filter(({ policies }) => policies.includes(policy.id)).map((layer) => ({ ...layer, policies: [policy.id] }));
  const attachments = ruleBase.attachments.map((attachment) => ({ ...attachment, in: only(attachment.in), out: only(attachment.out) }));
  return { ...ruleBase, policies: [policy], attachments };
}
