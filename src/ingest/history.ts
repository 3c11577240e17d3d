import type { Presence } from '../model/rule.ts';

/** One export of a policy. `at` is null for the undated one, which counts as the newest. */
export interface Version<Item> {
  readonly at: number | null;
  readonly items: readonly Item[];
}

export interface History<Item> {
  readonly newest: Version<Item>;
  /** Dates of the dated exports, ascending. */
  readonly snapshots: readonly number[];
  /** Of an item of the newest version. */
  presenceOf(key: string): Presence;
  /** Items that only older versions hold, once for each stretch of versions that held them. */
  readonly retired: readonly { readonly item: Item; readonly presence: Presence }[];
}

/** The end of time: a retired rule that an undated export lacks went at a time nobody knows. */
export const SOME_TIME_LATER = Number.MAX_SAFE_INTEGER;

/**
 * Follows every rule, named by its content, through the exports of one policy: since when the unbroken run of exports up to the newest holds it,
 * and which rules only older exports hold.
 *
 * @param versions at least one, in any order; dates are distinct
 */
export function traceHistory<Item>(versions: readonly Version<Item>[], keyOf: (item: Item) => string): History<Item> {
  const ordered = [...versions].sort((a, b) => (a.at ?? SOME_TIME_LATER) - (b.at ?? SOME_TIME_LATER));
  const newest = ordered.at(-1);
  if (newest === undefined) throw new RangeError('a history needs at least one version');
  const keys = ordered.map((version) => new Set(version.items.map(keyOf)));
  const last = ordered.length - 1;
  return {
    newest,
    snapshots: ordered.flatMap(({ at }) => (at === null ? [] : [at])),
    presenceOf: (key) => currentPresence(ordered, startOfRun(keys, key, last), last),
    retired: ordered.slice(0, -1).flatMap((version, index) => {
      const gone = new Map<string, Item>();
      for (const item of version.items) {
        if (keys[index + 1]?.has(keyOf(item)) === false) gone.set(keyOf(item), item);
      }
      return [...gone].map(([key, item]) => ({ item, presence: retiredPresence(ordered, startOfRun(keys, key, index), index) }));
    }),
  };
}

/** The first version of the unbroken run that ends at `last`. */
function startOfRun(keys: readonly ReadonlySet<string>[], key: string, last: number): number {
  let start = last;
  while (start > 0 && keys[start - 1]?.has(key) === true) start -= 1;
  return start;
}

function currentPresence(ordered: readonly Version<unknown>[], start: number, last: number): Presence {
  const firstDated = ordered.slice(start, last + 1).find(({ at }) => at !== null)?.at ?? null;
  return {
    absentAt: ordered[start - 1]?.at ?? null,
    knownFrom: firstDated,
    retiredAt: null,
    source: firstDated === null ? null : 'export',
  };
}

function retiredPresence(ordered: readonly Version<unknown>[], start: number, last: number): Presence {
  return { ...currentPresence(ordered, start, last), retiredAt: ordered[last + 1]?.at ?? SOME_TIME_LATER };
}
