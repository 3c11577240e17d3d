import type { PolicyDifference } from '../../model/policy-diff.ts';

/** What a reader has to know about which policy was compared with which, as sentences; policies with a namesake need none. */
export function notesOnPairs(policies: readonly Pick<PolicyDifference, 'before' | 'after'>[]): string[] {
  const renamed = policies.flatMap(({ before, after }) =>
    before !== null && after !== null && before !== after
      ? [`${before} is compared with ${after}: each is the only policy of its side without a namesake.`]
      : [],
  );
  const gone = policies.flatMap(({ before, after }) => (before !== null && after === null ? [before] : []));
  const fresh = policies.flatMap(({ before, after }) => (after !== null && before === null ? [after] : []));
  if (gone.length === 0 || fresh.length === 0) return renamed;
  return [
    ...renamed,
    `Nobody can say whether any of ${shorten(gone)} (gone) became one of ${shorten(fresh)} (new), so each is compared with nothing permitted. Give two policies the same name to compare them.`,
  ];
}

const MOST_NAMED = 10;

function shorten(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
