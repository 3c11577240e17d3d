import { formatRuleRef, type RuleRef } from '../../model/rule.ts';
import { visibleText } from '../escape/visible-text.ts';
import { formatCount } from '../number-format.ts';
import { type Markup, markup, NOTHING } from './markup.ts';

export interface StaticColumn {
  readonly label: string;
  /** `word`: never broken over lines; `number`: the same, to the right; `text`: broken anywhere. */
  readonly kind: 'text' | 'word' | 'number';
}

/** Rows shown at most in a table that the script does not page. */
export const STATIC_ROWS = 100;

/**
 * A table that needs no script. `total` is the length of the whole list: when it is cut, the table says so and where the rest is.
 * An empty list is a sentence, not an empty table.
 */
export function staticTable(
  columns: readonly StaticColumn[],
  rows: readonly (readonly (Markup | string)[])[],
  total: number,
  none: string,
): Markup {
  if (rows.length === 0) return markup`<p class="empty">${none}</p>`;
  const heads = columns.map((column) => markup`<th scope="col" class="${column.kind === 'number' ? 'num' : ''}">${column.label}</th>`);
  const lines = rows.map((cells) => markup`<tr>${cells.map((cell, index) => toCell(columns[index], cell, index))}</tr>`);
  const rest =
    total > rows.length
      ? markup`<p class="pager">The first ${formatCount(rows.length)} of ${formatCount(total)}. The rest is in audit.json.</p>`
      : NOTHING;
  return markup`<div class="scroll"><table class="stack"><thead><tr>${heads}</tr></thead><tbody>${lines}</tbody></table></div>${rest}`;
}

const CELL_CLASSES = { text: 'break', word: 'word', number: 'num' } as const;

function toCell(column: StaticColumn | undefined, cell: Markup | string, index: number): Markup {
  const classes = [column === undefined ? '' : CELL_CLASSES[column.kind], index === 0 ? 'lead-cell' : '']
    .filter((name) => name !== '')
    .join(' ');
  return markup`<td data-label="${column?.label ?? ''}" class="${classes}"><div>${cell}</div></td>`;
}

/** A link that opens the rule in the rule table, which knows rules by their visible text. */
export function ruleLink(ref: RuleRef): Markup {
  const text = visibleText(formatRuleRef(ref));
  return markup`<a class="mono" href="#rule=${encodeURIComponent(text)}">${text}</a>`;
}
