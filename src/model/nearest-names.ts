const MOST_NAMED = 5;

/** More names than this are only searched for the text itself, not compared letter by letter. */
const MOST_COMPARED = 20_000;

/** Names that hold the text, shortest first; else those that differ from it in a third of its letters at most, nearest first. At most 5. */
export function nearestNames(wanted: string, names: readonly string[]): string[] {
  const lower = wanted.toLowerCase();
  const holding = names.filter((name) => lower !== '' && name.toLowerCase().includes(lower));
  if (holding.length > 0) return holding.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, MOST_NAMED);
  if (names.length > MOST_COMPARED) return [];
  const most = Math.max(2, Math.floor(wanted.length / 3));
  return names
    .map((name) => ({ name, distance: Math.abs(name.length - wanted.length) > most ? most + 1 : distance(lower, name.toLowerCase()) }))
    .filter((each) => each.distance <= most)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_NAMED)
    .map(({ name }) => name);
}

/** Letters to insert, delete or replace (Levenshtein). */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = row;
  }
  return before[b.length] ?? 0;
}
