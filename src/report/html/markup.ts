import { htmlText } from '../escape/html-escape.ts';

/** HTML that is safe to put into a page: it can only be made by {@link markup} and {@link trusted}. */
export interface Markup {
  readonly html: string;
}

type Slot = Markup | readonly Markup[] | string | number;

/** HTML from a template whose slots are text (escaped) or HTML made the same way. */
export function markup(parts: TemplateStringsArray, ...slots: readonly Slot[]): Markup {
  return { html: parts.map((part, index) => part + (index < slots.length ? toHtml(slots[index] ?? '') : '')).join('') };
}

/** Our own constants only: styles, scripts and data that are escaped already. */
export function trusted(html: string): Markup {
  return { html };
}

export const NOTHING: Markup = { html: '' };

function toHtml(slot: Slot): string {
  if (typeof slot === 'string') return htmlText(slot);
  if (typeof slot === 'number') return String(slot);
  return 'html' in slot ? slot.html : slot.map((item) => item.html).join('');
}
