import { formatAddress } from '../../model/address.ts';
import { type ConversationBatch, type FlowDictionary, LOGGED_ACCEPT, LOGGED_REJECT, UNSEEN_PORT } from '../../model/flow.ts';
import type { Direction } from '../../model/policy.ts';
import { formatProtocol } from '../../model/service.ts';
import type { Outcome } from './judge.ts';
import type { EnforcementPlan, Point } from './layers.ts';

/** More distinct flows than this are summed up without their addresses. */
const MOST_FLOWS = 20_000;
const MOST_LISTED = 100;

/** What became of all the connections, by enforcement point and layer. */
export interface TrafficTotals {
  readonly connections: number;
  readonly unattributable: number;
  /** Interfaces that logged traffic and that no inventory knows, sorted. */
  readonly unattributableAttachments: readonly string[];
  readonly unexplained: number;
  /** Most connections first. */
  readonly unexplainedFlows: readonly UnexplainedTotal[];
  /** In the order of the plan's points. */
  readonly points: readonly PointTotal[];
}

export interface PointTotal {
  readonly point: Point;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly decidedElsewhere: number;
}

export interface UnexplainedTotal {
  readonly attachment: string;
  readonly direction: Direction | null;
  readonly flow: string;
  readonly loggedAction: 'accept' | 'reject' | '';
  readonly connections: number;
  readonly reason: string;
}

interface UnexplainedKind {
  readonly attachment: number;
  readonly direction: Direction | null;
  readonly action: number;
  readonly protocol: number;
  readonly port: number;
  readonly reason: string;
}

const DIRECTIONS: readonly (Direction | null)[] = ['in', 'out', null];
const OUTCOMES: readonly Outcome[] = ['sole', 'shared', 'denied', 'unexplained', 'earlier-rules', 'undecided'];

export class TotalsBook {
  connections = 0;
  #unattributable = 0;
  #unexplained = 0;
  readonly #unknownAttachments = new Set<number>();
  readonly #outcomes: Float64Array;
  readonly #elsewhere: Float64Array;
  readonly #plan: EnforcementPlan;
  readonly #dictionary: FlowDictionary;
  /** Connections by kind and addresses, until there are too many of them; then null. The counts by kind alone stay small. */
  #flows: Map<string, number> | null = new Map();
  readonly #coarse = new Map<number, number>();
  readonly #kinds: UnexplainedKind[] = [];
  readonly #kindNumbers = new Map<number, number>();
  readonly #reasons: string[] = [];

  constructor(plan: EnforcementPlan, dictionary: FlowDictionary) {
    this.#plan = plan;
    this.#dictionary = dictionary;
    this.#outcomes = new Float64Array(plan.points.length * OUTCOMES.length);
    this.#elsewhere = new Float64Array(plan.points.length);
  }

  addUnattributable(attachment: number): void {
    this.#unattributable += 1;
    this.#unknownAttachments.add(attachment);
  }

  addOutcome(point: number, outcome: Outcome): void {
    const at = point * OUTCOMES.length + OUTCOMES.indexOf(outcome);
    this.#outcomes[at] = (this.#outcomes[at] ?? 0) + 1;
  }

  addDecidedElsewhere(point: number): void {
    this.#elsewhere[point] = (this.#elsewhere[point] ?? 0) + 1;
  }

  /** `half` 0 is a→b. */
  addUnexplained(batch: ConversationBatch, row: number, half: 0 | 1, direction: Direction | null, reason: string): void {
    this.#unexplained += 1;
    const fromA = half === 0;
    const kind = this.#kindOf({
      attachment: batch.attachment[row] ?? 0,
      direction,
      action: batch.loggedAction[row] ?? 0,
      protocol: batch.protocol[row] ?? 0,
      port: (fromA ? batch.bPort[row] : batch.aPort[row]) ?? UNSEEN_PORT,
      reason,
    });
    this.#coarse.set(kind, (this.#coarse.get(kind) ?? 0) + 1);
    if (this.#flows === null) return;
    const source = (fromA ? batch.aAddress[row] : batch.bAddress[row]) ?? 0;
    const destination = (fromA ? batch.bAddress[row] : batch.aAddress[row]) ?? 0;
    const key = `${kind} ${batch.family} ${source} ${destination}`;
    this.#flows.set(key, (this.#flows.get(key) ?? 0) + 1);
    if (this.#flows.size > MOST_FLOWS) this.#flows = null;
  }

  finish(): TrafficTotals {
    return {
      connections: this.connections,
      unattributable: this.#unattributable,
      unattributableAttachments: [...this.#unknownAttachments].map((index) => this.#dictionary.attachments[index] ?? '').sort(),
      unexplained: this.#unexplained,
      unexplainedFlows: this.#listUnexplained().sort(byConnections).slice(0, MOST_LISTED),
      points: this.#plan.points.map((point, index) => ({
        point,
        outcomes: Object.fromEntries(OUTCOMES.map((outcome, at) => [outcome, this.#outcomes[index * OUTCOMES.length + at] ?? 0])) as Record<
          Outcome,
          number
        >,
        decidedElsewhere: this.#elsewhere[index] ?? 0,
      })),
    };
  }

  /** A number for everything about a flow but its addresses, in order of appearance. */
  #kindOf(kind: UnexplainedKind): number {
    const packed =
      ((kind.attachment * 512 + kind.protocol) * 131_072 + kind.port) * 64 + DIRECTIONS.indexOf(kind.direction) * 16 + kind.action * 4;
    const key = packed + this.#reasonOf(kind.reason);
    const known = this.#kindNumbers.get(key);
    if (known !== undefined) return known;
    this.#kindNumbers.set(key, this.#kinds.length);
    this.#kinds.push(kind);
    return this.#kinds.length - 1;
  }

  #reasonOf(reason: string): number {
    const known = this.#reasons.indexOf(reason);
    return known >= 0 ? known : this.#reasons.push(reason) - 1;
  }

  #listUnexplained(): UnexplainedTotal[] {
    if (this.#flows === null) {
      return most([...this.#coarse]).map(([kind, connections]) => this.#describe(kind, 'any', 'any', connections));
    }
    return most([...this.#flows]).map(([key, connections]) => {
      const [kind = 0, family = 4, source = 0, destination = 0] = key.split(' ').map(Number);
      return this.#describe(kind, this.#address(family, source), this.#address(family, destination), connections);
    });
  }

  #describe(kind: number, source: string, destination: string, connections: number): UnexplainedTotal {
    const { attachment = 0, direction = null, action = 0, protocol = 0, port = UNSEEN_PORT, reason = '' } = this.#kinds[kind] ?? {};
    return {
      attachment: this.#dictionary.attachments[attachment] ?? '',
      direction,
      flow: `${formatProtocol(protocol)} ${source} -> ${destination}${port === UNSEEN_PORT ? '' : `:${port}`}`,
      loggedAction: loggedAction(action),
      connections,
      reason,
    };
  }

  #address(family: number, address: number): string {
    if (family === 4) return formatAddress(4, BigInt(address));
    return `[${formatAddress(6, this.#dictionary.ipv6Addresses[address] ?? 0n)}]`;
  }
}

function loggedAction(action: number): 'accept' | 'reject' | '' {
  if (action === LOGGED_ACCEPT) return 'accept';
  return action === LOGGED_REJECT ? 'reject' : '';
}

/** The entries that can be among the first when sorted: as many connections as the last one listed, or more. */
function most<Key>(entries: readonly (readonly [Key, number])[]): readonly (readonly [Key, number])[] {
  const counts = Float64Array.from(entries, ([, connections]) => connections).sort();
  const least = counts.at(-MOST_LISTED) ?? 0;
  return entries.filter(([, connections]) => connections >= least);
}

function byConnections(a: UnexplainedTotal, b: UnexplainedTotal): number {
  if (a.connections !== b.connections) return b.connections - a.connections;
  const left = `${a.attachment} ${a.direction} ${a.flow} ${a.loggedAction} ${a.reason}`;
  const right = `${b.attachment} ${b.direction} ${b.flow} ${b.loggedAction} ${b.reason}`;
  return left < right ? -1 : left > right ? 1 : 0;
}
