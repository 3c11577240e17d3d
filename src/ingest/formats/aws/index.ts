import type { Diagnostic } from '../../../model/diagnostic.ts';
import { unknownAxes } from '../../../model/match.ts';
import type { Attachment, NamedNetwork, Policy } from '../../../model/policy.ts';
import type { ReadRules, RuleFormat, SourceDocument } from '../../format.ts';
import { createUnreadableMatch } from '../../unreadable-rules.ts';
import { type Attachments, attachPolicies } from './attachments.ts';
import { DocumentLedger } from './document-ledger.ts';
import { collectRecords, isAwsDocument } from './documents.ts';
import { readGroups } from './group-versions.ts';
import { type Inventory, readInventory } from './inventory.ts';
import { textField } from './json-fields.ts';
import { readNetworkAcls, toAclPolicies } from './network-acls.ts';
import { readPrefixLists } from './prefix-lists.ts';
import type { Reading } from './reading.ts';
import { createReferences, listAxis } from './references.ts';
import { toGroupPolicies } from './security-groups.ts';
import { readStaleRules } from './stale-rules.ts';
import { toUnknownGroupPolicies } from './unknown-groups.ts';
import { findUnlogged } from './unlogged.ts';
import { awsVendorCommands } from './vendor-commands.ts';

/** Security groups and network ACLs of Amazon VPC, with the interfaces, subnets, VPCs and prefix lists that give them meaning. */
export const awsVpc: RuleFormat = {
  name: 'aws-vpc',
  title: 'AWS security groups, network ACLs and their inventory (AWS CLI JSON)',
  vendorCommands: awsVendorCommands,
  sniff: isAwsDocument,
  read: readAwsVpc,
};

function readAwsVpc(documents: readonly SourceDocument[]): ReadRules {
  const ledger = new DocumentLedger(documents);
  const records = collectRecords(documents, ledger);
  const diagnostics: Diagnostic[] = [...records.diagnostics];
  const reading: Reading = {
    records,
    ledger,
    unreadable: createUnreadableMatch(),
    report: (severity, code, path, message) => diagnostics.push({ severity, code, message, ...(path === null ? {} : { path }) }),
  };

  const inventory = readInventory(reading);
  const lists = readPrefixLists(reading);
  const groups = readGroups(reading);
  const acls = readNetworkAcls(reading);
  const stale = readStaleRules(reading);
  const attachments = attachPolicies(inventory, acls);
  const unloggedIn = rememberUnlogged(inventory);
  const exported = [
    ...toGroupPolicies(groups, {
      reading,
      stale,
      references: createReferences(inventory, lists, new Map(groups.map(({ id, name }) => [id, name]))),
      attachmentsOf: attachments.ofGroup,
      unloggedIn,
    }),
    ...toAclPolicies(acls, { reading, attachmentsOf: attachments.ofAcl, unloggedIn }),
  ];
  const policies = withPoliciesOfInterfaces(
    dropUnusedRetired(exported, [...groups, ...acls], attachments),
    inventory,
    attachments,
    reading,
  );
  stale.reportUnused();
  skipGroupReferences(reading);
  reportUnresolved(policies, inventory, reading);
  reportUnknownAttachments(policies, inventory, reading);
  return {
    policies: policies.sort(byId),
    attachments: [...attachments.all],
    hasInventory: inventory.interfaces.length > 0,
    networks: namedNetworks(inventory),
    diagnostics,
    documents: ledger.toCounts(),
  };
}

function namedNetworks({ subnets, vpcs }: Inventory): NamedNetwork[] {
  const around = [...vpcs.values()].map(({ id, name, cidrs }) => ({ id, name, parent: null, cidrs }));
  const inside = [...subnets.values()].map(({ id, name, vpc, cidrs }) => ({ id, name, parent: vpcs.get(vpc)?.name ?? vpc, cidrs }));
  return [...around, ...inside];
}

/** A policy that is gone stays, without rules, where an interface still leads old flows to it. */
function dropUnusedRetired(
  policies: readonly Policy[],
  sources: readonly { readonly id: string; readonly isRetired: boolean }[],
  attachments: Attachments,
): Policy[] {
  const retired = new Set(sources.filter(({ isRetired }) => isRetired).map(({ id }) => id));
  const named = new Set(attachments.all.flatMap(layersOf));
  return policies.filter((policy) => !retired.has(policy.scope.nativeId) || named.has(policy.id));
}

function layersOf(attachment: Attachment): readonly string[] {
  return [...attachment.in, ...attachment.out].flatMap((layer) => layer.policies);
}

/** Nothing is added when no rule export was given at all: interfaces alone are no policy to audit. */
function withPoliciesOfInterfaces(policies: readonly Policy[], inventory: Inventory, attachments: Attachments, reading: Reading): Policy[] {
  if (policies.length === 0) return [];
  return [...policies, ...toUnknownGroupPolicies(new Set(policies.map(({ id }) => id)), inventory, attachments, reading)];
}

function rememberUnlogged(inventory: Inventory): (vpc: string, direction: 'in' | 'out') => ReturnType<typeof findUnlogged> {
  const found = new Map<string, ReturnType<typeof findUnlogged>>();
  return (vpc, direction) => {
    const key = `${direction} ${vpc}`;
    const products = found.get(key) ?? findUnlogged(inventory, vpc, direction);
    found.set(key, products);
    return products;
  };
}

/** `describe-security-group-references` says which VPCs refer to a group, and nothing that rules or interfaces do not say. */
function skipGroupReferences(reading: Reading): void {
  for (const { document, sourceRef, value } of reading.records.of('group-reference')) {
    reading.ledger.skip(document, 'NOT_USED');
    reading.report('info', 'NOT_USED', sourceRef.path, `the reference to ${textField(value, 'GroupId')} from another VPC is not used`);
  }
}

/** One line for each reference, however many rules use it; one for all of them when there is no inventory. */
function reportUnresolved(policies: readonly Policy[], inventory: Inventory, reading: Reading): void {
  const users = new Map<string, { readonly isList: boolean; readonly rules: string[] }>();
  for (const policy of policies) {
    for (const rule of policy.rules) {
      if (rule.evaluable === 'no') continue;
      for (const reference of rule.unresolvedReferences) {
        const isList = unknownAxes(rule.match).includes(listAxis(reference));
        const user = users.get(reference) ?? { isList, rules: [] };
        user.rules.push(`${policy.id}/${rule.id}`);
        users.set(reference, user);
      }
    }
  }
  const sorted = [...users].sort(([a], [b]) => (a < b ? -1 : 1));
  const groups = sorted.filter(([, { isList }]) => !isList);
  if (inventory.interfaces.length === 0 && groups.length > 0) {
    const count = groups.reduce((sum, [, { rules }]) => sum + rules.length, 0);
    const message = `${count} rules refer to security groups, whose members nobody knows without the network interfaces; give them with --inventory`;
    reading.report('warning', 'UNRESOLVED_REFERENCE', null, message);
  }
  for (const [reference, { isList, rules }] of sorted) {
    if (!isList && inventory.interfaces.length === 0) continue;
    const need = isList ? 'the entries of the prefix list' : 'the network interfaces of its account and VPC';
    const some = `${rules.slice(0, 3).join(', ')}${rules.length > 3 ? `, … (${rules.length} rules)` : ''}`;
    reading.report('warning', 'UNRESOLVED_REFERENCE', null, `${reference} in ${some} cannot be resolved; give ${need} with --inventory`);
  }
}

/** There is an inventory, but it does not speak about these policies: their use cannot be judged. */
function reportUnknownAttachments(policies: readonly Policy[], inventory: Inventory, reading: Reading): void {
  if (inventory.interfaces.length === 0) return;
  const byVpc = new Map<string, string[]>();
  for (const { id, attachments, scope } of policies) {
    if (attachments !== null) continue;
    const ids = byVpc.get(scope.network) ?? [];
    ids.push(id);
    byVpc.set(scope.network, ids);
  }
  for (const [vpc, ids] of [...byVpc].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const some = `${ids.slice(0, 3).join(', ')}${ids.length > 3 ? `, … (${ids.length})` : ''}`;
    const message = `the inventory does not show at which interfaces ${some} of ${vpc === '' ? 'an unnamed VPC' : vpc} stand, so that their use is not judged; export all network interfaces of that VPC`;
    reading.report('warning', 'ATTACHMENT_UNKNOWN', null, message);
  }
}

function byId(a: Policy, b: Policy): number {
  return a.id < b.id ? -1 : 1;
}
