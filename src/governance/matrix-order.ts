import type { MatrixEntry, PlaceReference, PlaceTerm, Zone } from '../model/guardrails.ts';
import { formatService } from '../model/service.ts';
import { zonesOfTag } from './zones.ts';

/** Two entries that hold the same pair of zones and disagree, and no narrower entry decides it. */
export interface MatrixConflict {
  readonly earlier: MatrixEntry;
  readonly later: MatrixEntry;
  readonly from: string;
  readonly to: string;
}

export type OrderedMatrix =
  | { readonly ok: true; readonly entries: readonly MatrixEntry[] }
  | { readonly ok: false; readonly conflict: MatrixConflict };

/**
 * Brings the entries of a zone matrix into an order in which the first that holds a pair of zones decides it: narrow ones first, so that `web -> card`
 * goes before `any -> card` wherever the two stand in the file. An entry is narrower than another when its pairs are among the other's. Where entries
 * cross (`any -> card` and `web -> any`), they must agree, or a narrower entry must decide: what holds is never left to the order of lines.
 *
 * Cost is O(n log n), and the square of the number of entries that hold more than one pair.
 */
export function orderMatrix(entries: readonly MatrixEntry[], zones: ReadonlyMap<string, Zone>): OrderedMatrix {
  const blocks = entries.map((entry) => ({ entry, from: membersOf(entry.from, zones), to: membersOf(entry.to, zones) }));
  const conflict = findConflict(blocks);
  if (conflict !== null) return { ok: false, conflict };
  return { ok: true, entries: blocks.sort((a, b) => sizeOf(a) - sizeOf(b) || a.entry.line - b.entry.line).map(({ entry }) => entry) };
}

/** An entry with the zones of its sides; {@link OUTSIDE} is one of them. */
interface Block {
  readonly entry: MatrixEntry;
  readonly from: ReadonlySet<string>;
  readonly to: ReadonlySet<string>;
}

/** No zone has this name. */
const OUTSIDE = 'outside';

function membersOf(reference: PlaceReference, zones: ReadonlyMap<string, Zone>): ReadonlySet<string> {
  return new Set(reference.flatMap((term) => zonesOfTerm(term, zones)));
}

function zonesOfTerm(term: PlaceTerm, zones: ReadonlyMap<string, Zone>): readonly string[] {
  switch (term.kind) {
    case 'any':
      return [...zones.keys(), OUTSIDE];
    case 'outside':
      return [OUTSIDE];
    case 'zone':
      return [term.name];
    case 'tag':
      return zonesOfTag(zones, term.name);
    case 'addresses':
      throw new Error('the zone matrix has an entry with addresses');
  }
}

function sizeOf({ from, to }: Block): number {
  return from.size * to.size;
}

function findConflict(blocks: readonly Block[]): MatrixConflict | null {
  const single = new Map<string, Block>();
  for (const block of blocks) {
    const [from = '', to = ''] = [...block.from, ...block.to];
    if (sizeOf(block) !== 1) continue;
    const before = single.get(pairKey(from, to));
    if (before !== undefined && !agree(before, block)) return { earlier: before.entry, later: block.entry, from, to };
    single.set(pairKey(from, to), before ?? block);
  }
  // A pair alone lies in every entry that holds it, so only entries of several pairs can cross.
  const wide = blocks.filter((block) => sizeOf(block) > 1);
  for (const [index, later] of wide.entries()) {
    for (const earlier of wide.slice(0, index)) {
      const pair = agree(earlier, later) ? null : undecidedPair(earlier, later, single, wide);
      if (pair !== null) return { earlier: earlier.entry, later: later.entry, ...pair };
    }
  }
  return null;
}

function pairKey(from: string, to: string): string {
  return `${from} ${to}`;
}

function agree(a: Block, b: Block): boolean {
  return allowKey(a.entry) === allowKey(b.entry);
}

function allowKey({ allow }: MatrixEntry): string {
  return allow === null ? 'any' : [...new Set(allow.map(formatService))].sort().join();
}

function undecidedPair(
  a: Block,
  b: Block,
  single: ReadonlyMap<string, Block>,
  wide: readonly Block[],
): { readonly from: string; readonly to: string } | null {
  if (isStrictlyIn(a, b) || isStrictlyIn(b, a)) return null;
  // Where something narrower decides in place of one of them, the two do not meet.
  const narrower = wide.filter((block) => isStrictlyIn(block, a) || isStrictlyIn(block, b));
  for (const from of a.from) {
    if (!b.from.has(from)) continue;
    for (const to of a.to) {
      if (!b.to.has(to) || single.has(pairKey(from, to))) continue;
      if (!narrower.some((block) => block.from.has(from) && block.to.has(to))) return { from, to };
    }
  }
  return null;
}

function isStrictlyIn(inner: Block, outer: Block): boolean {
  return sizeOf(inner) < sizeOf(outer) && isSubset(inner.from, outer.from) && isSubset(inner.to, outer.to);
}

function isSubset(inner: ReadonlySet<string>, outer: ReadonlySet<string>): boolean {
  return inner.size <= outer.size && [...inner].every((member) => outer.has(member));
}
