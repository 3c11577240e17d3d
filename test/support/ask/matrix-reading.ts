import { type AddressFamily, type AddressRange, parseAddressRange } from '../../../src/model/address.ts';
import { parseProtocol } from '../../../src/model/service.ts';
import type { AddressClass, FamilyMatrix, MatrixCondition, MatrixPermission, ServiceMatrix } from '../../../src/model/service-matrix.ts';

/** What a cell is asked about, above the addresses. */
export interface AskedPoint {
  readonly protocol: number;
  /** For ICMP the type. */
  readonly sourcePort: number;
  /** For ICMP the code. */
  readonly destinationPort: number;
  /** By axis; `(any other)` for values that no rule names. */
  readonly finite: ReadonlyMap<string, string>;
  /** Unknown axes that answer yes. */
  readonly holding: ReadonlySet<string>;
}

/** Reads a matrix from its texts alone, as a person would. Throws where the texts contradict each other. */
export class MatrixReading {
  readonly #families: readonly FamilyReading[];
  readonly #functions: readonly (readonly PermissionReading[])[];

  constructor({ families, functions }: ServiceMatrix) {
    this.#families = families.map((family) => ({
      family: family.family,
      rows: family.rows.map((each) => rangesOf(each, family.family)),
      columns: family.columns.map((each) => rangesOf(each, family.family)),
      cells: family.cells,
    }));
    this.#functions = functions.map(({ permits }) => permits.map(toPermissionReading));
  }

  /** The function for two addresses. */
  cellAt(family: AddressFamily, source: bigint, destination: bigint): number {
    const reading = this.#families.find((each) => each.family === family);
    if (reading === undefined) throw new Error(`the matrix has no part for IPv${family}`);
    const row = classOf(reading.rows, source);
    const column = classOf(reading.columns, destination);
    const cell = reading.cells[row]?.[column];
    if (cell === undefined) throw new Error(`there is no cell for row ${row} and column ${column}`);
    return cell;
  }

  permits(cell: number, point: AskedPoint): boolean {
    const holding = this.#functions[cell]?.filter(({ serves }) => serves(point));
    if (holding === undefined) throw new Error(`there is no function ${cell}`);
    if (holding.length > 1) throw new Error(`two permissions of function ${cell} hold the same service`);
    return holding.some(({ when }) => conditionHolds(when, point));
  }
}

export function rangesOf({ addresses }: AddressClass, family: AddressFamily): AddressRange[] {
  return addresses.map((text) => {
    const parsed = parseAddressRange(text);
    if (!parsed.ok || parsed.range.family !== family || parsed.hostBitsMasked) throw new Error(`"${text}" is no range of IPv${family}`);
    return parsed.range;
  });
}

interface FamilyReading extends Pick<FamilyMatrix, 'family' | 'cells'> {
  readonly rows: readonly (readonly AddressRange[])[];
  readonly columns: readonly (readonly AddressRange[])[];
}

interface PermissionReading {
  serves(point: AskedPoint): boolean;
  readonly when: MatrixPermission['when'];
}

function classOf(classes: readonly (readonly AddressRange[])[], address: bigint): number {
  const holding = classes.flatMap((ranges, index) =>
    ranges.some(({ first, last }) => first <= address && address <= last) ? [index] : [],
  );
  if (holding.length !== 1) throw new Error(`the address ${address} is in ${holding.length} classes`);
  return holding[0] as number;
}

function toPermissionReading({ services, except, when }: MatrixPermission): PermissionReading {
  const terms = services.map(readTerm);
  const exceptions = except.map(readTerm);
  const serves = (point: AskedPoint): boolean => {
    const count = terms.filter((holds) => holds(point)).length;
    if (count > 1) throw new Error(`two of the services ${services.join('; ')} hold protocol ${point.protocol}`);
    return count === 1 && !exceptions.some((holds) => holds(point));
  };
  return { serves, when };
}

function conditionHolds(when: MatrixPermission['when'], point: AskedPoint): boolean {
  if (when === null) throw new Error('the condition is not listed');
  const holds = (condition: MatrixCondition): boolean =>
    condition.kind === 'unknown'
      ? point.holding.has(condition.axis) === condition.holds
      : condition.values.includes(point.finite.get(condition.axis) as string);
  return when.length === 0 || when.some((all) => all.every(holds));
}

const TERM =
  /^(?:protocols? )?(?<protocols>[a-z0-9,-]+)(?:\/(?<to>[\d,-]+))?(?: from port (?<from>[\d,-]+))?(?: type (?<type>[\d,-]+))?(?: code (?<code>[\d,-]+))?$/;

/** `tcp,udp/53 from port 1024-65535`, `icmp type 8 code 0`, `protocols 0-5,7-255`, `any`. */
export function readTerm(term: string): (point: Pick<AskedPoint, 'protocol' | 'sourcePort' | 'destinationPort'>) => boolean {
  if (term === 'any') return () => true;
  const groups = TERM.exec(term)?.groups;
  if (groups === undefined) throw new Error(`"${term}" is no service`);
  const protocols = (groups['protocols'] ?? '').split(',').flatMap((text) => {
    const protocol = parseProtocol(text);
    return protocol === null ? readRanges(text) : [[protocol, protocol] as const];
  });
  const [to, from, type, code] = ['to', 'from', 'type', 'code'].map((name) => readRanges(groups[name] ?? '0-65535'));
  return ({ protocol, sourcePort, destinationPort }) =>
    isIn(protocols, protocol) &&
    isIn(to, destinationPort) &&
    isIn(code, destinationPort) &&
    isIn(from, sourcePort) &&
    isIn(type, sourcePort);
}

function readRanges(list: string): (readonly [number, number])[] {
  return list.split(',').map((text) => {
    const [first = '', last = first] = text.split('-');
    return [Number(first), Number(last)];
  });
}

function isIn(ranges: readonly (readonly [number, number])[] | undefined, value: number): boolean {
  return ranges?.some(([first, last]) => first <= value && value <= last) === true;
}
