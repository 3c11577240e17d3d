import type { ApplicationMap, MapEdge } from '../../model/application-map.ts';
import type { AuditResult } from '../../model/audit-result.ts';
import { formatBytes, formatCount, formatQuantity } from '../number-format.ts';
import { MOST_ARROWS, MOST_BOXES, type PicturedMap, pictureOf } from './map-arrows.ts';
import { mapPicture } from './map-picture.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { type StaticColumn, staticTable } from './static-table.ts';

/** Who talks to whom on what: a picture of the busiest part, and the connections as a table. */
export function mapSection({ traffic }: AuditResult): Markup {
  const map = traffic?.applicationMap;
  if (map === undefined) return NOTHING;
  const pictured = pictureOf(map);
  const picture =
    pictured.arrows.length === 0
      ? NOTHING
      : markup`<div class="card map-card"><div class="scroll" tabindex="0" role="region" aria-label="Application map">${mapPicture(pictured)}</div>${legend(pictured)}</div>`;
  return markup`<section aria-labelledby="map"><h2 id="map">Application map</h2><p class="lead">${leadOf(map)}</p>
${picture}${hiddenText(pictured, map)}
<h3>Who talks to whom</h3><div class="card">${edgeTable(map)}</div></section>`;
}

const DETAIL_WORDS: Readonly<Record<ApplicationMap['detail'], string>> = {
  services: '',
  protocols: ' There are too many combinations of places and ports, so that ports are summed up.',
  nodes: ' There are too many combinations of interfaces and protocols, so that whole places are counted and ports summed up.',
  private: ' There are too many networks, so that all private addresses are one place and ports are summed up.',
};

function leadOf({ total, perInterface, detail }: ApplicationMap): string {
  const apart =
    perInterface === 0
      ? ''
      : ` ${formatQuantity(perInterface, 'connection')} ${perInterface === 1 ? 'was' : 'were'} logged only by interfaces that belong to neither side, and can be counted once for each of these.`;
  return `${formatQuantity(total.connections, 'connection')} between ${formatQuantity(total.nodes, 'place')}, each counted once however many interfaces logged it (${formatQuantity(total.sightings, 'sighting')}).${apart}${DETAIL_WORDS[detail]}`;
}

function legend({ arrows }: PicturedMap): Markup {
  const has = (kind: string): boolean => arrows.some((arrow) => arrow.kind === kind);
  const items = [
    ...(has('open') ? ['solid: opened in the direction of the arrow; the wider the more connections (logarithmic)'] : []),
    ...(has('refused') ? ['dashed: only refused'] : []),
    ...(has('unknown') ? ['dotted, with a question mark: nobody knows which side opened'] : []),
  ];
  return markup`<ul class="legend">${items.map((item) => markup`<li>${item}</li>`)}</ul>`;
}

/** What the picture leaves out; nothing when it shows everything. */
function hiddenText({ hidden, refusedBeside }: PicturedMap, { omitted }: ApplicationMap): Markup {
  const sentences = [
    ...(refusedBeside.edges === 0
      ? []
      : [
          `Not drawn: ${formatQuantity(refusedBeside.connections, 'refused connection')} on ${formatQuantity(refusedBeside.edges, 'service')} between places that also talk; the table has them.`,
        ]),
    ...(hidden.edges === 0
      ? []
      : [
          `The picture shows the busiest ${MOST_BOXES} boxes and ${MOST_ARROWS} arrows at most; ${formatQuantity(hidden.connections, 'connection')} on ${formatQuantity(hidden.edges, 'further line')} of the table ${hidden.edges === 1 ? 'is' : 'are'} not in it.`,
        ]),
    ...(omitted.edges === 0
      ? []
      : [
          `Beyond the bounds of audit.json, and only summed up there: ${formatQuantity(omitted.edges, 'line')} with ${formatQuantity(omitted.connections, 'connection')}, ${formatQuantity(omitted.nodes, 'place')}.`,
        ]),
  ];
  return sentences.length === 0 ? NOTHING : markup`<p class="muted small">${sentences.join(' ')}</p>`;
}

const COLUMNS: readonly StaticColumn[] = [
  { label: 'From', kind: 'text' },
  { label: 'To', kind: 'text' },
  { label: 'Service', kind: 'word' },
  { label: 'Opener', kind: 'word' },
  { label: 'Connections', kind: 'number' },
  { label: 'Refused', kind: 'number' },
  { label: 'Answered', kind: 'number' },
  { label: 'Volume', kind: 'number' },
  { label: 'First and last day', kind: 'word' },
];

/** The busiest; map.csv and audit.json have all. */
const ROWS_SHOWN = 40;

function edgeTable({ nodes, edges, total }: ApplicationMap): Markup {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const rows = edges
    .slice(0, ROWS_SHOWN)
    .map((edge) => [
      names.get(edge.source) ?? edge.source,
      names.get(edge.destination) ?? edge.destination,
      markup`<code>${edge.service}</code>`,
      edge.orientation,
      formatCount(edge.connections),
      edge.rejected === 0 ? '' : formatCount(edge.rejected),
      formatCount(edge.answered),
      formatBytes(edge.bytes),
      daysOf(edge),
    ]);
  return staticTable(COLUMNS, rows, total.edges, 'No connection was logged.');
}

function daysOf({ firstDay, lastDay }: MapEdge): string {
  if (firstDay === null || lastDay === null) return 'no time in the log';
  return firstDay === lastDay ? firstDay : `${firstDay} to ${lastDay}`;
}
