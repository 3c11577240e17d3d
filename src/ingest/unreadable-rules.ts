import { type Match, matchEverything } from '../model/match.ts';
import { shorten } from './shorten.ts';

/** What a rule that cannot be read matches; `written` is all that the export says of it. */
export type UnreadableMatch = (written: string) => Match;

/**
 * Everything, under a condition of its own: such a rule might match any packet. The condition is named by what is written and not by where it stands, so
 * that a rule that nobody touched is the same rule in the next export. The same text a second time in one export is another condition, for it may be
 * a placeholder for different things.
 *
 * @returns a function for the rules of one export, in their order
 */
export function createUnreadableMatch(): UnreadableMatch {
  const seen = new Map<string, number>();
  return (written) => {
    const count = (seen.get(written) ?? 0) + 1;
    seen.set(written, count);
    return matchEverything([`unreadable: ${shorten(written)}${count === 1 ? '' : ` (copy ${count})`}`]);
  };
}
