import type { MapNode } from '../../model/application-map.ts';
import { fitText } from '../escape/visible-text.ts';
import { formatCount, formatQuantity } from '../number-format.ts';
import { INTERNET_OUT, type MapArrow, type MapBox, type PicturedMap } from './map-arrows.ts';
import { type ArrowRoute, type BoxPlace, layOut, type MapLayout, setApart } from './map-layout.ts';
import { type Markup, markup, NOTHING } from './markup.ts';

const BOX_WIDTH = 136;
const BOX_HEIGHT = 44;
const COLUMN_WIDTH = BOX_WIDTH + 94;
const ROW_HEIGHT = 62;
const MARGIN = 20;
/** Loops and labels stand out above the first row. */
const TOP = 34;
const LABEL_HEIGHT = 15;
const NAME_CHARACTERS = 16;
const LABEL_CHARACTERS = 14;
/** Of a character of the labels. */
const CHARACTER_WIDTH = 6.7;
/** The arrow head lies in front of the box. */
const HEAD = 9;
/** Wider pictures than this are not made smaller, but scrolled. */
const WIDEST_FITTED = 1600;

/** The map as a picture that needs no script: boxes in columns in the direction of the connections, the busier an arrow the wider. */
export function mapPicture(pictured: PicturedMap): Markup {
  const layout = layOut(pictured);
  const width = 2 * MARGIN + (layout.columns - 1) * COLUMN_WIDTH + BOX_WIDTH;
  const height = TOP + MARGIN + layout.rows * ROW_HEIGHT + BOX_HEIGHT;
  const labels = placeLabels(layout);
  const size = markup`width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}"`;
  return markup`<svg class="map ${width <= WIDEST_FITTED ? 'fitted' : ''}" ${size} role="img" aria-labelledby="map-title map-desc">
<title id="map-title">Application map: who opens connections to whom</title><desc id="map-desc">${describe(pictured)}</desc>
<defs>${HEADS.map(headOf)}</defs>
${layout.routes.map((route) => drawArrow(route, layout))}
${pictured.boxes.map((box) => drawBox(box, layout))}
${labels.map(drawLabel)}</svg>`;
}

const HEADS: readonly MapArrow['kind'][] = ['open', 'refused'];

function headOf(kind: MapArrow['kind']): Markup {
  return markup`<marker id="map-head-${kind}" class="head ${kind}" markerUnits="userSpaceOnUse" markerWidth="12" markerHeight="12" refX="1" refY="6" orient="auto"><path d="M0 1L${HEAD + 1} 6L0 11z"/></marker>`;
}

/** The picture for those who cannot see it. */
function describe({ boxes, arrows }: PicturedMap): string {
  const names = new Map(boxes.map(({ id, node }) => [id, node.name]));
  const said = arrows.slice(0, MOST_SAID).map((arrow) => {
    const [from, to] = [names.get(arrow.source) ?? '', names.get(arrow.destination) ?? ''];
    return `${from} ${arrow.kind === 'unknown' ? 'and' : 'to'} ${to}: ${arrowText(arrow)}`;
  });
  const more = arrows.length > said.length ? `; and ${arrows.length - said.length} more` : '';
  return `${formatQuantity(arrows.length, 'arrow')} between ${formatQuantity(boxes.length, 'box', 'boxes')}, busiest first. ${said.join('; ')}${more}.`;
}

const MOST_SAID = 12;
const MOST_SERVICES = 12;

function arrowText({ kind, connections, edges }: MapArrow): string {
  const services = edges.slice(0, MOST_SERVICES).map((edge) => `${edge.service} ${formatCount(edge.connections)}`);
  const more = edges.length > services.length ? ` and ${edges.length - services.length} more services` : '';
  const how = kind === 'refused' ? ', all refused' : kind === 'unknown' ? ', opener unknown' : '';
  return `${formatQuantity(connections, 'connection')}${how} (${services.join(', ')}${more})`;
}

function drawBox({ id, node }: MapBox, layout: MapLayout): Markup {
  const place = layout.boxes.get(id);
  if (place === undefined) return NOTHING;
  const { x, y } = cornerOf(place);
  const middle = x + BOX_WIDTH / 2;
  const title = `${node.name}: ${formatQuantity(node.opened, 'connection')} opened, ${formatCount(node.received)} received`;
  return markup`<g class="box ${node.kind}"><title>${title}</title><rect x="${round(x)}" y="${round(y)}" width="${BOX_WIDTH}" height="${BOX_HEIGHT}" rx="7"/><text class="name" x="${round(middle)}" y="${round(y + 19)}">${fitText(node.name, NAME_CHARACTERS)}</text><text class="sort" x="${round(middle)}" y="${round(y + 34)}">${sortOf(id, node)}</text></g>`;
}

function sortOf(id: string, { kind, interfaces }: MapNode): string {
  if (kind === 'internet') return id === INTERNET_OUT ? 'as destination' : 'as source';
  if (kind === 'private') return 'no network known';
  if (kind === 'policies') return formatQuantity(interfaces, 'interface');
  return kind === 'network' ? 'network' : kind === 'zone' ? 'zone' : 'address block';
}

function drawArrow({ arrow, stations, isTurned }: ArrowRoute, layout: MapLayout): Markup {
  const path = stations.length === 0 ? loopPath(arrow, layout) : linePath(stations, arrow, isTurned);
  const head = arrow.kind === 'unknown' ? NOTHING : markup` marker-end="url(#map-head-${arrow.kind})"`;
  return markup`<path class="arrow ${arrow.kind}" d="${path}" stroke-width="${strokeOf(arrow)}"${head}><title>${arrowText(arrow)}</title></path>`;
}

/** From 1.2 for one connection by the decimal logarithm: 100,000 connections are 6.2 wide. */
function strokeOf({ connections }: MapArrow): string {
  return round(1.2 + Math.log10(Math.max(1, connections)));
}

function linePath(stations: readonly BoxPlace[], arrow: MapArrow, isTurned: boolean): string {
  const points = pointsOf(stations, arrow, isTurned);
  const ordered = isTurned ? [...points].reverse() : points;
  const [first, ...rest] = ordered;
  if (first === undefined) return '';
  const parts = rest.map((to, index) => curveTo(ordered[index] ?? first, to));
  return `M${round(first.x)} ${round(first.y)}${parts.join('')}`;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function curveTo(from: Point, to: Point): string {
  const half = (from.x + to.x) / 2;
  return `C${round(half)} ${round(from.y)} ${round(half)} ${round(to.y)} ${round(to.x)} ${round(to.y)}`;
}

/** From the right side of the left box to the left side of the right one, straight through the columns between. */
function pointsOf(stations: readonly BoxPlace[], arrow: MapArrow, isTurned: boolean): Point[] {
  const hasHead = arrow.kind !== 'unknown';
  const last = stations.length - 1;
  return stations.flatMap((place, index): Point[] => {
    const { x, y } = cornerOf(place);
    const middle = y + BOX_HEIGHT / 2;
    const left = { x: x - (hasHead && index === last && !isTurned ? HEAD : 0), y: middle };
    const right = { x: x + BOX_WIDTH + (hasHead && index === 0 && isTurned ? HEAD : 0), y: middle };
    if (index === 0) return [right];
    return index === last ? [left] : [left, right];
  });
}

/** Above the right corner of its own box. */
function loopPath(arrow: MapArrow, layout: MapLayout): string {
  const place = layout.boxes.get(arrow.source);
  if (place === undefined) return '';
  const { x, y } = cornerOf(place);
  const right = x + BOX_WIDTH;
  const tip = arrow.kind === 'unknown' ? y : y - HEAD;
  return `M${round(right - 52)} ${round(y)}C${round(right - 52)} ${round(y - 24)} ${round(right - 18)} ${round(y - 24)} ${round(right - 18)} ${round(tip)}`;
}

interface Label {
  readonly arrow: MapArrow;
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Beside the box that is opened to, in the middle of the gap; labels of one gap are moved apart. */
function placeLabels(layout: MapLayout): Label[] {
  const wished = layout.routes.map((route): Label & { readonly gap: string } => {
    const text = labelOf(route.arrow);
    if (route.stations.length === 0) {
      const place = layout.boxes.get(route.arrow.source) ?? { column: 0, row: 0 };
      const { x, y } = cornerOf(place);
      return { arrow: route.arrow, x: x + BOX_WIDTH - 35, y: y - 18, text, gap: `loops ${place.column}` };
    }
    const [from, to] = route.isTurned ? route.stations.slice(0, 2) : route.stations.slice(-2);
    const column = from?.column ?? 0;
    const x = MARGIN + column * COLUMN_WIDTH + BOX_WIDTH + (COLUMN_WIDTH - BOX_WIDTH) / 2;
    const y = TOP + (((from?.row ?? 0) + (to?.row ?? 0)) / 2) * ROW_HEIGHT + BOX_HEIGHT / 2;
    return { arrow: route.arrow, x, y, text, gap: `gap ${column}` };
  });
  const gaps = new Map<string, (Label & { readonly gap: string })[]>();
  for (const label of wished) gaps.set(label.gap, [...(gaps.get(label.gap) ?? []), label]);
  return [...gaps.values()].flatMap((labels) => movedApart(labels.sort((a, b) => a.y - b.y)));
}

function movedApart(labels: readonly Label[]): Label[] {
  const places = setApart(
    labels.map(({ y }) => y),
    labels.map(() => LABEL_HEIGHT),
  );
  return labels.map((label, index) => ({ ...label, y: places[index] ?? label.y }));
}

function labelOf({ edges, kind }: MapArrow): string {
  const [first] = edges;
  const more = edges.length > 1 ? ` +${edges.length - 1}` : '';
  return `${fitText(first?.service ?? '', LABEL_CHARACTERS - more.length)}${more}${kind === 'unknown' ? ' ?' : ''}`;
}

function drawLabel({ arrow, x, y, text }: Label): Markup {
  const width = [...text].length * CHARACTER_WIDTH + 8;
  return markup`<g class="label ${arrow.kind}"><title>${arrowText(arrow)}</title><rect x="${round(x - width / 2)}" y="${round(y - 7)}" width="${round(width)}" height="14" rx="3"/><text x="${round(x)}" y="${round(y + 3.5)}">${text}</text></g>`;
}

function cornerOf({ column, row }: BoxPlace): { readonly x: number; readonly y: number } {
  return { x: MARGIN + column * COLUMN_WIDTH, y: TOP + row * ROW_HEIGHT };
}

/** One decimal, so that equal results give equal bytes whatever the last bits are. */
function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '').replace(/^-0$/, '0');
}
