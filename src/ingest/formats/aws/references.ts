import {
  type AddressFamily,
  type AddressRange,
  anyAddress,
  compareRanges,
  normaliseRanges,
  parseAddressRange,
} from '../../../model/address.ts';
import { anyEndpoint, type Endpoint } from '../../../model/match.ts';
import type { Inventory } from './inventory.ts';
import type { Peer } from './permissions.ts';
import type { PrefixList } from './prefix-lists.ts';

/** The other side of a rule, as the model knows it. */
export interface ResolvedPeer {
  /** One for each family the peer can hold. */
  readonly endpoints: readonly { readonly family: AddressFamily; readonly endpoint: Endpoint }[];
  /** For people: the name with the id, or the addresses as written. */
  readonly text: string;
  /** The id, when nothing says what it stands for. */
  readonly unresolved: string | null;
  /** Why the reference is gone, as far as the rule itself says so. */
  readonly stale: string | null;
}

/** A reference that nothing can bring back. EC2 writes these beside a group of a peered VPC. */
const GONE_PEERINGS: ReadonlySet<string> = new Set(['deleted', 'deleting', 'rejected', 'expired', 'failed']);

// A group holds private addresses (semantics of security group references), which may also be public blocks that the owner uses privately.
const PRIVATE_IPV4 = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map(toRange);
const PRIVATE_IPV6 = ['2000::/3', 'fc00::/7'].map(toRange);

/** Says what the peers of rules stand for: what they surely held at the time of the flows, and what they may hold at any time. */
export interface References {
  resolve(peer: Exclude<Peer, { kind: 'unreadable' }>): ResolvedPeer;
}

/** The name of the unknown axis of a prefix list. */
export function listAxis(id: string): string {
  return `in prefix list ${id}`;
}

/** @param groupNames the groups that the exports hold, by id */
export function createReferences(
  inventory: Inventory,
  lists: ReadonlyMap<string, PrefixList>,
  groupNames: ReadonlyMap<string, string>,
): References {
  const carried = new Map(inventory.interfaces.flatMap(({ groups }) => groups.map(({ id, name }) => [id, name] as const)));
  const networks = [...inventory.vpcs.values(), ...inventory.subnets.values()].flatMap(({ cidrs }) => cidrs);
  const privateSpace = normaliseRanges([...PRIVATE_IPV4, ...PRIVATE_IPV6, ...networks]);
  const membersOf = remember((id: string) => inventory.membersOf(id));

  const resolveGroup = ({ id, account, peeringStatus }: Extract<Peer, { kind: 'group' }>): ResolvedPeer => {
    const stale = GONE_PEERINGS.has(peeringStatus) ? `${id}: the export says that its peering is ${peeringStatus}` : null;
    const isKnown = inventory.interfaces.length > 0 && (groupNames.has(id) || carried.has(id) || inventory.accounts.has(account));
    const members = isKnown ? membersOf(id) : stale === null ? null : [];
    const endpoints = ([4, 6] as const).map((family) => {
      const own = members?.filter((range) => range.family === family) ?? null;
      const possible = [...privateSpace.filter((range) => range.family === family), ...(own ?? [])];
      const membership = { axis: `member of ${id}`, members: own === null ? null : keepApart(own) };
      return { family, endpoint: { ranges: normaliseRanges(possible), membership } };
    });
    const name = groupNames.get(id) || carried.get(id) || '';
    return { endpoints, text: named(name, id), unresolved: members === null ? id : null, stale };
  };

  const resolveList = (id: string): ResolvedPeer => {
    const list = lists.get(id);
    const endpoints = (list?.families ?? ([4, 6] as const)).map((family) => {
      const members = list?.entries?.filter((range) => range.family === family) ?? null;
      const membership = { axis: listAxis(id), members: members === null ? null : normaliseRanges(members) };
      return { family, endpoint: { ranges: [anyAddress(family)], membership } };
    });
    return { endpoints, text: named(list?.name ?? '', id), unresolved: (list?.entries ?? null) === null ? id : null, stale: null };
  };

  return {
    resolve(peer) {
      switch (peer.kind) {
        case 'range':
          return resolveRange(peer.range, peer.text);
        case 'list':
          return resolveList(peer.id);
        case 'group':
          return resolveGroup(peer);
      }
    },
  };
}

function resolveRange(range: AddressRange, text: string): ResolvedPeer {
  const isAny = range.last - range.first === anyAddress(range.family).last;
  const endpoint: Endpoint = isAny ? anyEndpoint(range.family) : { ranges: [range], membership: null };
  return { endpoints: [{ family: range.family, endpoint }], text, unresolved: null, stale: null };
}

/** Sorted and disjoint, but neighbours stay two ranges: they belong to two interfaces, and one of them may be the one that was never seen. */
function keepApart(members: readonly AddressRange[]): AddressRange[] {
  const apart: AddressRange[] = [];
  for (const member of [...members].sort(compareRanges)) {
    const before = apart.at(-1);
    if (before === undefined || member.first > before.last) apart.push(member);
    else if (member.last > before.last) apart[apart.length - 1] = { ...before, last: member.last };
  }
  return apart;
}

/** The same answer for the same question, computed once. */
function remember<Answer>(compute: (question: string) => Answer): (question: string) => Answer {
  const answers = new Map<string, Answer>();
  return (question) => {
    const known = answers.get(question) ?? compute(question);
    answers.set(question, known);
    return known;
  };
}

function named(name: string, id: string): string {
  return name === '' || name === id ? id : `${name} (${id})`;
}

function toRange(text: string): AddressRange {
  const parsed = parseAddressRange(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.range;
}
