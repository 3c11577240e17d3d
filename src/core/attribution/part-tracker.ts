import type { AddressRange } from '../../model/address.ts';
import type { Endpoint } from '../../model/match.ts';
import type { Rule } from '../../model/rule.ts';

/** More distinct services than this on one rule are "many", and nobody would list them. */
export const MOST_SERVICES = 64;
const MOST_PROTOCOLS = 8;
const MOST_ADDRESSES = 4096;
const BLOCKS = 16;
/** IPv6 addresses are told from IPv4 ones by standing above them. */
export const IPV6_BASE = 2 ** 32;

/** A side of a rule cut into parts whose use is worth knowing: the blocks of one CIDR, or the ranges of a list. */
export interface PeerParts {
  readonly rule: Rule;
  /** Which product of the rule's match the side belongs to. */
  readonly product: number;
  readonly axis: 'source' | 'destination';
  readonly family: 4 | 6;
  readonly parts: readonly AddressRange[];
}

/**
 * How a rule's sides can be cut: one aligned range of at least four addresses into up to 16 equal blocks, a list of 2 to 32 ranges into its
 * ranges. A side that is a whole family, a reference or a single host has no parts.
 */
export function peerPartsOf(rule: Rule): PeerParts[] {
  const all: PeerParts[] = [];
  rule.match.products.forEach((product, index) => {
    for (const axis of ['source', 'destination'] as const) {
      const parts = partsOf(product[axis]);
      if (parts.length > 1) all.push({ rule, product: index, axis, family: product.family, parts });
    }
  });
  return all;
}

function partsOf(endpoint: Endpoint): readonly AddressRange[] {
  if (endpoint.membership !== null) return [];
  const [only] = endpoint.ranges;
  if (endpoint.ranges.length !== 1 || only === undefined) return endpoint.ranges.length <= 32 ? endpoint.ranges : [];
  const size = only.last - only.first + 1n;
  const isAligned = (size & (size - 1n)) === 0n && only.first % size === 0n;
  const isWholeFamily = only.first === 0n && size >= 1n << (only.family === 4 ? 32n : 128n);
  if (!isAligned || isWholeFamily || size < 4n) return [];
  const blocks = size < BigInt(BLOCKS) ? size : BigInt(BLOCKS);
  const blockSize = size / blocks;
  return Array.from({ length: Number(blocks) }, (_, index): AddressRange => {
    const first = only.first + BigInt(index) * blockSize;
    return { family: only.family, first, last: first + blockSize - 1n };
  });
}

/** The remote side of a rule that is a reference: which members were seen is told by their addresses. */
export function hasMembership(rule: Rule): boolean {
  return rule.match.products.some((product) => product.source.membership !== null || product.destination.membership !== null);
}

/**
 * Which services and which parts of the sides the connections of one slot touched. Sets are bounded; beyond the bound they are null, which
 * means "many" and never "none".
 */
export class PartTracker {
  /** protocol × 131072 + port of the responder. */
  services: Set<number> | null = new Set();
  protocols: Set<number> | null = new Set();
  /** Addresses of both sides: the IPv4 integer, or 2^32 + the index of an IPv6 address. */
  sources: Set<number> | null;
  destinations: Set<number> | null;
  readonly peers: readonly PeerMask[];

  constructor(peers: readonly PeerParts[], keepsAddresses: boolean) {
    this.peers = peers.map((parts) => new PeerMask(parts));
    this.sources = keepsAddresses ? new Set() : null;
    this.destinations = keepsAddresses ? new Set() : null;
  }

  add(source: number, destination: number, protocol: number, port: number, family: 4 | 6, ipv6: readonly bigint[]): void {
    if (this.services !== null) {
      this.services.add(protocol * 131_072 + port);
      if (this.services.size > MOST_SERVICES) this.services = null;
    }
    if (this.protocols !== null) {
      this.protocols.add(protocol);
      if (this.protocols.size > MOST_PROTOCOLS) this.protocols = null;
    }
    if (this.sources !== null) {
      this.sources.add(family === 6 ? source + IPV6_BASE : source);
      if (this.sources.size > MOST_ADDRESSES) this.sources = null;
    }
    if (this.destinations !== null) {
      this.destinations.add(family === 6 ? destination + IPV6_BASE : destination);
      if (this.destinations.size > MOST_ADDRESSES) this.destinations = null;
    }
    for (const peer of this.peers) {
      if (peer.parts.family === family) peer.add(peer.parts.axis === 'source' ? source : destination, ipv6);
    }
  }
}

/** Parts touched, as bits in the order of {@link PeerParts.parts}. */
export class PeerMask {
  used = 0;
  readonly parts: PeerParts;
  readonly #first: Float64Array;
  readonly #last: Float64Array;

  constructor(parts: PeerParts) {
    this.parts = parts;
    // IPv4 only: IPv6 does not fit and is rare enough to be compared as it is.
    this.#first = Float64Array.from(parts.parts, (part) => Number(part.first));
    this.#last = Float64Array.from(parts.parts, (part) => Number(part.last));
  }

  add(address: number, ipv6: readonly bigint[]): void {
    const { parts } = this.parts;
    if (this.parts.family === 6) {
      const value = ipv6[address] ?? 0n;
      const at = parts.findIndex((part) => part.first <= value && value <= part.last);
      if (at >= 0) this.used |= 1 << at;
      return;
    }
    for (let at = 0; at < parts.length; at += 1) {
      if (address >= (this.#first[at] ?? 0) && address <= (this.#last[at] ?? 0)) {
        this.used |= 1 << at;
        return;
      }
    }
  }
}
