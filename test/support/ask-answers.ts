import type { Usage } from '../../src/model/audit-result.ts';
import type { Decided, PacketSet, PacketTotal } from '../../src/model/packet-area.ts';
import type { ChangedArea, ChangedRule, PolicyDiff, PolicyDifference } from '../../src/model/policy-diff.ts';
import type { QueryAnswer, QueryArea, QueryPoint, QueryRule } from '../../src/model/query-answer.ts';
import type { RequestAnswer, Suggestion } from '../../src/model/request-answer.ts';
import type { RuleRef } from '../../src/model/rule.ts';

const TOOL = { name: 'rulesweep', version: '0.0.0' } as const;

/** Packets of IPv4, and of IPv6 where they are named. */
export function total(ipv4: bigint | number, ipv6: bigint | number = 0): PacketTotal {
  return { packets: (BigInt(ipv4) + BigInt(ipv6)).toString(), ipv4: ipv4.toString(), ipv6: ipv6.toString() };
}

/** `fw/10` → the rule 10 of fw. */
export function ref(text: string): RuleRef {
  const [policy = '', ...rule] = text.split('/');
  return { policy, rule: rule.join('/') };
}

/** `permit fw/10 fw/20` */
export function decided(text: string, attributes: Readonly<Record<string, string>> = {}): Decided {
  const [verdict, ...rules] = text.split(' ');
  return {
    verdict: verdict === 'permit' ? 'permit' : 'deny',
    attributes: { ...attributes },
    by: { rules: rules.map(ref), omitted: 0, complete: true },
  };
}

export function packetSet(count: PacketTotal, ...regions: readonly string[]): PacketSet {
  return { count, regions: [...regions], regionsOmitted: 0, witness: 'tcp 10.1.2.3:40000 -> 10.9.0.5:443' };
}

export function area(by: string, count: PacketTotal, ...regions: readonly string[]): QueryArea {
  const end = decided(by);
  return {
    ...packetSet(count, ...regions),
    verdict: end.verdict === 'permit' ? 'permitted' : 'denied',
    cases: [{ when: [], decided: end }],
  };
}

export function queryRule(name: string, more: Partial<QueryRule> = {}): QueryRule {
  return {
    ...ref(name),
    name: '',
    action: 'permit',
    asWritten: 'permit tcp 10.0.0.0/8 any 443',
    sourceRef: { path: 'rules.csv', line: 2 },
    packets: total(64),
    share: '0.25',
    usage: null,
    ...more,
  };
}

export function usage(certain: number, possible: number): Usage {
  return {
    certain,
    possible,
    sole: [0, possible],
    answered: 0,
    asResponse: 0,
    records: certain,
    packets: '0',
    bytes: '0',
    firstHit: null,
    lastHit: null,
    activeDays: 0,
    attachmentsUsed: 0,
    attachmentsTotal: null,
  };
}

export const ASKED = 'tcp 10.1.0.0/24 -> 10.9.0.5:443';

/** A quarter of 256 packets permitted by fw/10, the others denied by the default. */
export function queryPoint(more: Partial<QueryPoint> = {}): QueryPoint {
  return {
    attachments: [],
    direction: null,
    layers: [['fw']],
    region: [ASKED],
    verdict: 'partly',
    asked: total(256),
    permitted: total(64),
    denied: total(192),
    depends: total(0),
    areas: [
      area('permit fw/10', total(64), 'tcp 10.1.0.0/26 -> 10.9.0.5:443'),
      area('deny fw/default', total(192), 'tcp 10.1.0.64-10.1.0.255 -> 10.9.0.5:443'),
    ],
    areasOmitted: null,
    rules: [queryRule('fw/10'), queryRule('fw/default', { action: 'deny', asWritten: 'default deny', packets: total(192), share: '0.75' })],
    rulesOmitted: 0,
    ...more,
  };
}

export function queryAnswer(points: readonly QueryPoint[], more: Partial<QueryAnswer> = {}): QueryAnswer {
  return {
    schemaVersion: 1,
    tool: TOOL,
    region: [ASKED],
    zones: null,
    complete: true,
    incompleteBecause: [],
    points: [...points],
    notes: [],
    inputs: [],
    ...more,
  };
}

export function changedArea(change: ChangedArea['change'], before: Decided, after: Decided, count: PacketTotal = total(64)): ChangedArea {
  return { ...packetSet(count, `tcp 10.1.0.0/26 -> 10.9.0.5:443`), change, cases: [{ when: [], before, after }] };
}

export function changedRule(change: ChangedRule['change'], rule: string, changesPackets: boolean | null): ChangedRule {
  const side = (path: string): ChangedRule['after'] => ({ rule, asWritten: `permit tcp any any ${rule}`, sourceRef: { path, line: 3 } });
  return {
    change,
    before: change === 'added' ? null : side('old.csv'),
    after: change === 'removed' ? null : side('new.csv'),
    changesPackets,
  };
}

export function policyDifference(more: Partial<PolicyDifference> = {}): PolicyDifference {
  return {
    before: 'fw',
    after: 'fw',
    equal: false,
    complete: true,
    widened: total(0),
    narrowed: total(0),
    otherwise: total(0),
    areas: [],
    areasOmitted: null,
    rules: [],
    rulesOmitted: 0,
    notes: [],
    ...more,
  };
}

export function policyDiff(policies: readonly PolicyDifference[], more: Partial<PolicyDiff> = {}): PolicyDiff {
  return {
    schemaVersion: 1,
    tool: TOOL,
    equal: policies.every((policy) => policy.equal === true),
    complete: true,
    incompleteBecause: [],
    policies: [...policies],
    unchangedPolicies: 0,
    notes: [],
    inputs: [],
    ...more,
  };
}

export function suggestion(more: Partial<Suggestion> = {}): Suggestion {
  return {
    policy: 'fw',
    kind: 'new-rule',
    rule: null,
    group: null,
    before: 'default',
    match: { source: ['10.1.0.64-10.1.0.255'], destination: ['10.9.0.5'], services: ['tcp/443'] },
    grants: total(192),
    alsoChanges: null,
    otherAttachments: [],
    explanation: '',
    ...more,
  };
}

export function requestAnswer(more: Partial<RequestAnswer> = {}): RequestAnswer {
  return {
    schemaVersion: 1,
    tool: TOOL,
    region: [ASKED],
    complete: true,
    incompleteBecause: [],
    verdict: 'partly',
    points: [queryPoint()],
    appended: [],
    suggestions: [],
    guardrails: null,
    notes: [],
    inputs: [],
    ...more,
  };
}
