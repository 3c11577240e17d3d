/** A part of a document whose blocks are shown whole or not at all. */
export interface Section {
  /** Stands before the first block; also where no block fits. */
  readonly heading: string;
  readonly blocks: readonly string[];
  /** Between two blocks. */
  readonly between: string;
  /** Stands behind the blocks; empty when there is nothing to say. `hidden` is how many are not shown. */
  readonly closing: (hidden: number) => string;
}

/**
 * Puts sections together within `limit` characters. Blocks are taken in order; behind the first of a section that does not fit none of that section is shown,
 * and its closing says how many. Earlier sections are served first, but the headings and closings of all of them always stand.
 *
 * @returns at most `limit` characters, if headings and closings alone are no longer
 */
export function fitSections(sections: readonly Section[], limit: number): string {
  const fixed = sections.map((section) => frameLength(section));
  let left = limit - fixed.reduce((sum, length) => sum + length, 0);
  const parts: string[] = [];
  for (const section of sections) {
    const count = countFitting(section, left);
    const blocks = section.blocks.slice(0, count);
    left -= blocks.reduce((sum, block) => sum + block.length + section.between.length, 0);
    parts.push(sectionText(section, blocks));
  }
  return `${parts.filter((part) => part !== '').join(GAP)}\n`;
}

const GAP = '\n\n';

/** Room for the gaps, the heading, and the longest closing: that which counts all blocks. */
function frameLength({ heading, blocks, closing }: Section): number {
  return heading.length + Math.max(closing(0).length, closing(blocks.length).length) + 3 * GAP.length + 1;
}

function countFitting({ blocks, between }: Section, room: number): number {
  let used = 0;
  for (const [index, block] of blocks.entries()) {
    used += block.length + between.length;
    if (used > room) return index;
  }
  return blocks.length;
}

function sectionText({ heading, blocks: all, between, closing }: Section, blocks: readonly string[]): string {
  const body = blocks.join(between);
  const end = closing(all.length - blocks.length);
  // A table's heading and its rows belong together.
  const start =
    between === '\n' ? [heading, body].filter((part) => part !== '').join('\n') : [heading, body].filter((part) => part !== '').join(GAP);
  return [start, end].filter((part) => part !== '').join(GAP);
}
