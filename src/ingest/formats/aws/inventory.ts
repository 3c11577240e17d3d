import { type AddressRange, formatAddressRange, parseAddressRange } from '../../../model/address.ts';
import type { AwsRecord } from './documents.ts';
import { type JsonObject, listField, objectField, objectsField, tagsOf, textField } from './json-fields.ts';
import { byDate, type Reading } from './reading.ts';

/** A network interface as its newest export states it. */
export interface NetworkInterface {
  readonly id: string;
  readonly vpc: string;
  readonly subnet: string;
  readonly account: string;
  /** `interface`, `nat_gateway`, …; empty when the export does not say. */
  readonly type: string;
  /** Private addresses and delegated prefixes, IPv4 and IPv6. */
  readonly addresses: readonly AddressRange[];
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  readonly path: string;
}

/** An interface with the question whether it still exists. */
export interface KnownInterface extends NetworkInterface {
  /** False when a newer export speaks about its VPC and does not hold it: old flows are still its own. */
  readonly isCurrent: boolean;
}

export interface Network {
  readonly id: string;
  /** From its tag Name; the id where it has none. */
  readonly name: string;
  readonly vpc: string;
  /** Of IPv4 and IPv6; the primary IPv4 block first. */
  readonly cidrs: readonly AddressRange[];
}

/** Interfaces, subnets and VPCs of all exports together. */
export interface Inventory {
  /** By id, each as its newest export has it. */
  readonly interfaces: readonly KnownInterface[];
  readonly subnets: ReadonlyMap<string, Network>;
  readonly vpcs: ReadonlyMap<string, Network>;
  readonly accounts: ReadonlySet<string>;
  /**
   * Whether a full list of interfaces was given that speaks about this VPC: only then the absence of an interface means anything. Instances
   * alone are no full list, because balancers, databases and functions have interfaces too. The empty name asks about any VPC.
   */
  covers(vpc: string): boolean;
  /** Addresses that carried the group in every export that speaks about their VPC; none without an inventory. In no order. */
  membersOf(group: string): readonly AddressRange[];
}

/** Reads `describe-network-interfaces`, `describe-instances`, `describe-subnets` and `describe-vpcs`. */
export function readInventory(reading: Reading): Inventory {
  const subnets = readNetworks(reading, 'subnet', 'SubnetId');
  const vpcs = readNetworks(reading, 'vpc', 'VpcId');
  const versions = readInterfaceVersions(reading);
  const newest = new Map(versions.flatMap((version) => [...version.interfaces]));
  const interfaces = [...newest.values()]
    .map(
      (one): KnownInterface => ({
        ...one,
        isCurrent: versions.findLast(({ vpcs: spoken }) => spoken.has(one.vpc))?.interfaces.has(one.id) === true,
      }),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    interfaces,
    subnets,
    vpcs,
    accounts: new Set(interfaces.map(({ account }) => account).filter((account) => account !== '')),
    covers: coverage(reading, versions),
    membersOf: findMembers(versions),
  };
}

interface InterfaceVersion {
  readonly interfaces: ReadonlyMap<string, NetworkInterface>;
  readonly vpcs: ReadonlySet<string>;
}

/** One version for each date; where instances and interfaces describe the same interface, the full record counts. */
function readInterfaceVersions(reading: Reading): InterfaceVersion[] {
  const instances = new Set(reading.records.of('instance'));
  return byDate([...instances, ...reading.records.of('interface')]).map(({ records }) => {
    const interfaces = new Map<string, NetworkInterface>();
    for (const record of records) {
      const found = instances.has(record) ? readInstance(reading, record) : readFullRecord(reading, record);
      for (const one of found) interfaces.set(one.id, one);
    }
    return { interfaces, vpcs: new Set([...interfaces.values()].map(({ vpc }) => vpc)) };
  });
}

function readFullRecord(reading: Reading, record: AwsRecord): NetworkInterface[] {
  const read = readInterface(reading, record, record.value, {});
  if (read === null) reading.ledger.skip(record.document, 'NO_ID');
  else reading.ledger.accept(record.document);
  return read === null ? [] : [read];
}

/** An instance is one record, however many interfaces it has. */
function readInstance(reading: Reading, record: AwsRecord): NetworkInterface[] {
  reading.ledger.accept(record.document);
  return objectsField(record.value, 'NetworkInterfaces').flatMap((value) => readInterface(reading, record, value, record.value) ?? []);
}

function readInterface(reading: Reading, record: AwsRecord, value: JsonObject, instance: JsonObject): NetworkInterface | null {
  const { path } = record.sourceRef;
  const id = textField(value, 'NetworkInterfaceId');
  if (id === '') {
    reading.report(
      'warning',
      'NO_ID',
      path,
      `a network interface (${record.sourceRef.pointer ?? ''}) has no NetworkInterfaceId, so that no flow can be matched to it`,
    );
    return null;
  }
  const hasGroups = Array.isArray(value['Groups']);
  const groups = hasGroups ? objectsField(value, 'Groups') : objectsField(instance, 'SecurityGroups');
  if (!hasGroups && groups.length === 0) {
    reading.report(
      'warning',
      'INTERFACE_WITHOUT_GROUPS',
      path,
      `the export of interface ${id} does not list its security groups; it is taken to have none, so export it again with Groups`,
    );
  }
  return {
    id,
    vpc: textField(value, 'VpcId') || textField(instance, 'VpcId'),
    subnet: textField(value, 'SubnetId') || textField(instance, 'SubnetId'),
    account: textField(value, 'OwnerId'),
    type: textField(value, 'InterfaceType'),
    addresses: readAddresses(reading, path, id, value),
    groups: groups
      .map((group) => ({ id: textField(group, 'GroupId'), name: textField(group, 'GroupName') }))
      .filter((group) => group.id !== ''),
    path,
  };
}

function readAddresses(reading: Reading, path: string, id: string, value: JsonObject): AddressRange[] {
  const texts = new Set([
    textField(value, 'PrivateIpAddress'),
    ...objectsField(value, 'PrivateIpAddresses').map((item) => textField(item, 'PrivateIpAddress')),
    textField(value, 'Ipv6Address'),
    ...objectsField(value, 'Ipv6Addresses').map((item) => textField(item, 'Ipv6Address')),
    ...objectsField(value, 'Ipv4Prefixes').map((item) => textField(item, 'Ipv4Prefix')),
    ...objectsField(value, 'Ipv6Prefixes').map((item) => textField(item, 'Ipv6Prefix')),
  ]);
  texts.delete('');
  return [...texts].flatMap((text) => {
    const parsed = parseAddressRange(text);
    if (parsed.ok) return [parsed.range];
    reading.report(
      'warning',
      'ADDRESS_UNREADABLE',
      path,
      `interface ${id}: ${parsed.reason}; the address is left out of its security groups`,
    );
    return [];
  });
}

function coverage(reading: Reading, versions: readonly InterfaceVersion[]): (vpc: string) => boolean {
  const full = reading.records.of('interface');
  const vpcs = new Set(full.map((record) => textField(record.value, 'VpcId')));
  const regions = new Set(full.map((record) => regionOf(record.value)).filter((region) => region !== ''));
  // A subnet tells the region of its VPC, also of a VPC without any interface.
  for (const record of reading.records.of('subnet')) {
    if (regions.has(regionOf(record.value))) vpcs.add(textField(record.value, 'VpcId'));
  }
  return (vpc) => full.length > 0 && versions.length > 0 && (vpc === '' || vpcs.has(vpc));
}

/** `us-west-2a` → `us-west-2`; empty when the export does not say. */
function regionOf(value: JsonObject): string {
  return /^[a-z]+(?:-[a-z]+)+-\d+/.exec(textField(value, 'AvailabilityZone'))?.[0] ?? '';
}

interface Member {
  readonly range: AddressRange;
  readonly vpc: string;
}

function findMembers(versions: readonly InterfaceVersion[]): (group: string) => readonly AddressRange[] {
  const perVersion = versions.map(membersByGroup);
  return (group) => {
    const all = new Map(perVersion.flatMap((groups) => [...(groups.get(group) ?? [])]));
    return [...all].flatMap(([key, { range, vpc }]) => {
      const always = versions.every((version, index) => !version.vpcs.has(vpc) || perVersion[index]?.get(group)?.has(key) === true);
      return always ? [range] : [];
    });
  };
}

function membersByGroup(version: InterfaceVersion): Map<string, Map<string, Member>> {
  const groups = new Map<string, Map<string, Member>>();
  for (const one of version.interfaces.values()) {
    for (const { id } of one.groups) {
      const members = groups.get(id) ?? new Map<string, Member>();
      groups.set(id, members);
      for (const range of one.addresses) members.set(`${one.vpc} ${formatAddressRange(range)}`, { range, vpc: one.vpc });
    }
  }
  return groups;
}

function readNetworks(reading: Reading, kind: 'subnet' | 'vpc', idField: string): Map<string, Network> {
  const networks = new Map<string, Network>();
  for (const { records } of byDate(reading.records.of(kind))) {
    for (const { value, document, sourceRef } of records) {
      const id = textField(value, idField);
      if (id === '') {
        reading.ledger.skip(document, 'NO_ID');
        reading.report('warning', 'NO_ID', sourceRef.path, `a ${kind} (${sourceRef.pointer ?? ''}) has no ${idField}`);
        continue;
      }
      networks.set(id, {
        id,
        name: tagsOf(value)['Name'] || id,
        vpc: textField(value, 'VpcId'),
        cidrs: readCidrs(reading, sourceRef.path, id, value),
      });
      reading.ledger.accept(document);
    }
  }
  return networks;
}

function readCidrs(reading: Reading, path: string, id: string, value: JsonObject): AddressRange[] {
  const texts = new Set([
    textField(value, 'CidrBlock'),
    ...objectsField(value, 'CidrBlockAssociationSet')
      .filter(isAssociated('CidrBlockState'))
      .map((item) => textField(item, 'CidrBlock')),
    ...objectsField(value, 'Ipv6CidrBlockAssociationSet')
      .filter(isAssociated('Ipv6CidrBlockState'))
      .map((item) => textField(item, 'Ipv6CidrBlock')),
    ...listField(value, 'Ipv6CidrBlocks').filter((item) => typeof item === 'string'),
  ]);
  texts.delete('');
  return [...texts].flatMap((text) => {
    const parsed = parseAddressRange(text);
    if (parsed.ok) return [parsed.range];
    reading.report('warning', 'ADDRESS_UNREADABLE', path, `${id}: ${parsed.reason}; the block is left out`);
    return [];
  });
}

function isAssociated(stateField: string): (association: JsonObject) => boolean {
  return (association) => ['', 'associated'].includes(textField(objectField(association, stateField), 'State'));
}
