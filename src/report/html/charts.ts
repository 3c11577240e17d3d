import { type Markup, markup } from './markup.ts';

/** A part of a whole; `tone` names a colour of the style sheet. */
export interface Share {
  readonly tone: string;
  readonly label: string;
  readonly count: number;
}

/** One horizontal bar cut into its parts, 1000 units wide; parts of zero are left out, others are at least 4 units. Empty when all are zero. */
export function stackedBar(shares: readonly Share[], title: string): Markup {
  const total = shares.reduce((sum, share) => sum + share.count, 0);
  const visible = shares.filter((share) => share.count > 0);
  const floor = visible.length * 4;
  let x = 0;
  const parts = visible.map((share) => {
    const width = 4 + (share.count / total) * (1000 - floor);
    const part = markup`<rect class="tone-${share.tone}" x="${round(x)}" y="0" width="${round(Math.max(1, width - 2))}" height="10"><title>${share.label}: ${share.count}</title></rect>`;
    x += width;
    return part;
  });
  return markup`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="${title}">${parts}</svg>`;
}

/** A window as a line with its gaps cut out, 1000 units wide. Times outside the window are clipped. */
export function gapTimeline(window: Span, gaps: readonly Span[], title: string): Markup {
  const start = Date.parse(window.from);
  const length = Math.max(1, Date.parse(window.to) - start);
  const at = (time: string): number => Math.min(1, Math.max(0, (Date.parse(time) - start) / length)) * 1000;
  const holes = gaps.map(
    (gap) =>
      markup`<rect class="tone-gap" x="${round(at(gap.from))}" y="0" width="${round(Math.max(3, at(gap.to) - at(gap.from)))}" height="10"><title>No data ${gap.from} to ${gap.to}</title></rect>`,
  );
  return markup`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="${title}"><rect class="tone-covered" x="0" y="0" width="1000" height="10"/>${holes}</svg>`;
}

interface Span {
  readonly from: string;
  readonly to: string;
}

/** Two decimals, so that equal results give equal bytes whatever the last bits are. */
function round(value: number): string {
  return value.toFixed(2);
}
