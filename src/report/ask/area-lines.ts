import type { PacketSet } from '../../model/packet-area.ts';
import { visibleText } from '../escape/visible-text.ts';
import { formatQuantity } from '../number-format.ts';

/** Regions of a set on lines of their own, at most `most` of them, and how many more there are. */
export function regionLines({ regions, regionsOmitted }: PacketSet, most: number, indent: string, width: number): string[] {
  const shown = regions.slice(0, most);
  const more = regions.length - shown.length + regionsOmitted;
  return [
    ...shown.flatMap((region) => wrapRegion(region, width - indent.length).map((line) => `${indent}${line}`)),
    ...(more === 0 ? [] : [`${indent}and ${formatQuantity(more, 'more region')}`]),
  ];
}

/** Never cut, however narrow the terminal is: a person copies it. */
export function witnessLine({ witness }: PacketSet, indent: string): string {
  return `${indent}for example ${visibleText(witness)}`;
}

const MOST_LINES = 8;
const HANGING = '  ';

/** Broken behind blanks and commas, so that lists of addresses stay readable; what is behind the last line is told by a `…`. */
function wrapRegion(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of visibleText(text).match(/[^ ,]*[ ,]?/g) ?? []) {
    for (const piece of inPieces(word, width - HANGING.length)) {
      const line = lines.at(-1) ?? '';
      if (line === '' || [...line].length + [...piece.trimEnd()].length <= width) lines[lines.length - 1] = `${line}${piece}`;
      else lines.push(`${HANGING}${piece}`);
    }
  }
  const shown = lines.slice(0, MOST_LINES).map((line) => line.trimEnd());
  return lines.length > MOST_LINES ? [...shown.slice(0, -1), `${HANGING}…`] : shown;
}

function inPieces(word: string, width: number): string[] {
  const characters = [...word];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += width) pieces.push(characters.slice(at, at + width).join(''));
  return pieces;
}
