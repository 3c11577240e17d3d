import {
  type ApplicationMap,
  type MapEdge,
  type MapNode,
  MOST_MAP_EDGES,
  MOST_MAP_NODES,
  type Orientation,
} from '../../model/application-map.ts';
import { type ConversationBatch, type FlowDictionary, UNSEEN_PORT, UNSEEN_PROTOCOL } from '../../model/flow.ts';
import type { RuleBase } from '../../model/policy.ts';
import { formatProtocol } from '../../model/service.ts';
import { formatTimestamp } from '../../model/time.ts';
import { Ends } from './ends.ts';
import { type Cell, MapBook, type MapBookOptions } from './map-book.ts';
import { type MapZone, type Place, placesOf } from './places.ts';
import { LIKELY, PROVEN, SEVERAL_PORTS } from './talk.ts';
import { type Counted, countOnce } from './views.ts';

/** Draws the map while conversations stream by. */
export interface MapDrawer {
  add(batch: ConversationBatch): void;
  finish(): ApplicationMap;
}

/** @param zones used where no network of the inventory holds an address */
export function drawMap(ruleBase: RuleBase, dictionary: FlowDictionary, zones: readonly MapZone[], bounds?: MapBookOptions): MapDrawer {
  const ends = new Ends(ruleBase.attachments, placesOf(ruleBase, zones), dictionary);
  const book = new MapBook(ends, bounds);
  return {
    add: (batch) => book.add(batch),
    finish: () => {
      const { cells, detail } = book.finish();
      return toMap(cells, detail, ends);
    },
  };
}

interface Edge {
  readonly source: Place;
  readonly destination: Place;
  readonly service: string;
  readonly orientation: Orientation;
  counted: Counted;
  sightings: number;
  refusedReplies: number;
  firstDay: number;
  lastDay: number;
}

function toMap(cells: readonly Cell[], detail: ApplicationMap['detail'], ends: Ends): ApplicationMap {
  const edges = edgesOf(cells, ends);
  const nodes = nodesOf(edges);
  const busiest = [...nodes].sort((a, b) => b.opened + b.received - (a.opened + a.received) || byKindAndName(a, b));
  const kept = busiest.slice(0, MOST_MAP_NODES).sort(byKindAndName);
  const keptIds = new Set(kept.map(({ id }) => id));
  const drawn = edges
    .filter(({ source, destination }) => keptIds.has(source.id) && keptIds.has(destination.id))
    .sort(byConnections)
    .slice(0, MOST_MAP_EDGES);
  const total = sumsOf(nodes.length, edges);
  const listed = sumsOf(kept.length, drawn);
  return {
    detail,
    nodes: kept,
    edges: drawn.map(toMapEdge),
    total: toSums(total),
    omitted: toSums({
      nodes: total.nodes - listed.nodes,
      edges: total.edges - listed.edges,
      connections: total.connections - listed.connections,
      sightings: total.sightings - listed.sightings,
      bytes: total.bytes - listed.bytes,
    }),
    perInterface: edges.reduce((sum, { counted }) => sum + counted.perInterface, 0),
  };
}

/** Cells of interfaces that belong to one place, added up. */
function edgesOf(cells: readonly Cell[], ends: Ends): Edge[] {
  const edges = new Map<string, Edge>();
  for (const cell of cells) {
    const counted = countOnce(cell.atSource, cell.atDestination, [...(cell.between?.values() ?? [])]);
    const orientation = cell.orientation === PROVEN ? 'proven' : cell.orientation === LIKELY ? 'likely' : 'unknown';
    const [from, to] = [ends.placeOf(cell.source), ends.placeOf(cell.destination)];
    const isTurned = orientation === 'unknown' && compare(to.id, from.id) < 0;
    const [source, destination] = isTurned ? [to, from] : [from, to];
    const service = serviceOf(cell);
    const key = JSON.stringify([source.id, destination.id, service, orientation]);
    const known = edges.get(key);
    const { sightings, refusedReplies, firstDay, lastDay } = cell;
    if (known === undefined) {
      edges.set(key, { source, destination, service, orientation, counted, sightings, refusedReplies, firstDay, lastDay });
      continue;
    }
    known.counted = addCounted(known.counted, counted);
    known.sightings += sightings;
    known.refusedReplies += refusedReplies;
    known.firstDay = Math.min(known.firstDay, firstDay);
    known.lastDay = Math.max(known.lastDay, lastDay);
  }
  return [...edges.values()];
}

function serviceOf({ protocol, port }: Cell): string {
  const name = protocol === UNSEEN_PROTOCOL ? 'unknown' : formatProtocol(protocol);
  if (port === SEVERAL_PORTS) return `${name}/several`;
  return port === UNSEEN_PORT ? name : `${name}/${port}`;
}

function addCounted(a: Counted, b: Counted): Counted {
  return {
    connections: a.connections + b.connections,
    accepted: a.accepted + b.accepted,
    rejected: a.rejected + b.rejected,
    undecided: a.undecided + b.undecided,
    answered: a.answered + b.answered,
    bytes: a.bytes + b.bytes,
    perInterface: a.perInterface + b.perInterface,
  };
}

function nodesOf(edges: readonly Edge[]): MapNode[] {
  const nodes = new Map<string, MapNode>();
  const add = ({ id, kind, name, interfaces }: Place, opened: number, received: number): void => {
    const before = nodes.get(id);
    nodes.set(id, { id, kind, name, interfaces, opened: (before?.opened ?? 0) + opened, received: (before?.received ?? 0) + received });
  };
  for (const { source, destination, orientation, counted } of edges) {
    const directed = orientation === 'unknown' ? 0 : counted.connections;
    add(source, directed, 0);
    add(destination, 0, directed);
  }
  return [...nodes.values()];
}

interface Sums {
  readonly nodes: number;
  readonly edges: number;
  readonly connections: number;
  readonly sightings: number;
  readonly bytes: number;
}

function sumsOf(nodes: number, edges: readonly Edge[]): Sums {
  const sum = (count: (edge: Edge) => number): number => edges.reduce((total, edge) => total + count(edge), 0);
  return {
    nodes,
    edges: edges.length,
    connections: sum(({ counted }) => counted.connections),
    sightings: sum(({ sightings }) => sightings),
    bytes: sum(({ counted }) => counted.bytes),
  };
}

function toSums(sums: Sums): ApplicationMap['total'] {
  return { ...sums, bytes: BigInt(sums.bytes).toString() };
}

function toMapEdge({ source, destination, service, orientation, counted, sightings, refusedReplies, firstDay, lastDay }: Edge): MapEdge {
  const { connections, accepted, rejected, undecided, answered, bytes } = counted;
  return {
    source: source.id,
    destination: destination.id,
    service,
    orientation,
    connections,
    accepted,
    rejected,
    undecided,
    answered,
    refusedReplies,
    sightings,
    bytes: BigInt(bytes).toString(),
    firstDay: toDay(firstDay),
    lastDay: toDay(lastDay),
  };
}

function toDay(day: number): string | null {
  return Number.isFinite(day) ? formatTimestamp(day * 86_400).slice(0, 10) : null;
}

const KINDS: readonly MapNode['kind'][] = ['internet', 'policies', 'network', 'zone', 'block', 'private'];

function byKindAndName(a: MapNode, b: MapNode): number {
  return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || compare(a.name, b.name) || compare(a.id, b.id);
}

function byConnections(a: Edge, b: Edge): number {
  return (
    b.counted.connections - a.counted.connections ||
    compare(a.source.id, b.source.id) ||
    compare(a.destination.id, b.destination.id) ||
    compare(a.service, b.service) ||
    compare(a.orientation, b.orientation)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
