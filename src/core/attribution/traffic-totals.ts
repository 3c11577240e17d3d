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
  /** Exact flows, until there are too many of them; then null. The other list has no addresses and stays small. */
  #flows: Map<string, UnexplainedTotal> | null = new Map();
  readonly #coarse = new Map<string, UnexplainedTotal>();

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
  addUnexplained(batch: ConversationBatch, row: number, half: 0 | 1, crossing: Direction | null, reason: string): void {
    this.#unexplained += 1;
    const attachment = this.#dictionary.attachments[batch.attachment[row] ?? 0] ?? '';
    const action = loggedAction(batch.loggedAction[row] ?? 0);
    const fromA = half === 0;
    const service = this.#service(batch, row, fromA);
    count(this.#coarse, {
      attachment,
      direction: crossing,
      flow: `${service.protocol} any -> any${service.port}`,
      loggedAction: action,
      connections: 1,
      reason,
    });
    if (this.#flows === null) return;
    const source = this.#address(batch, (fromA ? batch.aAddress[row] : batch.bAddress[row]) ?? 0);
    const destination = this.#address(batch, (fromA ? batch.bAddress[row] : batch.aAddress[row]) ?? 0);
    const flow = `${service.protocol} ${source} -> ${destination}${service.port}`;
    count(this.#flows, { attachment, direction: crossing, flow, loggedAction: action, connections: 1, reason });
    if (this.#flows.size > MOST_FLOWS) this.#flows = null;
  }

  finish(): TrafficTotals {
    return {
      connections: this.connections,
      unattributable: this.#unattributable,
      unattributableAttachments: [...this.#unknownAttachments].map((index) => this.#dictionary.attachments[index] ?? '').sort(),
      unexplained: this.#unexplained,
      unexplainedFlows: [...(this.#flows ?? this.#coarse).values()].sort(byConnections).slice(0, MOST_LISTED),
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

  #service(batch: ConversationBatch, row: number, fromA: boolean): { protocol: string; port: string } {
    const port = (fromA ? batch.bPort[row] : batch.aPort[row]) ?? UNSEEN_PORT;
    return { protocol: formatProtocol(batch.protocol[row] ?? 0), port: port === UNSEEN_PORT ? '' : `:${port}` };
  }

  #address(batch: ConversationBatch, address: number): string {
    if (batch.family === 4) return formatAddress(4, BigInt(address));
    return `[${formatAddress(6, this.#dictionary.ipv6Addresses[address] ?? 0n)}]`;
  }
}

function loggedAction(action: number): 'accept' | 'reject' | '' {
  if (action === LOGGED_ACCEPT) return 'accept';
  return action === LOGGED_REJECT ? 'reject' : '';
}

function count(flows: Map<string, UnexplainedTotal>, flow: UnexplainedTotal): void {
  const key = `${flow.attachment}\n${flow.direction}\n${flow.flow}\n${flow.loggedAction}\n${flow.reason}`;
  const before = flows.get(key);
  flows.set(key, before === undefined ? flow : { ...before, connections: before.connections + 1 });
}

function byConnections(a: UnexplainedTotal, b: UnexplainedTotal): number {
  if (a.connections !== b.connections) return b.connections - a.connections;
  const left = `${a.attachment} ${a.direction} ${a.flow} ${a.loggedAction} ${a.reason}`;
  const right = `${b.attachment} ${b.direction} ${b.flow} ${b.loggedAction} ${b.reason}`;
  return left < right ? -1 : left > right ? 1 : 0;
}
