import { InputError } from '../../../model/errors.ts';
import type { Direction } from '../../../model/policy.ts';
import type { SourceRef } from '../../../model/source-ref.ts';
import type { AwsRecord } from './documents.ts';
import { isObject, listField, textField } from './json-fields.ts';
import { type GroupRule, readPermission, readSecurityGroupRule } from './permissions.ts';
import { byDate, orderOfDate, type Reading } from './reading.ts';
import { findRetirement, isSame } from './supersede.ts';

/** A group as the exports of one date state it. */
export interface GroupVersion {
  readonly at: number | null;
  /** Both, unless the export leaves one out. */
  readonly directions: ReadonlySet<Direction>;
  readonly rules: readonly GroupRule[];
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly vpc: string;
  /** By date, at least one; the undated one last. */
  readonly versions: readonly GroupVersion[];
  /** Only older exports hold it, although a newer one speaks about its VPC. `retiredAt` is the date of that one. */
  readonly isRetired: boolean;
  readonly retiredAt: number | null;
  readonly sourceRef: SourceRef;
}

/**
 * Reads `describe-security-groups` and `describe-security-group-rules`, which complete each other: the one has empty groups and names, the other
 * the ids and tags of rules. Every rule of every document is counted here.
 *
 * @returns by id
 * @throws {InputError} when two exports of the same date disagree about a group
 */
export function readGroups(reading: Reading): SecurityGroup[] {
  const drafts = new Map<string, Draft>();
  for (const { at, records } of byDate(reading.records.of('group'))) {
    for (const record of records) addGroup(reading, drafts, record, at);
  }
  for (const { at, records } of byDate(reading.records.of('group-rule'))) {
    for (const record of records) addRuleRecord(reading, drafts, record, at);
  }
  const groups = [...drafts.values()].map((draft) => finish(reading, draft));
  const retirement = findRetirement(groups, reading, 'security group');
  const found = groups.map((group): SecurityGroup => ({ ...group, ...retirement(group) }));
  for (const group of found) countRules(reading, group);
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

interface Draft {
  readonly id: string;
  name: string;
  account: string;
  vpc: string;
  sourceRef: SourceRef;
  readonly versions: Map<number | null, DraftVersion>;
}

interface DraftVersion {
  /** Null when only `describe-security-group-rules` knows the group at this date. */
  group: { readonly directions: ReadonlySet<Direction>; readonly rules: readonly GroupRule[]; readonly sourceRef: SourceRef } | null;
  readonly ruleRecords: GroupRule[];
}

function draftOf(drafts: Map<string, Draft>, id: string, record: AwsRecord): Draft {
  const draft = drafts.get(id) ?? { id, name: '', account: '', vpc: '', sourceRef: record.sourceRef, versions: new Map() };
  drafts.set(id, draft);
  return draft;
}

function versionOf(draft: Draft, at: number | null): DraftVersion {
  const version = draft.versions.get(at) ?? { group: null, ruleRecords: [] };
  draft.versions.set(at, version);
  return version;
}

function addGroup(reading: Reading, drafts: Map<string, Draft>, record: AwsRecord, at: number | null): void {
  const { value, document, sourceRef } = record;
  const id = textField(value, 'GroupId');
  const directions = new Set<Direction>();
  const rules = (['in', 'out'] as const).flatMap((direction) => {
    const field = direction === 'in' ? 'IpPermissions' : 'IpPermissionsEgress';
    if (value[field] !== undefined) directions.add(direction);
    return listField(value, field).flatMap((permission, index) => {
      const place = { ...sourceRef, pointer: `${sourceRef.pointer ?? ''}/${field}/${index}` };
      return readOne(reading, permission, { direction, sourceRef: place, document }, id);
    });
  });
  if (id === '') {
    reading.ledger.skip(document, 'NO_ID', rules.length);
    reading.report(
      'error',
      'NO_ID',
      sourceRef.path,
      `a security group (${sourceRef.pointer ?? ''}) has no GroupId; its ${rules.length} rules are left out`,
    );
    return;
  }
  if (directions.size < 2) {
    reading.report(
      'warning',
      'DIRECTION_MISSING',
      sourceRef.path,
      `the export of ${id} has no ${directions.has('in') ? 'IpPermissionsEgress' : 'IpPermissions'}; nothing is said about that direction`,
    );
  }
  const draft = draftOf(drafts, id, record);
  draft.name = textField(value, 'GroupName') || draft.name;
  draft.account = textField(value, 'OwnerId') || draft.account;
  draft.vpc = textField(value, 'VpcId') || draft.vpc;
  draft.sourceRef = sourceRef;
  const version = versionOf(draft, at);
  if (version.group === null) {
    version.group = { directions, rules, sourceRef };
    return;
  }
  if (!isSame(version.group.rules.map(keyOf), rules.map(keyOf))) throw disagreement(id, at, version.group.sourceRef, sourceRef);
  reading.ledger.accept(document, rules.length);
}

function readOne(reading: Reading, permission: unknown, place: Parameters<typeof readPermission>[1], group: string): GroupRule[] {
  const rules = isObject(permission) ? readPermission(permission, place) : [];
  if (rules.length > 0) return rules;
  reading.ledger.skip(place.document, 'NO_PEER');
  reading.report(
    'warning',
    'NO_PEER',
    place.sourceRef.path,
    `${group}: the permission ${place.sourceRef.pointer ?? ''} names no peer, so that it matches nothing`,
  );
  return [];
}

function addRuleRecord(reading: Reading, drafts: Map<string, Draft>, record: AwsRecord, at: number | null): void {
  const { value, document, sourceRef } = record;
  const id = textField(value, 'GroupId');
  if (id === '') {
    reading.ledger.skip(document, 'NO_ID');
    reading.report(
      'error',
      'NO_ID',
      sourceRef.path,
      `the security group rule ${textField(value, 'SecurityGroupRuleId')} (${sourceRef.pointer ?? ''}) has no GroupId; it is left out`,
    );
    return;
  }
  const draft = draftOf(drafts, id, record);
  draft.account = draft.account || textField(value, 'GroupOwnerId');
  versionOf(draft, at).ruleRecords.push(readSecurityGroupRule(value, { sourceRef, document }));
}

type Finished = Omit<SecurityGroup, 'isRetired' | 'retiredAt'>;

function finish(reading: Reading, draft: Draft): Finished {
  const versions = [...draft.versions].sort(([a], [b]) => orderOfDate(a) - orderOfDate(b));
  return {
    id: draft.id,
    name: draft.name || draft.id,
    account: draft.account,
    vpc: draft.vpc,
    versions: versions.map(([at, version]) => finishVersion(reading, draft.id, at, version)),
    sourceRef: draft.sourceRef,
  };
}

function finishVersion(reading: Reading, id: string, at: number | null, { group, ruleRecords }: DraftVersion): GroupVersion {
  const records = joinRepeated(ruleRecords);
  if (group === null) return { at, directions: new Set(['in', 'out']), rules: records };
  const waiting = new Map<string, GroupRule[]>();
  for (const record of records) waiting.set(record.key, [...(waiting.get(record.key) ?? []), record]);
  const rules = group.rules.map((rule) => adoptId(rule, waiting.get(rule.key) ?? []));
  const extra = [...waiting.values()].flat();
  if (extra.length > 0) {
    const names = extra
      .map((rule) => rule.ruleId ?? rule.key)
      .slice(0, 5)
      .join(', ');
    reading.report(
      'warning',
      'EXPORTS_DISAGREE',
      group.sourceRef.path,
      `${id}: ${extra.length} rules stand in the export of security group rules only (${names}); they are audited too, but export both at the same time`,
    );
  }
  return { at, directions: new Set([...group.directions, ...extra.map(({ direction }) => direction)]), rules: [...rules, ...extra] };
}

/** The same rule on two pages, or in two exports of one date, is one. */
function joinRepeated(records: readonly GroupRule[]): GroupRule[] {
  const joined = new Map<string, GroupRule>();
  for (const [index, record] of records.entries()) {
    const name = record.ruleId === null ? `#${index}` : `${record.ruleId} ${record.key}`;
    const before = joined.get(name);
    joined.set(name, before === undefined ? record : { ...before, documents: [...before.documents, ...record.documents] });
  }
  return [...joined.values()];
}

/** Takes the id and tags of the record with the same content out of those that wait; the one with the same description first. */
function adoptId(rule: GroupRule, waiting: GroupRule[]): GroupRule {
  const same = waiting.findIndex((record) => record.description === rule.description);
  const [record] = waiting.splice(Math.max(same, 0), 1);
  if (record === undefined) return rule;
  return {
    ...rule,
    ruleId: record.ruleId,
    tags: record.tags,
    description: rule.description || record.description,
    documents: [...rule.documents, ...record.documents],
  };
}

function countRules(reading: Reading, group: SecurityGroup): void {
  const newest = group.versions.at(-1);
  const current = new Set(group.isRetired ? [] : newest?.rules.map(keyOf));
  for (const version of group.versions) {
    for (const rule of version.rules) {
      for (const document of rule.documents) {
        if (current.has(rule.key)) reading.ledger.accept(document);
        else reading.ledger.skip(document, 'SUPERSEDED_EXPORT');
      }
    }
  }
}

function keyOf(rule: GroupRule): string {
  return rule.key;
}

function disagreement(id: string, at: number | null, first: SourceRef, second: SourceRef): InputError {
  const date = at === null ? 'undated' : `of ${new Date(at * 1000).toISOString()}`;
  return new InputError(
    second,
    `two ${date} exports state different rules for ${id}, the other one is ${first.path}; date them, for example --rules ${first.path}@2026-01-31, so that the newest is audited`,
  );
}
