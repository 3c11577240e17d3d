import { matchEverything } from '../../../model/match.ts';
import type { Direction, Policy } from '../../../model/policy.ts';
import { NO_METADATA, PRESENCE_UNKNOWN, type Rule } from '../../../model/rule.ts';
import type { Attachments } from './attachments.ts';
import type { Inventory } from './inventory.ts';
import type { Reading } from './reading.ts';
import { SECURITY_GROUP_FORMAT } from './security-groups.ts';

/**
 * Policies for groups that interfaces carry but no export holds: one rule that might permit anything. Without them, traffic that such a group
 * permits would look unexplained, or like the sure hit of another group.
 */
export function toUnknownGroupPolicies(
  known: ReadonlySet<string>,
  inventory: Inventory,
  attachments: Attachments,
  reading: Reading,
): Policy[] {
  const policies = new Map<string, Policy>();
  for (const { groups, vpc, account, path } of inventory.interfaces) {
    for (const { id: group, name } of groups) {
      for (const direction of ['in', 'out'] as const) {
        const id = `${group}:${direction}`;
        if (known.has(id) || policies.has(id)) continue;
        policies.set(id, toPolicy({ group, name: name || group, direction, vpc, account, path }, attachments.ofGroup(group, vpc)));
      }
    }
  }
  const groups = [...new Set([...policies.values()].map(({ scope }) => scope.nativeId))].sort();
  if (groups.length > 0) {
    const list = `${groups.slice(0, 10).join(', ')}${groups.length > 10 ? ', …' : ''}`;
    const message = `interfaces carry ${groups.length} security groups whose rules no export holds (${list}); they might permit anything, so export them too`;
    reading.report('warning', 'GROUP_NOT_EXPORTED', null, message);
  }
  return [...policies.values()];
}

interface UnknownGroup {
  readonly group: string;
  readonly name: string;
  readonly direction: Direction;
  readonly vpc: string;
  readonly account: string;
  readonly path: string;
}

function toPolicy({ group, name, direction, vpc, account, path }: UnknownGroup, attachments: readonly string[] | null): Policy {
  const what = `rules of ${group}:${direction} that no export holds`;
  const rule: Rule = {
    id: 'not-exported',
    rank: 0,
    nativeId: null,
    name: '',
    description: '',
    asWritten: what,
    written: { source: ['unknown'], destination: ['unknown'], services: ['unknown'] },
    effect: { verdict: 'permit', attributes: {} },
    enabled: true,
    match: matchEverything([what]),
    evaluable: 'no',
    metadata: NO_METADATA,
    staleReference: null,
    unresolvedReferences: [group],
    presence: PRESENCE_UNKNOWN,
    nativeHits: null,
    sourceRef: { path },
    native: {},
  };
  return {
    id: `${group}:${direction}`,
    name,
    format: SECURITY_GROUP_FORMAT,
    evaluation: 'any-permit',
    stateful: true,
    defaultAction: 'deny',
    direction,
    rules: [rule],
    retiredRules: [],
    attachments,
    interfaceBound: true,
    untrackedWhenOpen: true,
    unlogged: [],
    snapshots: [],
    scope: { account, network: vpc, nativeId: group },
    sourceRef: { path },
  };
}
