/**
 * The notation of the enumeration oracle: policies over a universe that is small enough to look at every point of it. Each axis is divided
 * into a few cells, and rules speak of cells only, so that one point per cell stands for all of them. Shares no code with `src/core/trace`.
 */
export interface TinyUniverse {
  readonly families: readonly (4 | 6)[];
  readonly sourceCells: number;
  readonly destinationCells: number;
  readonly services: readonly TinyServicePoint[];
  readonly states: readonly string[];
  readonly unknowns: readonly string[];
}

/** A class of packets that every rule of the notation treats alike above the addresses. */
export interface TinyServicePoint {
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** How many packets it stands for. */
  readonly weight: bigint;
}

/** What a rule asks for above the addresses; ports and types as real values. */
export interface TinyService {
  readonly protocolFirst: number;
  readonly protocolLast: number;
  readonly sourcePorts: readonly [number, number] | null;
  readonly ports: readonly [number, number] | null;
  readonly type: number | null;
}

export interface TinyBox {
  readonly family: 4 | 6;
  /** Intervals of cells. */
  readonly source: readonly (readonly [number, number])[];
  readonly destination: readonly (readonly [number, number])[];
  readonly services: readonly TinyService[];
  /** Indexes into the universe's states; null: any. */
  readonly states: readonly number[] | null;
  /** Indexes into the universe's unknowns that must answer yes. */
  readonly unknowns: readonly number[];
  /** An unknown that stands as the membership of the source, of those in `unknowns`. */
  readonly member: number | null;
}

export type TinyControl = 'decide' | 'continue' | 'return' | { readonly jump: number } | { readonly goto: number };

export interface TinyRule {
  readonly id: string;
  readonly boxes: readonly TinyBox[];
  readonly verdict: 'permit' | 'deny' | null;
  readonly attribute: string;
  readonly control: TinyControl;
}

export interface TinyPolicy {
  readonly universe: TinyUniverse;
  readonly evaluation: 'first-match' | 'any-permit';
  readonly defaultVerdict: 'permit' | 'deny';
  /** Evaluation begins in the first. */
  readonly chains: readonly (readonly TinyRule[])[];
}

export interface TinyPoint {
  readonly family: 4 | 6;
  readonly source: number;
  readonly destination: number;
  readonly service: number;
  readonly state: number;
  /** Bit u: the answer of unknown u. */
  readonly unknowns: number;
}

/** Every point, those of one packet next to each other. */
export function everyPoint(universe: TinyUniverse): TinyPoint[] {
  const points: TinyPoint[] = [];
  for (const family of universe.families) {
    for (let source = 0; source < universe.sourceCells; source++) {
      for (let destination = 0; destination < universe.destinationCells; destination++) {
        for (let service = 0; service < universe.services.length; service++) {
          for (let state = 0; state < universe.states.length; state++) {
            for (let unknowns = 0; unknowns < 1 << universe.unknowns.length; unknowns++) {
              points.push({ family, source, destination, service, state, unknowns });
            }
          }
        }
      }
    }
  }
  return points;
}

export function tinyMatches(rule: TinyRule, point: TinyPoint, universe: TinyUniverse): boolean {
  const inside = (cell: number, cells: readonly (readonly [number, number])[]): boolean =>
    cells.some(([first, last]) => first <= cell && cell <= last);
  const packet = universe.services[point.service] as TinyServicePoint;
  return rule.boxes.some(
    (box) =>
      box.family === point.family &&
      inside(point.source, box.source) &&
      inside(point.destination, box.destination) &&
      box.services.some((service) => serviceMatches(service, packet)) &&
      (box.states === null || box.states.includes(point.state)) &&
      box.unknowns.every((unknown) => ((point.unknowns >> unknown) & 1) === 1),
  );
}

const WITH_PORTS = [6, 17, 33, 132, 136];

function serviceMatches(service: TinyService, packet: TinyServicePoint): boolean {
  if (packet.protocol < service.protocolFirst || packet.protocol > service.protocolLast) return false;
  const asksPorts = service.ports !== null || service.sourcePorts !== null;
  if (!asksPorts && service.type === null) return true;
  if (asksPorts && WITH_PORTS.includes(packet.protocol)) {
    const holds = (range: readonly [number, number] | null, port: number): boolean =>
      range === null || (range[0] <= port && port <= range[1]);
    return holds(service.sourcePorts, packet.sourcePort) && holds(service.ports, packet.destinationPort);
  }
  return service.type !== null && (packet.protocol === 1 || packet.protocol === 58) && packet.sourcePort === service.type;
}
