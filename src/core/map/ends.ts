import type { AddressFamily } from '../../model/address.ts';
import type { FlowDictionary } from '../../model/flow.ts';
import type { Attachment } from '../../model/policy.ts';
import { blockOf, type Place, type Places, placeAt } from './places.ts';

/** In {@link Ends.ofLogged}: no inventory knows the interface. */
export const NO_END = -1;
/** An address that several interfaces have, as in two accounts. */
const SHARED = -2;

/**
 * The ends of conversations: interfaces of the inventory, and places for all other addresses. Numbered: interfaces in the order of the inventory, then
 * places, then blocks as they turn up, so that numbers beyond the places depend on the order of rows and ids do not.
 */
export class Ends {
  /** By the index of an interface in the dictionary of the logs. */
  readonly ofLogged: Int32Array;
  readonly #places: Places;
  readonly #dictionary: FlowDictionary;
  readonly #interfaces: number;
  readonly #ownIpv4 = new Map<number, number>();
  readonly #ownIpv6 = new Map<bigint, number>();
  readonly #sharers = new Map<string, number[]>();
  readonly #starts: Float64Array;
  readonly #placeOfStart: Int32Array;
  /** By index into the addresses of the dictionary; SHARED where the row's own interface decides. */
  readonly #endOfIpv6: Int32Array;
  readonly #blocks = new Map<string, number>();
  readonly #blockOfIpv4 = new Map<number, number>();
  readonly #blockPlaces: Place[] = [];

  constructor(attachments: readonly Attachment[], places: Places, dictionary: FlowDictionary) {
    this.#places = places;
    this.#dictionary = dictionary;
    this.#interfaces = attachments.length;
    const indexes = new Map(attachments.map(({ id }, index) => [id, index]));
    this.ofLogged = Int32Array.from(dictionary.attachments, (id) => indexes.get(id) ?? NO_END);
    for (const [index, { localAddresses }] of attachments.entries()) {
      for (const { family, first } of localAddresses) this.#own(index, family, first);
    }
    this.#starts = Float64Array.from(places.stretches[4], ({ first }) => Number(first));
    this.#placeOfStart = Int32Array.from(places.stretches[4], ({ place }) => place);
    this.#endOfIpv6 = Int32Array.from(dictionary.ipv6Addresses, (address) => this.#ownIpv6.get(address) ?? this.#endOfPlace(6, address));
  }

  /** @param address as batches encode it; @param logger the end that logged the row, which is asked first about an address of several interfaces */
  endOf(family: AddressFamily, address: number, logger: number): number {
    const own = family === 4 ? (this.#ownIpv4.get(address) ?? NO_END) : (this.#endOfIpv6[address] ?? NO_END);
    if (own >= 0) return own;
    if (own === SHARED && (this.#sharers.get(this.#keyOf(family, address)) ?? []).includes(logger)) return logger;
    if (family === 6) return this.#endOfPlace(6, this.#dictionary.ipv6Addresses[address] ?? 0n);
    const place = this.#placeOfIpv4(address);
    return place === this.#places.private && this.#places.byBlock ? this.#blockOfIpv4Address(address) : this.#interfaces + place;
  }

  isInterface(end: number): boolean {
    return end < this.#interfaces;
  }

  placeOf(end: number): Place {
    const place = this.#placeIndexOf(end);
    const found = this.#places.list[place] ?? this.#blockPlaces[place - this.#places.list.length];
    if (found === undefined) throw new RangeError(`no end has the number ${end}`);
    return found;
  }

  /** The end that stands for all of its place. */
  asPlace(end: number): number {
    return this.#interfaces + this.#placeIndexOf(end);
  }

  /** The same, blocks given up. */
  withoutBlock(end: number): number {
    const place = this.#placeIndexOf(end);
    return this.#interfaces + (place < this.#places.list.length ? place : this.#places.private);
  }

  #placeIndexOf(end: number): number {
    return end < this.#interfaces ? (this.#places.ofAttachment[end] ?? this.#places.private) : end - this.#interfaces;
  }

  #own(index: number, family: AddressFamily, address: bigint): void {
    const before = family === 4 ? this.#ownIpv4.get(Number(address)) : this.#ownIpv6.get(address);
    if (before !== undefined) {
      const key = `${family} ${address}`;
      this.#sharers.set(key, [...(this.#sharers.get(key) ?? [before]), index]);
    }
    if (family === 4) this.#ownIpv4.set(Number(address), before === undefined ? index : SHARED);
    else this.#ownIpv6.set(address, before === undefined ? index : SHARED);
  }

  #keyOf(family: AddressFamily, address: number): string {
    return family === 4 ? `4 ${address}` : `6 ${this.#dictionary.ipv6Addresses[address] ?? 0n}`;
  }

  #endOfPlace(family: AddressFamily, address: bigint): number {
    const place = placeAt(this.#places.stretches[family], address);
    if (place !== this.#places.private || !this.#places.byBlock) return this.#interfaces + place;
    const block = blockOf(family, address);
    const known = this.#blocks.get(block.id);
    if (known !== undefined) return known;
    const end = this.#interfaces + this.#places.list.length + this.#blockPlaces.length;
    this.#blocks.set(block.id, end);
    this.#blockPlaces.push(block);
    return end;
  }

  #blockOfIpv4Address(address: number): number {
    const number = address >>> 8;
    const known = this.#blockOfIpv4.get(number);
    if (known !== undefined) return known;
    const end = this.#endOfPlace(4, BigInt(address));
    this.#blockOfIpv4.set(number, end);
    return end;
  }

  #placeOfIpv4(address: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    return this.#placeOfStart[low - 1] ?? this.#places.internet;
  }
}
