import type { Diagnostic } from '../../../model/diagnostic.ts';
import { anyEndpoint, type Match, type MatchProduct } from '../../../model/match.ts';
import type { Direction, Policy } from '../../../model/policy.ts';
import { NO_METADATA, type Presence, type Rule } from '../../../model/rule.ts';
import { formatService } from '../../../model/service.ts';
import { traceHistory } from '../../history.ts';
import type { GroupVersion, SecurityGroup } from './group-versions.ts';
import { type GroupRule, serviceKey } from './permissions.ts';
import type { Reading } from './reading.ts';
import type { References } from './references.ts';
import { uniqueIds } from './rule-ids.ts';
import type { StaleRules } from './stale-rules.ts';

export const SECURITY_GROUP_FORMAT = 'aws-security-group';

interface GroupContext {
  readonly reading: Reading;
  readonly references: References;
  readonly stale: StaleRules;
  /** Interfaces that carry the group, by id; null when nobody knows. */
  attachmentsOf(group: string, vpc: string): readonly string[] | null;
  unloggedIn(vpc: string, direction: Direction): readonly MatchProduct[];
}

/** Two policies for each group, one per direction: all of its rules permit together, everything else is denied, replies pass by themselves. */
export function toGroupPolicies(groups: readonly SecurityGroup[], context: GroupContext): Policy[] {
  return groups.flatMap((group) =>
    (['in', 'out'] as const).flatMap((direction) => {
      const versions = group.versions.filter((version) => version.directions.has(direction));
      return versions.length === 0 ? [] : [toPolicy(group, versions, direction, context)];
    }),
  );
}

function toPolicy(group: SecurityGroup, versions: readonly GroupVersion[], direction: Direction, context: GroupContext): Policy {
  const id = `${group.id}:${direction}`;
  const history = traceHistory(
    versions.map(({ at, rules }) => ({ at, items: rules.filter((rule) => rule.direction === direction) })),
    (rule) => rule.key,
  );
  const current = group.isRetired ? [] : history.newest.items;
  const ids = uniqueIds(current.map((rule, index) => rule.ruleId ?? String(index + 1)));
  const gone = group.isRetired
    ? [
        ...history.retired,
        ...history.newest.items.map((item) => ({ item, presence: { ...history.presenceOf(item.key), retiredAt: group.retiredAt } })),
      ]
    : history.retired;
  const retiredIds = uniqueIds(gone.map(({ item }, index) => `retired-${item.ruleId ?? index + 1}`));
  const rule = (item: GroupRule, ruleId: string, rank: number, presence: Presence): Rule =>
    toRule(group, item, ruleId, rank, presence, context);
  return {
    id,
    name: group.name,
    format: SECURITY_GROUP_FORMAT,
    evaluation: 'any-permit',
    stateful: true,
    defaultAction: 'deny',
    direction,
    rules: current.map((item, index) => rule(item, ids[index] ?? '', index, history.presenceOf(item.key))),
    retiredRules: gone.map(({ item, presence }, index) => rule(item, retiredIds[index] ?? '', current.length + index, presence)),
    attachments: context.attachmentsOf(group.id, group.vpc),
    interfaceBound: true,
    untrackedWhenOpen: true,
    unlogged: context.unloggedIn(group.vpc, direction),
    snapshots: history.snapshots,
    scope: { account: group.account, network: group.vpc, nativeId: group.id },
    sourceRef: group.sourceRef,
  };
}

function toRule(group: SecurityGroup, item: GroupRule, id: string, rank: number, presence: Presence, context: GroupContext): Rule {
  const read = readMatch(group, item, id, context);
  const remote = [read.peerText];
  return {
    id,
    rank,
    nativeId: item.ruleId,
    name: '',
    description: item.description,
    asWritten: `${item.direction} ${read.serviceText} ${item.direction === 'in' ? 'from' : 'to'} ${read.peerText}`,
    written: {
      source: item.direction === 'in' ? remote : ['any'],
      destination: item.direction === 'in' ? ['any'] : remote,
      services: [read.serviceText],
    },
    effect: { verdict: 'permit', attributes: {} },
    enabled: true,
    match: read.match,
    evaluable: read.evaluable,
    metadata: NO_METADATA,
    staleReference: read.stale,
    unresolvedReferences: read.unresolved,
    presence,
    nativeHits: null,
    sourceRef: item.sourceRef,
    native: {
      groupId: group.id,
      direction: item.direction,
      ...(item.ruleId === null ? {} : { securityGroupRuleId: item.ruleId }),
      ipPermission: item.permission,
      ...(item.tags.length === 0 ? {} : { tags: item.tags }),
    },
  };
}

interface ReadMatch {
  readonly match: Match;
  readonly evaluable: Rule['evaluable'];
  readonly peerText: string;
  readonly serviceText: string;
  readonly stale: string | null;
  readonly unresolved: readonly string[];
}

function readMatch(group: SecurityGroup, item: GroupRule, id: string, context: GroupContext): ReadMatch {
  const { peer, service, direction } = item;
  const where = `${group.id}:${direction}/${id}`;
  const serviceText = service.ok ? formatService(service.service) : service.text;
  if (peer.kind === 'unreadable' || !service.ok) {
    const reason = peer.kind === 'unreadable' ? peer.reason : service.ok ? '' : service.reason;
    report(context, item, 'warning', 'RULE_UNREADABLE', `rule ${where} cannot be evaluated: ${reason}`);
    const peerText = peer.kind === 'unreadable' ? peer.text : context.references.resolve(peer).text;
    const match = context.reading.unreadable(`${group.id} ${item.key} ${JSON.stringify(item.permission)}`);
    return { match, evaluable: 'no', peerText, serviceText, stale: null, unresolved: [] };
  }
  if (peer.kind === 'range' && peer.hostBitsMasked) {
    report(context, item, 'warning', 'HOST_BITS_MASKED', `rule ${where}: ${peer.text} has bits below its prefix length, which are ignored`);
  }
  const resolved = context.references.resolve(peer);
  const named = peer.kind === 'group' ? context.stale.find(group.id, direction, serviceKey(service), peer.id) : null;
  const stale = named ?? resolved.stale;
  const unresolved = resolved.unresolved === null || stale !== null ? [] : [resolved.unresolved];
  return {
    match: {
      products: resolved.endpoints.map(
        ({ family, endpoint }): MatchProduct => ({
          family,
          source: direction === 'in' ? endpoint : anyEndpoint(family),
          destination: direction === 'in' ? anyEndpoint(family) : endpoint,
          services: [service.service],
          finite: [],
          unknowns: [],
        }),
      ),
    },
    evaluable: unresolved.length > 0 ? 'partial' : 'full',
    peerText: resolved.text,
    serviceText,
    stale,
    unresolved,
  };
}

function report(context: GroupContext, item: GroupRule, severity: Diagnostic['severity'], code: string, message: string): void {
  const { path, pointer } = item.sourceRef;
  context.reading.report(severity, code, path, `${message}${pointer === undefined ? '' : ` (${pointer})`}`);
}
