import { buildServiceMatrix, MATRIX_BUDGET } from '../../../src/core/matrix/service-matrix.ts';
import { ANY_OTHER_VALUE } from '../../../src/core/trace/trace-axes.ts';
import { type AddressRange, normaliseRanges } from '../../../src/model/address.ts';
import type { Region } from '../../../src/model/region-notation.ts';
import { ANY_SERVICE, type Service } from '../../../src/model/service.ts';
import type { FamilyMatrix, ServiceMatrix } from '../../../src/model/service-matrix.ts';
import { randomPolicy, randomRules, seededRandom } from '../trace/random-policies.ts';
import { TinyOracle } from '../trace/tiny-oracle.ts';
import { everyPoint, type TinyPoint, type TinyPolicy, type TinyUniverse } from '../trace/tiny-policy.ts';
import { cellStart, toTraceSource } from '../trace/tiny-to-model.ts';
import { type AskedPoint, MatrixReading, rangesOf } from './matrix-reading.ts';

/** An enforcement point over a tiny universe, and the part of it that is asked for. */
export interface MatrixCase {
  readonly universe: TinyUniverse;
  readonly layers: readonly (readonly TinyPolicy[])[];
  readonly asked: TinyAsked | null;
}

/** Cells and service points that are asked for. */
interface TinyAsked {
  readonly families: readonly (4 | 6)[];
  readonly source: readonly (readonly [number, number])[];
  readonly destination: readonly (readonly [number, number])[];
  readonly services: readonly Service[];
}

/**
 * Builds the matrix of a random enforcement point (lists, sets, chains, one layer or several, all of it or a region) and looks at every packet and every
 * value of the unknowns: the matrix says what the enumeration says, no two rows or columns are equal, and no two functions are.
 *
 * @throws {Error} when it does not
 */
export function checkMatrix(seed: number): void {
  const random = seededRandom(seed);
  const tinyCase = randomMatrixCase(random);
  checkMatrixOf(tinyCase, matrixOf(tinyCase));
}

export function matrixOf({ universe, layers, asked }: MatrixCase): ServiceMatrix {
  const sources = new Map(layers.flat().map((policy, index) => [policy, { ...toTraceSource(policy), name: `policy ${index}` }]));
  return buildServiceMatrix({
    name: 'tiny',
    layers: layers.map((layer) => layer.map((policy) => sources.get(policy) as NonNullable<ReturnType<typeof sources.get>>)),
    asked: asked === null ? null : toRegion(universe, asked),
    budget: MATRIX_BUDGET,
  });
}

export function randomMatrixCase(random: () => number): MatrixCase {
  const below = (end: number): number => Math.floor(random() * end);
  if (random() < 0.5) {
    // One cell says little: of two policies the one over the larger universe.
    const sizeOf = ({ sourceCells, destinationCells }: TinyUniverse): number => Math.min(sourceCells, 3) * Math.min(destinationCells, 3);
    const [{ policy: first }, { policy: second }] = [randomPolicy(random), randomPolicy(random)];
    const policy = sizeOf(first.universe) < sizeOf(second.universe) ? second : first;
    return { universe: policy.universe, layers: [[policy]], asked: randomAsked(random, policy.universe) };
  }
  const { universe, make } = randomRules(random);
  const policies = Array.from({ length: 1 + below(4) }, (): TinyPolicy => {
    const evaluation = random() < 0.5 ? 'first-match' : 'any-permit';
    const defaultVerdict = evaluation === 'first-match' && random() < 0.3 ? 'permit' : 'deny';
    return { universe, evaluation, defaultVerdict, chains: [make(evaluation)] };
  });
  // A policy may stand in several layers; now and then a layer is without any, or there is none.
  const layers = Array.from({ length: random() < 0.04 ? 0 : 1 + below(3) }, () => {
    const chosen = policies.filter(() => random() < 0.6);
    return chosen.length === 0 && random() < 0.9 ? policies.slice(0, 1) : chosen;
  });
  return { universe, layers, asked: randomAsked(random, universe) };
}

function randomAsked(random: () => number, universe: TinyUniverse): TinyAsked | null {
  if (random() < 0.7) return null;
  const cells = (count: number): (readonly [number, number])[] => {
    const chosen = Array.from({ length: count }, (_, cell) => [cell, cell] as const).filter(() => random() < 0.8);
    return chosen.length === 0 ? [[0, count - 1]] : chosen;
  };
  const families = universe.families.filter(() => random() < 0.7);
  return {
    families: families.length === 0 ? universe.families : families,
    source: cells(universe.sourceCells),
    destination: cells(universe.destinationCells),
    services: random() < 0.5 ? [ANY_SERVICE] : ASKED_SERVICES.filter(() => random() < 0.5).concat(ASKED_SERVICES[0] as Service),
  };
}

const TCP: Service = { ...ANY_SERVICE, protocolFirst: 6, protocolLast: 6 };
const ASKED_SERVICES: readonly Service[] = [
  { ...TCP, destinationPort: { first: 100, last: 199 } },
  { ...TCP, destinationPort: { first: 100, last: 65535 } },
  { ...TCP, sourcePort: { first: 0, last: 65535 }, destinationPort: { first: 0, last: 99 } },
];

/** @throws {Error} when the matrix does not say what the enumeration says, or is larger than it has to be */
export function checkMatrixOf(tinyCase: MatrixCase, matrix: ServiceMatrix): void {
  if (!matrix.complete) throw new Error(`not complete: ${matrix.incompleteBecause.join()}`);
  const pairs = askedPairs(tinyCase);
  const isPermitted = enumerate(tinyCase);
  const stateNames = namesOfStates(tinyCase);
  const reading = new MatrixReading(matrix);
  const vectorOf = new Map<number, string>();
  for (const pair of pairs) {
    const cell = cellOfPair(tinyCase, reading, pair);
    let vector = '';
    for (const { tiny, place, packet } of pair.points) {
      const isWanted = isPermitted(place, packet);
      if (reading.permits(cell, toPoint(tinyCase.universe, stateNames, tiny, packet)) !== isWanted) {
        const where = `${JSON.stringify(tiny)} ${JSON.stringify(packet)}`;
        throw new Error(`${where}: the enumeration ${isWanted ? 'permits' : 'denies'}, function ${cell} does not`);
      }
      vector += isWanted ? '1' : '0';
    }
    vectorOf.set(cell, vector);
    pair.vector = vector;
  }
  const ofDefaults = checkOtherFamilies(tinyCase, matrix);
  expectEqual('functions that are used', new Set([...vectorOf.keys(), ...ofDefaults]).size, matrix.functions.length);
  expectEqual('functions that differ', new Set(vectorOf.values()).size, vectorOf.size);
  for (const family of matrix.families) if (tinyCase.universe.families.includes(family.family)) checkFamily(tinyCase, family, pairs);
}

/** A family of which the universe has no rule is asked about all the same: the defaults decide, in one cell. */
function checkOtherFamilies({ universe, layers }: MatrixCase, { families, functions }: ServiceMatrix): number[] {
  const extent = layers.every((layer) => layer.some(({ defaultVerdict }) => defaultVerdict === 'permit')) ? 'all' : 'none';
  return families.flatMap(({ family, cells }) => {
    if (universe.families.includes(family)) return [];
    const found = cells.flat();
    if (found.length !== 1 || functions[found[0] as number]?.extent !== extent)
      throw new Error(`IPv${family} is not one cell of ${extent}`);
    return found;
  });
}

type Packet = Pick<AskedPoint, 'protocol' | 'sourcePort' | 'destinationPort'>;

/** One cell of sources and one of destinations, with everything that can be asked about them. */
interface CellPair {
  readonly family: 4 | 6;
  readonly source: number;
  readonly destination: number;
  /** `place` is that among all points of the universe. */
  readonly points: readonly { readonly tiny: TinyPoint; readonly place: number; readonly packet: Packet }[];
  vector: string;
}

function askedPairs({ universe, asked }: MatrixCase): CellPair[] {
  const families = asked?.families ?? universe.families;
  const inside = (cell: number, cells: readonly (readonly [number, number])[] | undefined): boolean =>
    cells === undefined || cells.some(([first, last]) => first <= cell && cell <= last);
  const groups = new Map<string, { readonly tiny: TinyPoint; readonly place: number }[]>();
  for (const [place, tiny] of everyPoint(universe).entries()) {
    const { family, source, destination } = tiny;
    if (!families.includes(family) || !inside(source, asked?.source) || !inside(destination, asked?.destination)) continue;
    const key = `${family} ${source} ${destination}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [{ tiny, place }]);
    else known.push({ tiny, place });
  }
  return [...groups.values()].flatMap((points) => {
    const [first] = points;
    if (first === undefined) return [];
    const { family, source, destination } = first.tiny;
    const every = points.flatMap(({ tiny, place }) => packetsOf(universe, tiny.service).map((packet) => ({ tiny, place, packet })));
    return [{ family, source, destination, points: every, vector: '' }];
  });
}

/** Packets of a class: where a stretch of ports begins and where it ends. */
function packetsOf({ services }: TinyUniverse, service: number): Packet[] {
  const { protocol, sourcePort, destinationPort } = services[service] as TinyUniverse['services'][number];
  const isIcmp = protocol === 1 || protocol === 58;
  const packet = { protocol, sourcePort, destinationPort };
  if (isIcmp) return [packet, { ...packet, destinationPort: 255 }];
  if (![6, 17, 132].includes(protocol)) return [packet];
  return [packet, { ...packet, sourcePort: 0, destinationPort: destinationPort === 200 ? 65535 : destinationPort + 99 }];
}

/** What the layers permit and the question asks for, by looking at every rule. */
function enumerate({ layers, asked }: MatrixCase): (point: number, packet: Packet) => boolean {
  const oracles = new Map(layers.flat().map((policy) => [policy, new TinyOracle(policy)]));
  return (point, packet) => {
    const permits = (policy: TinyPolicy): boolean => oracles.get(policy)?.at(point).verdict === 'permit';
    if (asked !== null && !asked.services.some((service) => serviceHolds(service, packet))) return false;
    return layers.every((layer) => layer.some(permits));
  };
}

/** Of services that ask for protocol and ports only. */
function serviceHolds({ protocolFirst, protocolLast, sourcePort, destinationPort }: Service, packet: Packet): boolean {
  const isIn = (range: Service['sourcePort'], port: number): boolean => range === null || (range.first <= port && port <= range.last);
  const isProtocol = protocolFirst <= packet.protocol && packet.protocol <= protocolLast;
  return isProtocol && isIn(sourcePort, packet.sourcePort) && isIn(destinationPort, packet.destinationPort);
}

/** What a state is called in the matrix: states that no rule names are "any other". */
function namesOfStates({ universe, layers }: MatrixCase): readonly string[] {
  const boxes = layers.flat().flatMap(({ chains }) => chains.flat().flatMap((rule) => rule.boxes));
  const named = boxes
    .filter(({ source, destination }) => source.length > 0 && destination.length > 0)
    .flatMap(({ states }) => states ?? []);
  return universe.states.map((name, state) => (state < universe.states.length - 1 && named.includes(state) ? name : ANY_OTHER_VALUE));
}

function toPoint(universe: TinyUniverse, stateNames: readonly string[], tiny: TinyPoint, packet: Packet): AskedPoint {
  return {
    ...packet,
    finite: new Map([['state', stateNames[tiny.state] as string]]),
    holding: new Set(universe.unknowns.filter((_, unknown) => ((tiny.unknowns >> unknown) & 1) === 1)),
  };
}

/** The function for the lowest and for the highest addresses of the cells, which has to be the same. */
function cellOfPair({ universe }: MatrixCase, reading: MatrixReading, { family, source, destination }: CellPair): number {
  const { sourceCells, destinationCells } = universe;
  const lowest = reading.cellAt(family, cellStart(family, source, sourceCells), cellStart(family, destination, destinationCells));
  const highest = reading.cellAt(
    family,
    cellStart(family, source + 1, sourceCells) - 1n,
    cellStart(family, destination + 1, destinationCells) - 1n,
  );
  expectEqual('functions in a cell of the universe', highest, lowest);
  return lowest;
}

/** As many rows and columns as there are different ones, and not an address too many. */
function checkFamily({ universe }: MatrixCase, { family, rows, columns }: FamilyMatrix, pairs: readonly CellPair[]): void {
  const own = pairs.filter((pair) => pair.family === family);
  const distinct = (side: 'source' | 'destination'): number => {
    const vectors = new Map<number, string>();
    for (const pair of own) vectors.set(pair[side], `${vectors.get(pair[side]) ?? ''}${pair.vector},`);
    return new Set(vectors.values()).size;
  };
  expectEqual(`rows of IPv${family}`, rows.length, distinct('source'));
  expectEqual(`columns of IPv${family}`, columns.length, distinct('destination'));
  const total = (ranges: readonly AddressRange[]): bigint => ranges.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
  const cellsOf = (side: 'source' | 'destination', count: number): AddressRange[] =>
    [...new Set(own.map((pair) => pair[side]))].map((cell) => ({
      family,
      first: cellStart(family, cell, count),
      last: cellStart(family, cell + 1, count) - 1n,
    }));
  const inClasses = (classes: FamilyMatrix['rows']): bigint => total(classes.flatMap((each) => rangesOf(each, family)));
  expectEqual(`sources of IPv${family}`, inClasses(rows), total(cellsOf('source', universe.sourceCells)));
  expectEqual(`destinations of IPv${family}`, inClasses(columns), total(cellsOf('destination', universe.destinationCells)));
}

function expectEqual<Value extends number | bigint>(what: string, found: Value, expected: Value): void {
  if (found !== expected) throw new Error(`${what}: expected ${expected}, found ${found}`);
}

function toRegion(universe: TinyUniverse, { families, source, destination, services }: TinyAsked): Region {
  const side = (cells: TinyAsked['source'], count: number): AddressRange[] =>
    normaliseRanges(
      families.flatMap((family) =>
        cells.map(([first, last]) => ({ family, first: cellStart(family, first, count), last: cellStart(family, last + 1, count) - 1n })),
      ),
    );
  return {
    families,
    source: side(source, universe.sourceCells),
    destination: side(destination, universe.destinationCells),
    services,
  };
}
