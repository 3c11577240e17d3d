import { InputError } from '../../model/errors.ts';
import { type BoxTable, buildBoxTable } from './box-table.ts';
import { type MatchBox, toMatchBoxes } from './match-boxes.ts';
import { buildTraceAxes, type TraceAxes } from './trace-axes.ts';
import type { Control, TraceEffect, TraceSource } from './trace-source.ts';

/** Programs over common axes. Entries, boxes and chains are numbered through: those of a program, and of a chain, are consecutive. */
export interface TraceSpace {
  readonly axes: TraceAxes;
  readonly boxes: BoxTable;
  readonly entries: readonly SpaceEntry[];
  /** For each entry: its effect, as an index into {@link effects}, and its control as one of the numbers below. */
  readonly effectOf: Int32Array;
  readonly controlOf: Uint8Array;
  /** For a jump or goto: the chain; else -1. */
  readonly targetOf: Int32Array;
  /** Boxes of entry e: firstBox[e] up to, not including, firstBox[e + 1]. */
  readonly firstBox: Int32Array;
  readonly chains: readonly SpaceChain[];
  /** Equal effects are one. */
  readonly effects: readonly TraceEffect[];
  readonly programs: readonly TraceProgram[];
}

export interface SpaceEntry {
  readonly id: string;
  readonly program: number;
  readonly chain: number;
}

export interface SpaceChain {
  readonly name: string;
  readonly firstEntry: number;
  readonly endEntry: number;
  readonly firstBox: number;
  readonly endBox: number;
}

export interface TraceProgram {
  readonly index: number;
  readonly name: string;
  readonly evaluation: TraceSource['evaluation'];
  readonly defaultEffect: number;
  readonly firstEntry: number;
  readonly endEntry: number;
  readonly firstBox: number;
  readonly endBox: number;
  /** The chain where evaluation begins. */
  readonly root: number;
  readonly firstChain: number;
  readonly endChain: number;
  /** One chain, of which every entry decides or goes on. */
  readonly isFlat: boolean;
  readonly entryOf: ReadonlyMap<string, number>;
}

export const CONTROL_DECIDE = 0;
export const CONTROL_CONTINUE = 1;
export const CONTROL_JUMP = 2;
export const CONTROL_GOTO = 3;
export const CONTROL_RETURN = 4;

const CONTROLS: Readonly<Record<Control['kind'], number>> = {
  decide: CONTROL_DECIDE,
  continue: CONTROL_CONTINUE,
  jump: CONTROL_JUMP,
  goto: CONTROL_GOTO,
  return: CONTROL_RETURN,
};

/**
 * Compiles programs to common axes, so that they can be traced against each other.
 *
 * @throws {InputError} when a chain is missing or leads back to itself, a name stands twice, or a decision has no verdict
 */
export function compileTrace(sources: readonly TraceSource[]): TraceSpace {
  const entries: SpaceEntry[] = [];
  const matchBoxes: MatchBox[] = [];
  const entryOfBox: number[] = [];
  const firstBox: number[] = [];
  const effectOf: number[] = [];
  const controlOf: number[] = [];
  const targetOf: number[] = [];
  const chains: SpaceChain[] = [];
  const programs: TraceProgram[] = [];
  const effects = new EffectTable();
  sources.forEach((source, index) => {
    const chainNumbers = numberChains(source, chains.length);
    const firstChain = chains.length;
    const firstEntry = entries.length;
    const firstBoxOfProgram = matchBoxes.length;
    const entryOf = new Map<string, number>();
    for (const chain of source.chains) {
      const start = { entry: entries.length, box: matchBoxes.length };
      for (const entry of chain.entries) {
        checkEntry(source, entry.id, entry.control, entry.effect, entryOf);
        const number = entries.length;
        entryOf.set(entry.id, number);
        entries.push({ id: entry.id, program: index, chain: chains.length });
        firstBox.push(matchBoxes.length);
        for (const box of toMatchBoxes(entry.match)) {
          matchBoxes.push(box);
          entryOfBox.push(number);
        }
        effectOf.push(effects.idOf(entry.effect));
        controlOf.push(CONTROLS[entry.control.kind]);
        targetOf.push('chain' in entry.control ? chainNumber(source, chainNumbers, entry.id, entry.control.chain) : -1);
      }
      chains.push({ name: chain.name, firstEntry: start.entry, endEntry: entries.length, firstBox: start.box, endBox: matchBoxes.length });
    }
    const controls = controlOf.slice(firstEntry);
    programs.push({
      index,
      name: source.name,
      evaluation: source.evaluation,
      defaultEffect: effects.idOf(source.defaultEffect),
      firstEntry,
      endEntry: entries.length,
      firstBox: firstBoxOfProgram,
      endBox: matchBoxes.length,
      root: firstChain,
      firstChain,
      endChain: chains.length,
      isFlat: source.chains.length === 1 && controls.every((control) => control === CONTROL_DECIDE || control === CONTROL_CONTINUE),
      entryOf,
    });
    checkAnyPermit(source, controls);
    checkLoops(source, chains, firstChain, targetOf);
  });
  firstBox.push(matchBoxes.length);
  const axes = buildTraceAxes(matchBoxes);
  return {
    axes,
    boxes: buildBoxTable(axes, matchBoxes, entryOfBox),
    entries,
    effectOf: Int32Array.from(effectOf),
    controlOf: Uint8Array.from(controlOf),
    targetOf: Int32Array.from(targetOf),
    firstBox: Int32Array.from(firstBox),
    chains,
    effects: effects.all,
    programs,
  };
}

class EffectTable {
  readonly all: TraceEffect[] = [];
  readonly #ids = new Map<string, number>();

  idOf(effect: TraceEffect): number {
    const attributes = Object.entries(effect.attributes);
    if (attributes.length > 1) attributes.sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify([effect.verdict, attributes]);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.all.length);
    this.all.push(effect);
    return this.all.length - 1;
  }
}

function numberChains(source: TraceSource, firstChain: number): Map<string, number> {
  const numbers = new Map<string, number>();
  if (source.chains.length === 0) throw new InputError(source.name, 'the policy has no chain; expected one in which evaluation begins');
  source.chains.forEach((chain, i) => {
    if (numbers.has(chain.name)) throw new InputError(source.name, `the chain ${chain.name} is defined twice; expected one definition`);
    numbers.set(chain.name, firstChain + i);
  });
  return numbers;
}

function chainNumber(source: TraceSource, numbers: ReadonlyMap<string, number>, id: string, chain: string): number {
  const number = numbers.get(chain);
  if (number === undefined)
    throw new InputError(source.name, `rule ${id} leads to the chain ${chain}, which is not defined; add its rules to the input`);
  return number;
}

function checkEntry(source: TraceSource, id: string, control: Control, effect: TraceEffect, known: ReadonlyMap<string, number>): void {
  if (known.has(id)) throw new InputError(source.name, `rule ${id} stands twice; expected ids that are unique in their policy`);
  if (control.kind === 'decide' && effect.verdict === null) {
    throw new InputError(source.name, `rule ${id} decides without a verdict; expected permit or deny`);
  }
}

function checkAnyPermit(source: TraceSource, controls: readonly number[]): void {
  if (source.evaluation !== 'any-permit') return;
  if (source.chains.length > 1 || controls.some((control) => control !== CONTROL_DECIDE)) {
    throw new InputError(source.name, 'an any-permit policy has chains or rules that do not decide; expected one list of deciding rules');
  }
}

/** Depth first over the chains that lead to each other, without recursion: a chain on the path that is met again is a loop. */
function checkLoops(source: TraceSource, chains: readonly SpaceChain[], firstChain: number, targetOf: readonly number[]): void {
  const targets = chains.slice(firstChain).map(({ firstEntry, endEntry }) => {
    const found = new Set<number>();
    for (let entry = firstEntry; entry < endEntry; entry++) if (targetOf[entry] !== -1) found.add(targetOf[entry] as number);
    return [...found];
  });
  const state = new Uint8Array(targets.length);
  for (let start = 0; start < targets.length; start++) {
    const path: { chain: number; next: number }[] = state[start] === 0 ? [{ chain: start, next: 0 }] : [];
    if (path.length > 0) state[start] = 1;
    while (path.length > 0) {
      const top = path[path.length - 1] as { chain: number; next: number };
      const target = targets[top.chain]?.[top.next++];
      if (target === undefined) {
        state[top.chain] = 2;
        path.pop();
      } else if (state[target - firstChain] === 1) {
        const names = [...path.map(({ chain }) => chain), target - firstChain].map((chain) => chains[firstChain + chain]?.name);
        throw new InputError(
          source.name,
          `the chains ${names.slice(names.indexOf(names.at(-1))).join(' → ')} lead back to themselves; expected chains without a loop`,
        );
      } else if (state[target - firstChain] === 0) {
        state[target - firstChain] = 1;
        path.push({ chain: target - firstChain, next: 0 });
      }
    }
  }
}

/** The entry of a rule in a program. */
export function entryOfRule(program: TraceProgram, rule: string): number {
  const entry = program.entryOf.get(rule);
  if (entry === undefined) throw new Error(`the rule ${rule} has no part in ${program.name}`);
  return entry;
}
