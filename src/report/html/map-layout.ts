import { INTERNET_OUT, type MapArrow, type PicturedMap } from './map-arrows.ts';

/** Where a box stands: its column from the left, and its middle in units of rows from the top. */
export interface BoxPlace {
  readonly column: number;
  readonly row: number;
}

/** An arrow as the stations it passes, one in each column from left to right; `isTurned`: it points from right to left. A loop has none. */
export interface ArrowRoute {
  readonly arrow: MapArrow;
  readonly stations: readonly BoxPlace[];
  readonly isTurned: boolean;
}

export interface MapLayout {
  readonly boxes: ReadonlyMap<string, BoxPlace>;
  readonly routes: readonly ArrowRoute[];
  readonly columns: number;
  /** Rows from the first middle to the last. */
  readonly rows: number;
}

interface Link {
  readonly arrow: MapArrow;
  readonly from: string;
  readonly to: string;
  readonly isTurned: boolean;
}

/**
 * Columns from left to right in the direction in which most connections are opened, as Sugiyama's method draws layers: the busiest arrows decide, those that
 * would close a circle point back. Inside a column boxes stand near what they talk to. Deterministic; meant for a few dozen boxes.
 */
export function layOut({ boxes, arrows }: Pick<PicturedMap, 'boxes' | 'arrows'>): MapLayout {
  const ids = boxes.map(({ id }) => id);
  const links = directLinks(arrows.filter(({ source, destination }) => source !== destination));
  const columnOf = columnsOf(ids, links);
  const stationsOf = new Map<Link, string[]>();
  const columns: string[][] = [];
  const put = (column: number, station: string): void => {
    while (columns.length <= column) columns.push([]);
    columns[column]?.push(station);
  };
  for (const id of ids) put(columnOf.get(id) ?? 0, id);
  links.forEach((link, index) => {
    const stations = [link.from];
    for (let column = (columnOf.get(link.from) ?? 0) + 1; column < (columnOf.get(link.to) ?? 0); column += 1) {
      const station = `${index} ${column}`;
      put(column, station);
      stations.push(station);
    }
    stationsOf.set(link, [...stations, link.to]);
  });
  const loops = arrows.filter(({ source, destination }) => source === destination);
  const looped = new Set(loops.map(({ source }) => source));
  const room = (station: string): number => (looped.has(station) ? LOOPED_ROOM : columnOf.has(station) ? BOX_ROOM : LINE_ROOM);
  const rowOf = rowsOf(columns, [...stationsOf.values()], room);
  const place = new Map(columns.flatMap((stations, column) => stations.map((id) => [id, { column, row: rowOf.get(id) ?? 0 }] as const)));
  const routes = links.map((link) => ({
    arrow: link.arrow,
    isTurned: link.isTurned,
    stations: (stationsOf.get(link) ?? []).flatMap((station) => place.get(station) ?? []),
  }));
  return {
    boxes: new Map(ids.flatMap((id) => (place.has(id) ? [[id, place.get(id) as BoxPlace] as const] : []))),
    routes: [...routes, ...loops.map((arrow) => ({ arrow, stations: [], isTurned: false }))],
    columns: columns.length,
    rows: Math.max(0, ...[...place.values()].map(({ row }) => row)),
  };
}

/** Every arrow from left to right: turned where the busier ones already lead the other way. */
function directLinks(arrows: readonly MapArrow[]): Link[] {
  const next = new Map<string, string[]>();
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set([from]);
    const open = [from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === to) return true;
      for (const other of next.get(at) ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        open.push(other);
      }
    }
    return false;
  };
  const order = { open: 0, unknown: 1, refused: 2 } as const;
  return [...arrows]
    .sort((a, b) => order[a.kind] - order[b.kind])
    .map((arrow) => {
      const isTurned = reaches(arrow.destination, arrow.source);
      const [from, to] = isTurned ? [arrow.destination, arrow.source] : [arrow.source, arrow.destination];
      next.set(from, [...(next.get(from) ?? []), to]);
      return { arrow, from, to, isTurned };
    });
}

/** As far left as what leads to a box allows; then boxes that nothing leads to move right, up to what they lead to. The way out is the last column. */
function columnsOf(ids: readonly string[], links: readonly Link[]): Map<string, number> {
  const inside = ids.includes('internet') ? 1 : 0;
  const column = new Map(ids.map((id) => [id, id === 'internet' ? 0 : inside]));
  const at = (id: string): number => column.get(id) ?? 0;
  for (let round = 0; round < ids.length; round += 1) {
    for (const { from, to } of links) if (at(to) <= at(from)) column.set(to, at(from) + 1);
  }
  const entered = new Set(links.map(({ to }) => to));
  for (const id of ids) {
    if (entered.has(id) || id === 'internet') continue;
    const targets = links.filter(({ from, to }) => from === id && to !== INTERNET_OUT).map(({ to }) => at(to));
    if (targets.length > 0) column.set(id, Math.max(at(id), Math.min(...targets) - 1));
  }
  if (column.has(INTERNET_OUT)) {
    const inner = ids.filter((id) => id !== INTERNET_OUT).map(at);
    column.set(INTERNET_OUT, Math.max(...inner, 0) + 1);
  }
  return column;
}

const SWEEPS = 8;
/** In rows: a line that only passes needs less than a box, a loop stands out above its box. */
const LINE_ROOM = 0.45;
const BOX_ROOM = 1;
const LOOPED_ROOM = 1.5;

/** Orders the stations of each column by the middle of their neighbours, there and back, then spreads them as near to these as they fit. */
function rowsOf(columns: string[][], paths: readonly (readonly string[])[], room: (station: string) => number): Map<string, number> {
  const neighbours = new Map<string, string[]>();
  const connect = (a: string, b: string): void => {
    neighbours.set(a, [...(neighbours.get(a) ?? []), b]);
    neighbours.set(b, [...(neighbours.get(b) ?? []), a]);
  };
  for (const path of paths) for (const [index, station] of path.slice(1).entries()) connect(path[index] ?? '', station);
  const row = new Map<string, number>();
  for (const stations of columns) spread(stations, (id) => stations.indexOf(id), room, row);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const stations of sweep % 2 === 0 ? columns : [...columns].reverse()) {
      const wished = new Map(
        stations.map((id) => {
          const rows = (neighbours.get(id) ?? []).map((other) => row.get(other) ?? 0);
          return [id, rows.length === 0 ? (row.get(id) ?? 0) : rows.reduce((sum, each) => sum + each, 0) / rows.length];
        }),
      );
      const before = new Map(stations.map((id) => [id, row.get(id) ?? 0]));
      stations.sort(
        (a, b) => (wished.get(a) ?? 0) - (wished.get(b) ?? 0) || (before.get(a) ?? 0) - (before.get(b) ?? 0) || (a < b ? -1 : 1),
      );
      spread(stations, (id) => wished.get(id) ?? 0, room, row);
    }
  }
  const least = Math.min(0, ...row.values());
  return new Map([...row].map(([id, at]) => [id, at - least]));
}

function spread(stations: readonly string[], wish: (id: string) => number, room: (id: string) => number, row: Map<string, number>): void {
  const places = setApart(stations.map(wish), stations.map(room));
  stations.forEach((id, index) => {
    row.set(id, places[index] ?? 0);
  });
}

/**
 * Places as near to the wishes as the rooms around them allow (least squares), in the order given: whatever would overlap becomes one block around the
 * mean of its wishes.
 */
export function setApart(wishes: readonly number[], rooms: readonly number[]): number[] {
  const blocks: { start: number; sum: number; members: { readonly offset: number }[]; room: number }[] = [];
  wishes.forEach((wish, index) => {
    const room = rooms[index] ?? 0;
    let block = { start: wish - room / 2, sum: wish - room / 2, members: [{ offset: room / 2 }], room };
    for (let before = blocks.at(-1); before !== undefined && before.start + before.room > block.start; before = blocks.at(-1)) {
      blocks.pop();
      const moved = block.members.map(({ offset }) => ({ offset: offset + (before?.room ?? 0) }));
      const sum = before.sum + block.sum - before.room * block.members.length;
      const members = [...before.members, ...moved];
      block = { start: sum / members.length, sum, members, room: before.room + block.room };
    }
    blocks.push(block);
  });
  return blocks.flatMap(({ start, members }) => members.map(({ offset }) => start + offset));
}
