/** What two lists are matched by: the id first, then the content. */
export interface ContentReader<Item> {
  idOf(item: Item): string;
  /** What is compared: plain data, no functions, no cycles. */
  contentOf(item: Item): unknown;
  /** Equal texts mean equal contents. */
  textOf(item: Item): string;
}

/**
 * Texts for two lists so that equal texts mean equal contents. Writing a content down costs twenty times as much as comparing it, and between two
 * states of a policy nearly all items have kept both id and content: those are not written down. Contents that are equal may then have different texts, so
 * this serves where equality is made use of and inequality is not.
 */
export function readContents<Item>(before: readonly Item[], after: readonly Item[], reader: ContentReader<Item>): [string[], string[]] {
  const places = new Map(before.map((item, place) => [reader.idOf(item), place]));
  const old = new Array<string | undefined>(before.length);
  const now = after.map((item) => {
    const place = places.get(reader.idOf(item));
    const same = place === undefined ? undefined : before[place];
    if (place === undefined || same === undefined || !isEqualData(reader.contentOf(same), reader.contentOf(item)))
      return reader.textOf(item);
    old[place] = `#${place}`;
    return `#${place}`;
  });
  return [before.map((item, place) => old[place] ?? reader.textOf(item)), now];
}

/** Whether two plain values are the same data. A property that is undefined counts as one that is not there. */
export function isEqualData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i += 1) if (!isEqualData(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const key in left) if (!isEqualData(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
  return true;
}
