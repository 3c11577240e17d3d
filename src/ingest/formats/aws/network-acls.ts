import { InputError } from '../../../model/errors.ts';
import { anyEndpoint, type Endpoint, type Match, type MatchProduct } from '../../../model/match.ts';
import type { Direction, Policy } from '../../../model/policy.ts';
import { NO_METADATA, type Presence, type Rule } from '../../../model/rule.ts';
import { formatService } from '../../../model/service.ts';
import type { SourceRef } from '../../../model/source-ref.ts';
import { traceHistory } from '../../history.ts';
import { type AclEntry, readAclEntry } from './acl-entries.ts';
import { isObject, listField, objectsField, tagsOf, textField } from './json-fields.ts';
import { byDate, type Reading } from './reading.ts';
import { uniqueIds } from './rule-ids.ts';
import { findRetirement, isSame } from './supersede.ts';

const NETWORK_ACL_FORMAT = 'aws-network-acl';

/** A network ACL with all its exports. What does not change (its VPC) and where it is attached is that of the newest. */
export interface NetworkAcl {
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly vpc: string;
  readonly isDefault: boolean;
  /** Ids of the subnets it is associated with; null when the export does not say. */
  readonly subnets: readonly string[] | null;
  /** By date, at least one; the undated one last. */
  readonly versions: readonly { readonly at: number | null; readonly entries: readonly AclEntry[] }[];
  readonly isRetired: boolean;
  readonly retiredAt: number | null;
  readonly sourceRef: SourceRef;
}

/**
 * Reads `describe-network-acls`. Every entry of every document is counted here.
 *
 * @returns by id
 * @throws {InputError} when two exports of the same date disagree about an ACL
 */
export function readNetworkAcls(reading: Reading): NetworkAcl[] {
  const drafts = new Map<string, Omit<NetworkAcl, 'isRetired' | 'retiredAt'>>();
  for (const { at, records } of byDate(reading.records.of('acl'))) {
    for (const { value, document, sourceRef } of records) {
      const entries = readEntries(reading, listField(value, 'Entries'), sourceRef, document);
      const id = textField(value, 'NetworkAclId');
      if (id === '') {
        reading.ledger.skip(document, 'NO_ID', entries.length);
        reading.report(
          'error',
          'NO_ID',
          sourceRef.path,
          `a network ACL (${sourceRef.pointer ?? ''}) has no NetworkAclId; its ${entries.length} entries are left out`,
        );
        continue;
      }
      const before = drafts.get(id);
      const twin = before?.versions.find((version) => version.at === at);
      if (before !== undefined && twin !== undefined) {
        if (!isSame(twin.entries.map(keyOf), entries.map(keyOf))) throw disagreement(id, before.sourceRef, sourceRef);
        reading.ledger.accept(document, entries.length);
        continue;
      }
      drafts.set(id, {
        id,
        name: tagsOf(value)['Name'] || id,
        account: textField(value, 'OwnerId') || (before?.account ?? ''),
        vpc: textField(value, 'VpcId') || (before?.vpc ?? ''),
        isDefault: value['IsDefault'] === true,
        subnets: Array.isArray(value['Associations'])
          ? objectsField(value, 'Associations').map((item) => textField(item, 'SubnetId'))
          : null,
        versions: [...(before?.versions ?? []), { at, entries }],
        sourceRef,
      });
    }
  }
  const retirement = findRetirement([...drafts.values()], reading, 'network ACL');
  const acls = [...drafts.values()].map((draft): NetworkAcl => ({ ...draft, ...retirement(draft) }));
  for (const acl of acls) countEntries(reading, acl);
  return acls.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function readEntries(reading: Reading, list: readonly unknown[], place: SourceRef, document: number): AclEntry[] {
  return list.flatMap((entry, index) => {
    const sourceRef = { ...place, pointer: `${place.pointer ?? ''}/Entries/${index}` };
    if (isObject(entry)) return [readAclEntry(entry, sourceRef, document)];
    reading.ledger.skip(document, 'MALFORMED');
    reading.report('warning', 'MALFORMED', place.path, `the entry ${sourceRef.pointer} of a network ACL is no object`);
    return [];
  });
}

function countEntries(reading: Reading, acl: NetworkAcl): void {
  const current = new Set(acl.isRetired ? [] : acl.versions.at(-1)?.entries.map(keyOf));
  for (const entry of acl.versions.flatMap(({ entries }) => entries)) {
    if (current.has(entry.key)) reading.ledger.accept(entry.document);
    else reading.ledger.skip(entry.document, 'SUPERSEDED_EXPORT');
  }
}

function keyOf(entry: AclEntry): string {
  return entry.key;
}

function disagreement(id: string, first: SourceRef, second: SourceRef): InputError {
  const message = `two exports of the same date, or both undated, state different entries for ${id}, the other one is ${first.path}; date them, for example --rules ${first.path}@2026-01-31, so that the newest is audited`;
  return new InputError(second, message);
}

interface AclContext {
  readonly reading: Reading;
  attachmentsOf(acl: NetworkAcl): readonly string[] | null;
  unloggedIn(vpc: string, direction: Direction): readonly MatchProduct[];
}

/** Two policies for each ACL: numbered entries, the lowest number that matches decides each packet, replies included. */
export function toAclPolicies(acls: readonly NetworkAcl[], context: AclContext): Policy[] {
  return acls.flatMap((acl) => (['in', 'out'] as const).map((direction) => toPolicy(acl, direction, context)));
}

function toPolicy(acl: NetworkAcl, direction: Direction, context: AclContext): Policy {
  const history = traceHistory(
    acl.versions.map(({ at, entries }) => ({ at, items: entries.filter((entry) => entry.direction === direction && !entry.isDefault) })),
    keyOf,
  );
  // The order of an export is no contract: the number decides. An unreadable number goes first, where its unknown meets every packet.
  const inOrder = [...history.newest.items].sort((a, b) => orderOf(a) - orderOf(b) || (a.key < b.key ? -1 : 1));
  const current = acl.isRetired ? [] : inOrder;
  const last = acl.isRetired
    ? inOrder.map((item) => ({ item, presence: { ...history.presenceOf(item.key), retiredAt: acl.retiredAt } }))
    : [];
  const gone = [...history.retired, ...last].sort((a, b) => orderOf(a.item) - orderOf(b.item));
  const ids = uniqueIds(current.map((entry) => String(entry.number)));
  const retiredIds = uniqueIds(gone.map(({ item }) => `retired-${item.number}`));
  return {
    id: `${acl.id}:${direction}`,
    name: acl.name,
    format: NETWORK_ACL_FORMAT,
    evaluation: 'first-match',
    stateful: false,
    defaultAction: 'deny',
    direction,
    rules: current.map((entry, rank) => toRule(acl, entry, ids[rank] ?? '', rank, history.presenceOf(entry.key), context)),
    retiredRules: gone.map(({ item, presence }, index) => {
      // Between the ranks of its neighbours, because old packets met it there.
      const rank = current.filter((entry) => orderOf(entry) < orderOf(item)).length - 0.5;
      return toRule(acl, item, retiredIds[index] ?? '', rank, presence, context);
    }),
    attachments: context.attachmentsOf(acl),
    interfaceBound: true,
    untrackedWhenOpen: false,
    unlogged: context.unloggedIn(acl.vpc, direction),
    snapshots: history.snapshots,
    scope: { account: acl.account, network: acl.vpc, nativeId: acl.id },
    sourceRef: acl.sourceRef,
  };
}

function orderOf(entry: AclEntry): number {
  return Number.isNaN(entry.number) ? -1 : entry.number;
}

function toRule(acl: NetworkAcl, entry: AclEntry, id: string, rank: number, presence: Presence, context: AclContext): Rule {
  const { direction, remote, service } = entry;
  const serviceText = service.ok ? formatService(service.service) : service.text;
  const side = direction === 'in' ? 'from' : 'to';
  const { match, evaluable } = readMatch(acl, entry, id, context);
  return {
    id,
    rank,
    nativeId: String(entry.number),
    name: '',
    description: '',
    asWritten: `${entry.number} ${entry.action === 'permit' ? 'allow' : 'deny'} ${direction} ${serviceText} ${side} ${remote.text}`,
    written: {
      source: direction === 'in' ? [remote.text] : ['any'],
      destination: direction === 'in' ? ['any'] : [remote.text],
      services: [serviceText],
    },
    effect: { verdict: entry.action ?? 'deny', attributes: {} },
    enabled: true,
    match,
    evaluable,
    metadata: NO_METADATA,
    staleReference: null,
    unresolvedReferences: [],
    presence,
    nativeHits: null,
    sourceRef: entry.sourceRef,
    native: { networkAclId: acl.id, direction, ruleNumber: entry.number, entry: entry.entry },
  };
}

function readMatch(
  acl: NetworkAcl,
  entry: AclEntry,
  id: string,
  context: AclContext,
): { readonly match: Match; readonly evaluable: Rule['evaluable'] } {
  const { remote, service, direction, sourceRef } = entry;
  const where = `${acl.id}:${direction}/${id}`;
  const problems = [
    remote.reason,
    service.ok ? '' : service.reason,
    entry.action === null ? 'its RuleAction is neither allow nor deny' : '',
    Number.isNaN(entry.number) ? 'its RuleNumber is no number' : '',
  ].filter((problem) => problem !== '');
  if (remote.range === null || !service.ok || problems.length > 0) {
    context.reading.report(
      'warning',
      'RULE_UNREADABLE',
      sourceRef.path,
      `entry ${where} cannot be evaluated: ${problems.join('; ')} (${sourceRef.pointer ?? ''})`,
    );
    return { match: context.reading.unreadable(`${acl.id} ${direction} ${JSON.stringify(entry.entry)}`), evaluable: 'no' };
  }
  if (remote.hostBitsMasked) {
    context.reading.report(
      'warning',
      'HOST_BITS_MASKED',
      sourceRef.path,
      `entry ${where}: ${remote.text} has bits below its prefix length, which are ignored`,
    );
  }
  const { family } = remote.range;
  const endpoint: Endpoint = { ranges: [remote.range], membership: null };
  const product: MatchProduct = {
    family,
    source: direction === 'in' ? endpoint : anyEndpoint(family),
    destination: direction === 'in' ? anyEndpoint(family) : endpoint,
    services: [service.service],
    finite: [],
    unknowns: [],
  };
  return { match: { products: [product] }, evaluable: 'full' };
}
