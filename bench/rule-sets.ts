import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Ipv4Boxes } from '../src/core/classify/rule-boxes.ts';

/** A set of rules as five inclusive ranges each: source, destination, source port, destination port, protocol. Ten numbers a rule. */
export interface RuleSet {
  readonly name: string;
  readonly count: number;
  readonly bounds: Uint32Array;
}

export const RULE_SETS = ['aws_100', 'aws_1000', 'aws_10000', 'acl1_1k', 'fw1_1k', 'ipc1_1k', 'acl1_10k', 'fw1_10k', 'ipc1_10k'] as const;

const LAST_IPV4 = 0xffffffff;
const LAST_PORT = 65535;
const LAST_PROTOCOL = 255;

/** One of {@link RULE_SETS}: `aws_N` is generated, the others are ClassBench files in `bench/data/classbench`, found from the repository's root. */
export function loadRuleSet(name: string): RuleSet {
  const generated = /^aws_(\d+)$/.exec(name);
  const rules = generated === null ? readClassBench(`bench/data/classbench/${name}.gz`) : generateAwsRules(Number(generated[1]));
  return { name, count: rules.length, bounds: Uint32Array.from(rules.flat()) };
}

/** The rules as certain boxes: what rules without ports ask for holds for unseen values too. */
export function toBoxes(set: RuleSet): Ipv4Boxes {
  const column = (k: number, lastSeen: number | null = null): Uint32Array =>
    Uint32Array.from({ length: set.count }, (_, rule) => {
      const value = set.bounds[rule * 10 + k] as number;
      return lastSeen !== null && value === lastSeen && set.bounds[rule * 10 + k - 1] === 0 ? lastSeen + 1 : value;
    });
  return {
    family: 4,
    count: set.count,
    ruleCount: set.count,
    rule: Uint32Array.from({ length: set.count }, (_, rule) => rule),
    certain: new Uint8Array(set.count).fill(1),
    addresses: { sourceFirst: column(0), sourceLast: column(1), destinationFirst: column(2), destinationLast: column(3) },
    sourcePortFirst: column(4),
    sourcePortLast: column(5, LAST_PORT),
    destinationPortFirst: column(6),
    destinationPortLast: column(7, LAST_PORT),
    protocolFirst: column(8),
    protocolLast: column(9, LAST_PROTOCOL),
  };
}

/** Flow tuples as columns. */
export interface Tuples {
  readonly count: number;
  readonly source: Uint32Array;
  readonly destination: Uint32Array;
  readonly sourcePort: Uint32Array;
  readonly destinationPort: Uint32Array;
  readonly protocol: Uint32Array;
}

/** Distinct tuples, each drawn from inside a random rule; the addresses of every tenth are drawn from everywhere. */
export function generateColdTuples(set: RuleSet, count: number): Tuples {
  const random = seededRandom(777);
  const tuples = emptyTuples(count);
  const seen = new DistinctTuples(tuples);
  for (let i = 0; i < count; ) {
    const rule = Math.floor(set.count * random()) * 10;
    const isBackground = random() < 0.1;
    const draw = (k: number, lastOfAll: number): number => {
      const first = isBackground && k < 4 ? 0 : (set.bounds[rule + k] as number);
      const last = isBackground && k < 4 ? lastOfAll : (set.bounds[rule + k + 1] as number);
      return first + Math.floor(random() * (last - first + 1));
    };
    tuples.source[i] = draw(0, LAST_IPV4);
    tuples.destination[i] = draw(2, LAST_IPV4);
    tuples.sourcePort[i] = draw(4, LAST_PORT);
    tuples.destinationPort[i] = draw(6, LAST_PORT);
    tuples.protocol[i] = draw(8, LAST_PROTOCOL);
    if (seen.add(i)) i++;
  }
  return tuples;
}

/** As many draws from the first 200,000 of the tuples, Zipf-like (the k-th about 1/k of the draws). */
export function drawHotTuples(cold: Tuples): Tuples {
  const random = seededRandom(778);
  const hot = emptyTuples(cold.count);
  const distinct = Math.min(200_000, cold.count);
  for (let i = 0; i < cold.count; i++) {
    const from = Math.floor(distinct ** random()) - 1;
    for (const key of COLUMNS) hot[key][i] = cold[key][from] as number;
  }
  return hot;
}

export const COLUMNS = ['source', 'destination', 'sourcePort', 'destinationPort', 'protocol'] as const;

function emptyTuples(count: number): Tuples {
  const column = (): Uint32Array => new Uint32Array(count);
  return { count, source: column(), destination: column(), sourcePort: column(), destinationPort: column(), protocol: column() };
}

class DistinctTuples {
  readonly #tuples: Tuples;
  readonly #slots: Int32Array;

  constructor(tuples: Tuples) {
    this.#tuples = tuples;
    this.#slots = new Int32Array(1 << Math.ceil(Math.log2(tuples.count * 2 + 2))).fill(-1);
  }

  /** False when an earlier tuple is the same. */
  add(index: number): boolean {
    const mask = this.#slots.length - 1;
    let slot = 0;
    for (const key of COLUMNS) slot = Math.imul(slot ^ (this.#tuples[key][index] as number), 0x9e3779b1) ^ (slot >>> 15);
    for (slot &= mask; ; slot = (slot + 1) & mask) {
      const other = this.#slots[slot] as number;
      if (other < 0) break;
      if (COLUMNS.every((key) => this.#tuples[key][other] === this.#tuples[key][index])) return false;
    }
    this.#slots[slot] = index;
    return true;
  }
}

/** `@src/len dst/len low : high low : high protocol/mask …` a line. */
function readClassBench(path: string): number[][] {
  const rules: number[][] = [];
  for (const line of gunzipSync(readFileSync(path)).toString('utf8').split('\n')) {
    if (!line.startsWith('@')) continue;
    const fields = line.slice(1).split(/\s+/);
    const field = (k: number): string => fields[k] ?? '';
    const [protocol = 0, mask = 0] = field(8)
      .split('/')
      .map((text) => Number.parseInt(text, 16));
    const protocols = mask === 0 ? [0, LAST_PROTOCOL] : [protocol, protocol];
    rules.push([
      ...parsePrefix(field(0)),
      ...parsePrefix(field(1)),
      Number(field(2)),
      Number(field(4)),
      Number(field(5)),
      Number(field(7)),
      ...protocols,
    ]);
  }
  return rules;
}

function parsePrefix(text: string): [number, number] {
  const [address = '', length = ''] = text.split('/');
  const value = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return prefixOf(value, Number(length));
}

function prefixOf(address: number, length: number): [number, number] {
  const size = 2 ** (32 - length);
  const first = Math.floor(address / size) * size;
  return [first, first + size - 1];
}

/** An evenly spaced selection of 10,000 rules over 24 VPCs: networks, subnets and hosts nested in each other, a tenth of them open to any address. */
function generateAwsRules(count: number): number[][] {
  const random = seededRandom(12345);
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const vpcs = Array.from({ length: 24 }, (_, i) => (10 << 24) | ((i * 7) << 16));
  const ports = [22, 25, 53, 80, 123, 389, 443, 445, 636, 1433, 1521, 3306, 3389, 5432, 5671, 6379, 8080, 8443, 9042, 9092, 9200, 27017];
  const prefix = (): [number, number] => {
    const kind = random();
    if (kind < 0.12) return [0, LAST_IPV4];
    if (kind < 0.22) return prefixOf(between(0x0b000000, 0xdfffffff), pick([8, 12, 16, 20, 24, 32]));
    const vpc = pick(vpcs);
    if (kind < 0.3) return prefixOf(vpc, 16);
    if (kind < 0.62) return prefixOf(vpc | (between(0, 15) << 12) | (between(0, 15) << 8), pick([20, 22, 24]));
    return prefixOf(vpc | (between(0, 15) << 12) | between(0, 4095), pick([26, 28, 32, 32, 32]));
  };
  const portRange = (): [number, number] => {
    const kind = random();
    if (kind < 0.68) {
      const port = pick(ports);
      return [port, port];
    }
    if (kind < 0.8) return [0, LAST_PORT];
    if (kind < 0.88) return [1024, LAST_PORT];
    const first = between(1024, 60000);
    return [first, first + between(1, 2000)];
  };
  const rules = Array.from({ length: 10_000 }, (_, i) => {
    const source = prefix();
    let destination = prefix();
    const isAnyToAny = source[1] - source[0] === LAST_IPV4 && destination[1] - destination[0] === LAST_IPV4;
    if (isAnyToAny) destination = prefixOf(vpcs[i % 24] as number, 16);
    const kind = random();
    const protocols = kind < 0.72 ? [6, 6] : kind < 0.88 ? [17, 17] : kind < 0.92 ? [1, 1] : [0, LAST_PROTOCOL];
    const sourcePorts = random() < 0.93 ? [0, LAST_PORT] : portRange();
    const destinationPorts = protocols[0] === 1 ? [0, LAST_PORT] : portRange();
    return [...source, ...destination, ...sourcePorts, ...destinationPorts, ...protocols];
  });
  return Array.from({ length: count }, (_, k) => rules[Math.floor((k * rules.length) / count)] as number[]);
}

/** Mulberry32: the same numbers on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
