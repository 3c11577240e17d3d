import type { ApplicationMap, MapEdge, MapNode } from '../../model/application-map.ts';

/** Everything that one place opens to another, as one line of the picture. */
export interface MapArrow {
  readonly source: string;
  readonly destination: string;
  /** `refused`: none of it got through. `unknown`: nobody knows which side opened. */
  readonly kind: 'open' | 'refused' | 'unknown';
  readonly connections: number;
  /** Most connections first. */
  readonly edges: readonly MapEdge[];
}

/** A box of the picture. The internet is two: what comes from there stands left, what goes there right. */
export interface MapBox {
  readonly id: string;
  readonly node: MapNode;
}

export interface PicturedMap {
  readonly boxes: readonly MapBox[];
  /** Most connections first. */
  readonly arrows: readonly MapArrow[];
  /** Of the edges of the map that the picture does not show, refused ones between places that also talk apart. */
  readonly hidden: { readonly edges: number; readonly connections: number };
  readonly refusedBeside: { readonly edges: number; readonly connections: number };
}

export const MOST_BOXES = 24;
export const MOST_ARROWS = 40;
/** The id of the internet as a destination. */
export const INTERNET_OUT = 'internet (outwards)';

/** The busiest part of a map: arrows by their connections, as long as both boxes have room. */
export function pictureOf({ nodes, edges }: Pick<ApplicationMap, 'nodes' | 'edges'>): PicturedMap {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const talking = new Set(
    edges.filter((edge) => kindOf(edge) !== 'refused').map(({ source, destination }) => pairKey(source, destination)),
  );
  const beside = edges.filter((edge) => kindOf(edge) === 'refused' && talking.has(pairKey(edge.source, edge.destination)));
  const isBeside = new Set(beside);
  const boxes = new Map<string, MapBox>();
  const arrows: MapArrow[] = [];
  for (const arrow of toArrows(edges.filter((edge) => !isBeside.has(edge)))) {
    const ends = [
      { id: arrow.source, node: known.get(arrow.source) },
      { id: arrow.destination, node: known.get(arrow.destination === INTERNET_OUT ? 'internet' : arrow.destination) },
    ];
    const missing = new Set(ends.map(({ id }) => id).filter((id) => !boxes.has(id)));
    if (arrows.length === MOST_ARROWS || boxes.size + missing.size > MOST_BOXES) continue;
    for (const { id, node } of ends) if (node !== undefined) boxes.set(id, { id, node });
    arrows.push(arrow);
  }
  const shown = [...arrows.flatMap((arrow) => arrow.edges), ...beside];
  return {
    boxes: [...boxes.values()].sort((a, b) => compare(a.node.name, b.node.name) || compare(a.id, b.id)),
    arrows,
    hidden: { edges: edges.length - shown.length, connections: sum(edges) - sum(shown) },
    refusedBeside: { edges: beside.length, connections: sum(beside) },
  };
}

function toArrows(edges: readonly MapEdge[]): MapArrow[] {
  const groups = new Map<string, MapEdge[]>();
  for (const edge of edges) {
    const key = `${pairKey(edge.source, edge.destination)} ${kindOf(edge)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [edge]);
    else group.push(edge);
  }
  return [...groups.values()]
    .flatMap((group): MapArrow[] => {
      const [first] = group;
      if (first === undefined) return [];
      return [
        {
          source: first.source,
          destination: first.destination === 'internet' ? INTERNET_OUT : first.destination,
          kind: kindOf(first),
          connections: sum(group),
          edges: [...group].sort((a, b) => b.connections - a.connections || compare(a.service, b.service)),
        },
      ];
    })
    .sort((a, b) => b.connections - a.connections || compare(a.source, b.source) || compare(a.destination, b.destination));
}

function kindOf(edge: MapEdge): MapArrow['kind'] {
  if (edge.orientation === 'unknown') return 'unknown';
  return edge.connections > edge.rejected ? 'open' : 'refused';
}

function pairKey(source: string, destination: string): string {
  return JSON.stringify([source, destination]);
}

function sum(edges: readonly MapEdge[]): number {
  return edges.reduce((total, { connections }) => total + connections, 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
