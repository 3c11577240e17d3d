import type { Diagnostic } from '../../../model/diagnostic.ts';
import { InputError } from '../../../model/errors.ts';
import type { SourceRef } from '../../../model/source-ref.ts';
import type { SourceDocument } from '../../format.ts';
import { parseJsonDocuments } from '../../json-documents.ts';
import type { DocumentLedger } from './document-ledger.ts';
import { isObject, type JsonObject, listField, textField } from './json-fields.ts';

export type AwsKind =
  | 'group'
  | 'group-rule'
  | 'stale-group'
  | 'group-reference'
  | 'acl'
  | 'interface'
  | 'instance'
  | 'subnet'
  | 'vpc'
  | 'prefix-list'
  | 'prefix-entry';

/** One object of an export, with where it was read. */
export interface AwsRecord {
  readonly value: JsonObject;
  /** Index of its document. */
  readonly document: number;
  readonly at: number | null;
  readonly sourceRef: SourceRef;
  /** The name of the object around it, where one was wrapped: the only place where an entry can name its list. */
  readonly wrapper: string;
}

export interface AwsRecords {
  of(kind: AwsKind): readonly AwsRecord[];
  /** Dates of the documents with a list of this kind, also of an empty one; null for undated ones. */
  datesOf(kind: AwsKind): ReadonlySet<number | null>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Finds the objects of `describe-…` replies wherever they stand: in a document of their own, several kinds in one document (also with
 * lower_case keys), a bare list, pages one after another, recordings of boto, or under a name such as a region.
 *
 * Objects that an audit has no use for are counted as skipped in the ledger, with one diagnostic for each kind.
 * @throws {InputError} when a document is no JSON, or holds nothing of AWS at all
 */
export function collectRecords(documents: readonly SourceDocument[], ledger: DocumentLedger): AwsRecords {
  const collector = new Collector(ledger);
  for (const [index, document] of documents.entries()) collector.read(document, index);
  collector.reportMissingPages();
  return {
    of: (kind) => collector.records.get(kind) ?? [],
    datesOf: (kind) => collector.dates.get(kind) ?? new Set(),
    diagnostics: collector.diagnostics,
  };
}

/** Whether a text is one of the documents above. */
export function isAwsDocument(text: string): boolean {
  if (!/^\uFEFF?\s*[[{]/.test(text)) return false;
  return (
    KNOWN_KEYS.test(text) || (/"terraform_version"/.test(text) && /"(?:module\.[^"]*)?aws_/.test(text)) || /"firewall_name"/.test(text)
  );
}

const KNOWN_KEYS =
  /"(?:SecurityGroups|SecurityGroupRules|NetworkAcls|NetworkInterfaces|Reservations|PrefixLists|StaleSecurityGroupSet|SecurityGroupReferenceSet|RouteTables|LoadBalancers|Subnets|Vpcs|IpPermissions|IpPermissionsEgress|SecurityGroupRuleId|NetworkAclId|NetworkInterfaceId|PrefixListId|SubnetId|VpcId|security_groups|security_group_rules|network_acls|network_interfaces|prefix_lists)"\s*:|"Entries"\s*:\s*\[\s*(?:\]|\{[^}]*"Cidr"\s*:)/;

/** By canonical key: without underscores, in lower case. */
const KIND_OF_KEY: ReadonlyMap<string, AwsKind | 'reservation'> = new Map([
  ['securitygroups', 'group'],
  ['securitygrouprules', 'group-rule'],
  ['stalesecuritygroupset', 'stale-group'],
  ['securitygroupreferenceset', 'group-reference'],
  ['networkacls', 'acl'],
  ['networkinterfaces', 'interface'],
  ['reservations', 'reservation'],
  ['instances', 'instance'],
  ['subnets', 'subnet'],
  ['vpcs', 'vpc'],
  ['prefixlists', 'prefix-list'],
]);
const RULE_KINDS: ReadonlySet<string> = new Set(['group', 'group-rule', 'acl']);
const IGNORED_KEYS: ReadonlySet<string> = new Set(['ResponseMetadata', 'Tags', 'variables', 'headers']);
const MAX_DEPTH = 8;

interface Place {
  readonly document: number;
  readonly at: number | null;
  readonly path: string;
  /** Set when the file holds several JSON values. */
  readonly line: number | null;
  readonly pointer: string;
  readonly wrapper: string;
}

class Collector {
  readonly records = new Map<AwsKind, AwsRecord[]>();
  readonly dates = new Map<AwsKind, Set<number | null>>();
  readonly diagnostics: Diagnostic[] = [];
  readonly #ledger: DocumentLedger;
  readonly #pages = new Map<string, { whole: number; announcing: number; path: string }>();
  #recognised = 0;

  constructor(ledger: DocumentLedger) {
    this.#ledger = ledger;
  }

  read(document: SourceDocument, index: number): void {
    const before = this.#recognised;
    for (const json of parseJsonDocuments(document.text, document.path)) {
      const line = json.index === null ? null : json.line;
      this.#visit(json.value, { document: index, at: document.at, path: document.path, line, pointer: '', wrapper: '' }, 0);
    }
    if (this.#recognised === before) {
      throw new InputError(
        document.path,
        'the JSON holds none of the lists that an AWS export has (SecurityGroups, SecurityGroupRules, NetworkAcls, NetworkInterfaces, Subnets, Vpcs, PrefixLists, …); "rulesweep formats aws-vpc" shows the commands',
      );
    }
  }

  /** Every page of a kind announces another one, so that the last is missing. */
  reportMissingPages(): void {
    for (const [kind, { whole, announcing, path }] of this.#pages) {
      if (whole > 0 || announcing === 0) continue;
      const message = `each of the ${announcing} pages of ${kind} ends with a NextToken, so that at least one page is missing; export all pages (without --no-paginate)`;
      this.diagnostics.push({ severity: 'error', code: 'PAGE_MISSING', message, path });
    }
  }

  #visit(value: unknown, place: Place, depth: number): void {
    if (depth > MAX_DEPTH) return;
    if (Array.isArray(value)) this.#visitList(value as readonly unknown[], place, depth);
    else if (isObject(value)) this.#visitObject(value, place, depth);
    else this.#skip(place, 'MALFORMED', 1, 'values that are no JSON objects');
  }

  #visitObject(object: JsonObject, place: Place, depth: number): void {
    const kind = kindOfShape(object);
    if (kind !== null) return this.#add(kind, object, place);
    if (isTerraform(object)) return this.#skipTerraform(object, place);
    if ('firewall_name' in object && isObject(object['event'])) {
      return this.#skip(place, 'NOT_SUPPORTED', 1, 'AWS Network Firewall log events, which are no rules');
    }
    for (const [key, field] of Object.entries(object)) {
      if (IGNORED_KEYS.has(key)) continue;
      const below = { ...place, pointer: `${place.pointer}/${key.replace(/~/g, '~0').replace(/\//g, '~1')}` };
      if (Array.isArray(field)) this.#visitNamedList(key, field as readonly unknown[], object, below, depth);
      else if (isObject(field)) this.#visit(field, { ...below, wrapper: key === 'data' ? place.wrapper : key }, depth + 1);
    }
  }

  #visitNamedList(key: string, list: readonly unknown[], parent: JsonObject, place: Place, depth: number): void {
    const kind = KIND_OF_KEY.get(key.replaceAll('_', '').toLowerCase());
    if (kind !== undefined) {
      this.#recognised += 1;
      if (RULE_KINDS.has(kind)) this.#ledger.markAsRules(place.document);
      this.#noteDate(kind, place.at);
      this.#countPage(key, parent, place.path);
      for (const [index, item] of list.entries()) this.#addUnchecked(kind, item, { ...place, pointer: `${place.pointer}/${index}` });
      return;
    }
    const wrapper = key === 'Entries' ? textField(parent, 'PrefixListId') || place.wrapper : key;
    if (key === 'Entries' && list.length === 0) this.#recognised += 1;
    if (list.some((item) => isObject(item) && kindOfShape(item) !== null)) return this.#visitList(list, { ...place, wrapper }, depth);
    const objects = list.filter(isObject).length;
    if (objects === 0) return;
    this.#skip(place, 'NOT_USED', objects, `${key}, which an audit of the rules does not use`);
  }

  #visitList(list: readonly unknown[], place: Place, depth: number): void {
    for (const [index, item] of list.entries()) {
      this.#visit(item, { ...place, pointer: `${place.pointer}/${index}` }, depth + 1);
    }
  }

  #addUnchecked(kind: AwsKind | 'reservation', item: unknown, place: Place): void {
    if (!isObject(item)) return this.#skip(place, 'MALFORMED', 1, `list elements that are no objects (${place.pointer})`);
    this.#add(kind, item, place);
  }

  #add(kind: AwsKind | 'reservation', value: JsonObject, place: Place): void {
    this.#recognised += 1;
    if (kind === 'reservation') {
      for (const [index, instance] of listField(value, 'Instances').entries()) {
        this.#addUnchecked('instance', instance, { ...place, pointer: `${place.pointer}/Instances/${index}` });
      }
      return;
    }
    if (RULE_KINDS.has(kind)) this.#ledger.markAsRules(place.document);
    const { document, at, path, line, pointer, wrapper } = place;
    this.#noteDate(kind, at);
    const sourceRef = { path, ...(line === null ? {} : { line }), ...(pointer === '' ? {} : { pointer }) };
    const records = this.records.get(kind);
    const record: AwsRecord = { value, document, at, sourceRef, wrapper };
    if (records === undefined) this.records.set(kind, [record]);
    else records.push(record);
  }

  #skipTerraform(object: JsonObject, place: Place): void {
    const changes = listField(object, 'resource_changes').length;
    const count = changes > 0 ? changes : countResources(object);
    this.#skip(
      place,
      'NOT_SUPPORTED',
      count,
      'Terraform resources, which are not read yet; export what is deployed with the commands of "rulesweep formats aws-vpc"',
    );
  }

  #skip(place: Place, reason: string, count: number, what: string): void {
    this.#recognised += 1;
    this.#ledger.skip(place.document, reason, count);
    const known = this.diagnostics.findIndex((diagnostic) => diagnostic.path === place.path && diagnostic.message.endsWith(` ${what}`));
    const total = (this.diagnostics[known]?.count ?? 0) + count;
    const diagnostic: Diagnostic = {
      severity: reason === 'NOT_USED' ? 'info' : 'warning',
      code: reason,
      message: `${total} skipped: ${what}`,
      path: place.path,
      ...(total > 0 ? { count: total } : {}),
    };
    if (known >= 0) this.diagnostics[known] = diagnostic;
    else this.diagnostics.push(diagnostic);
  }

  #noteDate(kind: AwsKind | 'reservation', at: number | null): void {
    if (kind === 'reservation') return;
    const dates = this.dates.get(kind) ?? new Set();
    this.dates.set(kind, dates.add(at));
  }

  #countPage(key: string, parent: JsonObject, path: string): void {
    const pages = this.#pages.get(key) ?? { whole: 0, announcing: 0, path };
    if (textField(parent, 'NextToken') === '') pages.whole += 1;
    else pages.announcing += 1;
    this.#pages.set(key, { ...pages, path });
  }
}

/** What an object is by its fields, for lists whose name is lost; null for anything else. */
function kindOfShape(object: JsonObject): AwsKind | 'reservation' | null {
  const has = (...names: string[]): boolean => names.every((name) => object[name] !== undefined);
  if (has('SecurityGroupRuleId', 'GroupId')) return 'group-rule';
  if (has('GroupId') && (has('IpPermissions') || has('IpPermissionsEgress'))) return 'group';
  if (has('GroupId') && (has('StaleIpPermissions') || has('StaleIpPermissionsEgress'))) return 'stale-group';
  if (has('GroupId', 'ReferencingVpcId')) return 'group-reference';
  if (has('NetworkAclId', 'Entries')) return 'acl';
  if (has('NetworkInterfaceId') && (has('PrivateIpAddress') || has('Groups'))) return 'interface';
  if (has('ReservationId', 'Instances')) return 'reservation';
  if (has('InstanceId', 'NetworkInterfaces')) return 'instance';
  if (has('PrefixListId') && (has('PrefixListName') || has('Cidrs') || has('PrefixListArn'))) return 'prefix-list';
  if (has('SubnetId') && (has('CidrBlock') || has('Ipv6CidrBlockAssociationSet'))) return 'subnet';
  if (has('VpcId', 'CidrBlock')) return 'vpc';
  return has('Cidr') && Object.keys(object).every((key) => key === 'Cidr' || key === 'Description') ? 'prefix-entry' : null;
}

function isTerraform(object: JsonObject): boolean {
  return 'terraform_version' in object && ('resources' in object || 'planned_values' in object || 'resource_changes' in object);
}

/** The resources of a state, or of a plan's modules. */
function countResources(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countResources(item), 0);
  if (!isObject(value)) return 0;
  const below = ['planned_values', 'root_module', 'child_modules'].reduce((sum, key) => sum + countResources(value[key]), 0);
  return below + listField(value, 'resources').length;
}
