import type { FamilyMatrix, ServiceFunction, ServiceMatrix, ServiceMatrixDocument } from '../../model/service-matrix.ts';
import { fitText, visibleText, wrapText } from '../escape/visible-text.ts';
import { type Markup, markup, NOTHING, trusted } from '../html/markup.ts';
import { formatCount } from '../number-format.ts';
import { SVG_STYLE } from './svg-style.ts';
import { TONE_WORDS, TONES, type Tone, toneOf } from './tones.ts';
import { classText, conditionNote, functionCodes, functionText, layersText, shortClassText, sizeText } from './words.ts';

const MARGIN = 24;
const LABEL_CHARACTERS = 38;
/** Of a character of the labels. */
const CHARACTER_WIDTH = 6.7;
const CORNER = 'from ↓ to →';
const LINE_HEIGHT = 18;
/** Cells that are wide enough carry the sign of their function. */
const LARGE_CELL = 26;
const SMALL_CELL = 13;
const MOST_LARGE = 40;
const MOST_LEGEND = 80;
const MOST_CELLS = 1_000_000;
const LEGEND_CHARACTERS = 96;
const LEGEND_LINES = 4;
const LEAST_WIDTH = 720;

/** A picture of each matrix: a row for each class of sources, a column for each class of destinations, darker the more is permitted; what it means below. */
export function matrixSvg(document: ServiceMatrixDocument): string {
  let y = MARGIN;
  let width = LEAST_WIDTH;
  const parts: Markup[] = [];
  for (const matrix of document.matrices) {
    const drawn = drawMatrix(matrix, y);
    parts.push(...drawn.parts);
    width = Math.max(width, drawn.width);
    y += drawn.height + MARGIN;
  }
  for (const line of [...document.notes, ...document.incompleteBecause.map((reason) => `Not complete: ${reason}`)]) {
    parts.push(textLine(MARGIN, y + LINE_HEIGHT - 5, line, 'soft'));
    y += LINE_HEIGHT;
  }
  const total = y + MARGIN / 2;
  const names = document.matrices.map(({ name }) => name).join(', ');
  const title = names === '' ? 'Service matrix' : `Service matrix: ${names}`;
  const svg = markup`<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(total)}" viewBox="0 0 ${round(width)} ${round(total)}" role="img" aria-labelledby="title desc">
<title id="title">${title}</title>
<desc id="desc">${describe(document)}</desc>
<style>${trusted(SVG_STYLE)}</style>
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="depends-ground" width="6" height="6"/><rect class="depends-line" width="2.5" height="6"/></pattern></defs>
<rect class="ground" width="100%" height="100%"/>
${parts.flatMap((part) => [part, trusted('\n')])}</svg>
`;
  // Two characters that XML cannot hold.
  return svg.html.replace(/[\ufffe\uffff]/g, '\ufffd');
}

/** The picture for those who cannot see it. */
function describe({ asked, matrices }: ServiceMatrixDocument): string {
  const region = asked === null ? '' : `Asked for: ${asked.join('; ')}. `;
  const each = matrices.map((matrix) => {
    const families = matrix.families.map(({ family, rows, columns }) => `IPv${family}: ${sizeText(rows.length, columns.length)}`);
    return `${matrix.name}, judged by ${layersText(matrix)}. ${families.join('; ')}. ${matrix.complete ? '' : `Not complete: ${matrix.incompleteBecause.join('; ')}. `}Rows are sources, columns destinations.`;
  });
  return `${region}${each.join(' ')}`;
}

interface Drawn {
  readonly parts: readonly Markup[];
  readonly width: number;
  readonly height: number;
}

function drawMatrix(matrix: ServiceMatrix, top: number): Drawn {
  const codes = functionCodes(matrix.functions);
  const parts: Markup[] = [
    textLine(MARGIN, top + 16, matrix.name, 'heading', 90),
    textLine(MARGIN, top + 36, `Judged by ${layersText(matrix)}`, 'soft'),
  ];
  let y = top + 48;
  let width = LEAST_WIDTH;
  for (const reason of matrix.incompleteBecause) {
    parts.push(textLine(MARGIN, y + 13, `Not complete: ${reason}`, 'warn'));
    y += LINE_HEIGHT;
  }
  for (const family of matrix.families) {
    const drawn = drawFamily(family, matrix.functions, codes, y);
    parts.push(...drawn.parts);
    width = Math.max(width, drawn.width);
    y += drawn.height;
  }
  const legend = drawLegend(matrix.functions, codes, y + 8);
  return { parts: [...parts, ...legend.parts], width: Math.max(width, legend.width), height: y + 8 + legend.height - top };
}

function drawFamily(family: FamilyMatrix, functions: readonly ServiceFunction[], codes: readonly string[], top: number): Drawn {
  const { rows, columns, cells } = family;
  const heading = textLine(MARGIN, top + 18, `IPv${family.family}: ${sizeText(rows.length, columns.length)}`, 'subheading');
  const [only] = rows.length === 1 && columns.length === 1 ? cells.flat() : [];
  if (only !== undefined) {
    const text = `every source to every destination: ${functionText(functions[only] as ServiceFunction)}`;
    return { parts: [heading, textLine(MARGIN, top + 38, text, 'text')], width: LEAST_WIDTH, height: 54 };
  }
  if (rows.length * columns.length > MOST_CELLS) {
    const text = `${formatCount(rows.length * columns.length)} cells are too many to draw; take csv or json, or ask for a smaller region`;
    return { parts: [heading, textLine(MARGIN, top + 38, text, 'warn')], width: LEAST_WIDTH, height: 54 };
  }
  const hasSigns = Math.max(rows.length, columns.length) <= MOST_LARGE;
  const size = hasSigns ? LARGE_CELL : SMALL_CELL;
  const longestRow = rows.reduce((most, row) => Math.max(most, shortClassText(row, LABEL_CHARACTERS).length), CORNER.length);
  const left = MARGIN + longestRow * CHARACTER_WIDTH + 10;
  // Names of columns stand upright above them, as long as the longest.
  const longest = columns.reduce((most, column) => Math.max(most, shortClassText(column, LABEL_CHARACTERS).length), 0);
  const gridTop = top + 30 + longest * CHARACTER_WIDTH + 8;
  const height = rows.length * size;
  const width = columns.length * size;
  const rowLabels = rows.map((row, i) => {
    const y = gridTop + i * size + size / 2 + 4;
    return markup`<text class="label" x="${round(left - 8)}" y="${round(y)}" text-anchor="end"><title>${classText(row)}</title>${shortClassText(row, LABEL_CHARACTERS)}</text>`;
  });
  const columnLabels = columns.map((column, i) => {
    const x = left + i * size + size / 2 + 4;
    return markup`<text class="label" transform="translate(${round(x)} ${round(gridTop - 8)}) rotate(-90)"><title>${classText(column)}</title>${shortClassText(column, LABEL_CHARACTERS)}</text>`;
  });
  const parts = [
    heading,
    markup`<text class="soft" x="${round(left - 8)}" y="${round(gridTop - 10)}" text-anchor="end">${CORNER}</text>`,
    ...columnLabels,
    ...rowLabels,
    markup`<rect class="tone-none" x="${round(left)}" y="${round(gridTop)}" width="${round(width)}" height="${round(height)}"/>`,
    ...drawCells(cells, functions, codes, left, gridTop, size, hasSigns),
    drawGrid(left, gridTop, rows.length, columns.length, size),
  ];
  return { parts, width: left + width + MARGIN, height: gridTop + height + 14 - top };
}

/** One shape for each function that permits something: all its cells, with what it permits as the title. */
function drawCells(
  cells: readonly (readonly number[])[],
  functions: readonly ServiceFunction[],
  codes: readonly string[],
  left: number,
  top: number,
  size: number,
  hasSigns: boolean,
): Markup[] {
  const paths = new Map<number, string[]>();
  const signs: Markup[] = [];
  cells.forEach((row, r) => {
    for (let first = 0; first < row.length; ) {
      const cell = row[first] as number;
      let end = first + 1;
      while (row[end] === cell) end++;
      const path = paths.get(cell) ?? [];
      path.push(`M${round(left + first * size)} ${round(top + r * size)}h${(end - first) * size}v${size}h-${(end - first) * size}z`);
      paths.set(cell, path);
      for (let column = first; column < end && hasSigns; column++) {
        const x = left + column * size + size / 2;
        signs.push(
          markup`<text class="sign on-${toneAt(functions, cell)}" x="${round(x)}" y="${round(top + r * size + size / 2 + 4)}">${codes[cell] ?? ''}</text>`,
        );
      }
      first = end;
    }
  });
  const shapes = [...paths]
    .sort(([a], [b]) => a - b)
    .map(([cell, path]) => {
      const each = functions[cell];
      if (each === undefined || each.extent === 'none') return NOTHING;
      return markup`<path class="tone-${toneOf(each)}" d="${path.join('')}"><title>${codes[cell] ?? ''}: ${functionText(each)}</title></path>`;
    });
  return [...shapes, ...signs];
}

function toneAt(functions: readonly ServiceFunction[], cell: number): Tone {
  const each = functions[cell];
  return each === undefined ? 'none' : toneOf(each);
}

function drawGrid(left: number, top: number, rows: number, columns: number, size: number): Markup {
  const lines: string[] = [];
  for (let row = 0; row <= rows; row++) lines.push(`M${round(left)} ${round(top + row * size)}h${columns * size}`);
  for (let column = 0; column <= columns; column++) lines.push(`M${round(left + column * size)} ${round(top)}v${rows * size}`);
  return markup`<path class="grid" d="${lines.join('')}"/>`;
}

/** The tones, then the functions by their sign. */
function drawLegend(functions: readonly ServiceFunction[], codes: readonly string[], top: number): Drawn {
  const used = new Set(functions.map(toneOf));
  const parts: Markup[] = [];
  let x = MARGIN;
  for (const tone of TONES.filter((each) => used.has(each))) {
    const words = TONE_WORDS[tone];
    parts.push(markup`<rect class="swatch tone-${tone}" x="${round(x)}" y="${round(top)}" width="14" height="14"/>`);
    parts.push(textLine(x + 20, top + 12, words, 'soft'));
    x += 20 + words.length * CHARACTER_WIDTH + 24;
  }
  const width = x;
  let y = top + 28;
  const note = conditionNote(functions);
  if (note !== '') {
    parts.push(textLine(MARGIN, y + 8, note, 'soft'));
    y += LINE_HEIGHT;
  }
  const shown = functions.slice(0, MOST_LEGEND);
  shown.forEach((each, index) => {
    const text = functionText(each);
    parts.push(
      markup`<rect class="swatch tone-${toneOf(each)}" x="${MARGIN}" y="${round(y)}" width="34" height="15"/><text class="sign on-${toneOf(each)}" x="${MARGIN + 17}" y="${round(y + 11.5)}">${codes[index] ?? ''}</text>`,
    );
    for (const line of wrapText(text, LEGEND_CHARACTERS, LEGEND_LINES)) {
      parts.push(markup`<text x="${MARGIN + 44}" y="${round(y + 12)}"><title>${text}</title>${line}</text>`);
      y += LINE_HEIGHT;
    }
    y += 2;
  });
  if (functions.length > shown.length) {
    parts.push(textLine(MARGIN, y + 12, `and ${functions.length - shown.length} more; point at a cell to see what it permits`, 'soft'));
    y += LINE_HEIGHT;
  }
  return { parts, width, height: y - top };
}

function textLine(x: number, y: number, text: string, style: string, most = 110): Markup {
  const short = fitText(text, most);
  const title = short === visibleText(text) ? NOTHING : markup`<title>${text}</title>`;
  return markup`<text class="${style}" x="${round(x)}" y="${round(y)}">${title}${short}</text>`;
}

/** One decimal, so that equal documents give equal bytes. */
function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
