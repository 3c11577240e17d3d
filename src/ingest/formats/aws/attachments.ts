import type { Attachment, Layer } from '../../../model/policy.ts';
import type { Inventory, KnownInterface } from './inventory.ts';
import type { NetworkAcl } from './network-acls.ts';

/** Which policies stand at which interface, from both ends. */
export interface Attachments {
  /** By id; also of interfaces that are gone. */
  readonly all: readonly Attachment[];
  /** Interfaces that carry the group now, by id; [] when a full inventory of its VPC shows none; null when nobody knows. */
  ofGroup(group: string, vpc: string): readonly string[] | null;
  /** Interfaces in the subnets of the ACL, by id; [] when it has no subnet; null when nobody knows, or when its subnets hold no interface. */
  ofAcl(acl: NetworkAcl): readonly string[] | null;
}

/** Puts the network ACL of its subnet and the security groups on every interface, in the order in which a packet meets them. */
export function attachPolicies(inventory: Inventory, acls: readonly NetworkAcl[]): Attachments {
  const aclOf = chooseAcls(
    inventory,
    acls.filter(({ isRetired }) => !isRetired),
  );
  const current = inventory.interfaces.filter(({ isCurrent }) => isCurrent);
  const byGroup = groupIds(current, ({ groups }) => groups.map(({ id }) => id));
  const byAcl = groupIds(current, (one) => [aclOf(one)?.id ?? ''].filter((id) => id !== ''));
  return {
    all: inventory.interfaces.map((one) => toAttachment(one, aclOf(one), inventory)),
    ofGroup: (group, vpc) => byGroup.get(group) ?? (inventory.covers(vpc) ? [] : null),
    ofAcl: (acl) => byAcl.get(acl.id) ?? (isProvenIdle(acl, inventory) ? [] : null),
  };
}

/** The ACL says itself which subnets it serves; a default ACL serves all that no other one does. A subnet without interfaces still is one. */
function isProvenIdle(acl: NetworkAcl, inventory: Inventory): boolean {
  if (acl.subnets === null || acl.subnets.length > 0) return false;
  return !acl.isDefault || (inventory.covers(acl.vpc) && ![...inventory.subnets.values()].some(({ vpc }) => vpc === acl.vpc));
}

function chooseAcls(inventory: Inventory, acls: readonly NetworkAcl[]): (one: KnownInterface) => NetworkAcl | undefined {
  const bySubnet = new Map(acls.flatMap((acl) => (acl.subnets ?? []).map((subnet) => [subnet, acl] as const)));
  const defaults = new Map(acls.filter(({ isDefault }) => isDefault).map((acl) => [acl.vpc, acl]));
  return ({ subnet, vpc }) => {
    if (subnet === '') return undefined;
    return bySubnet.get(subnet) ?? defaults.get(inventory.subnets.get(subnet)?.vpc || vpc);
  };
}

function groupIds(interfaces: readonly KnownInterface[], keysOf: (one: KnownInterface) => readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const one of interfaces) {
    for (const key of new Set(keysOf(one))) {
      const ids = groups.get(key);
      if (ids === undefined) groups.set(key, [one.id]);
      else ids.push(one.id);
    }
  }
  return groups;
}

function toAttachment(one: KnownInterface, acl: NetworkAcl | undefined, inventory: Inventory): Attachment {
  const layers = (direction: 'in' | 'out'): Layer[] => {
    const subnet: Layer[] =
      acl === undefined ? [] : [{ policies: [`${acl.id}:${direction}`], exceptRemote: inventory.subnets.get(one.subnet)?.cidrs ?? [] }];
    const groups: Layer[] =
      one.groups.length === 0
        ? []
        : [{ policies: [...new Set(one.groups.map(({ id }) => `${id}:${direction}`))].sort(), exceptRemote: [] }];
    return direction === 'in' ? [...subnet, ...groups] : [...groups, ...subnet];
  };
  return {
    id: one.id,
    localAddresses: one.addresses,
    in: layers('in'),
    out: layers('out'),
    note: one.type === 'interface' ? '' : one.type,
  };
}
