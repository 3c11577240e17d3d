import { STRIDE } from '../trace/box-table.ts';
import { askWithoutEntry } from '../trace/removal.ts';
import type { TraceContext } from '../trace/trace-context.ts';
import { decidersOf, isDecomposable } from './elimination.ts';

/** Candidates that rely on each other, directly or through others: whether one of them may go depends on the rest of its component only. */
export interface Component {
  /** Ascending. */
  readonly entries: readonly number[];
  /** For each entry: those of the component that may decide for it once it is gone, or take its points otherwise. Empty: it relies on none. */
  readonly leansOn: ReadonlyMap<number, readonly number[]>;
  /** Sets of which at least one entry has to stay, so that the largest safe set is smaller by as many as are disjoint. */
  readonly conflicts: readonly (readonly number[])[];
}

export interface Division {
  /** Candidates that may go whatever happens to the others, and who decides for them: nobody among the candidates. */
  readonly free: ReadonlyMap<number, readonly number[]>;
  /** By their first entry; a single entry that may not go is a component of its own. */
  readonly components: readonly Component[];
}

/**
 * Divides candidates into those that may all go and components that have to be searched. Chains are one component without conflicts.
 *
 * @param decidersAlone who decides for the candidate when it alone goes, by its proof; null when there is none
 */
export function divideCandidates(
  context: TraceContext,
  candidates: readonly number[],
  decidersAlone: (candidate: number) => readonly number[] | null,
): Division {
  const all = [...candidates].sort((a, b) => a - b);
  if (!isDecomposable(context)) {
    return { free: new Map(), components: all.length === 0 ? [] : [{ entries: all, leansOn: new Map(), conflicts: [] }] };
  }
  const members = new Set(all);
  const independent = new Map<number, readonly number[]>();
  const leansOn = new Map<number, number[]>();
  for (const entry of all) {
    const alone = decidersAlone(entry);
    const deciders = alone !== null && !leansOnMember(context, entry, alone, members) ? alone : askIndependent(context, entry, members);
    if (deciders === null) leansOn.set(entry, overlapping(context, entry, members));
    else independent.set(entry, deciders);
  }
  const groups = groupLinked(all, leansOn);
  const components = groups
    .filter((entries) => entries.some((entry) => leansOn.has(entry)))
    .map((entries): Component => ({ entries, leansOn, conflicts: findConflicts(context, entries, leansOn, members) }));
  const bound = new Set(components.flatMap(({ entries }) => entries));
  return { free: new Map([...independent].filter(([entry]) => !bound.has(entry))), components };
}

/** Whether a proof names a candidate: one before the entry in a list took its points anyway, and those it decides are not its own. */
function leansOnMember({ program }: TraceContext, entry: number, deciders: readonly number[], members: ReadonlySet<number>): boolean {
  return deciders.some((decider) => members.has(decider) && (program.evaluation !== 'first-match' || decider > entry));
}

/**
 * Who decides for the entry when every candidate that could help it is gone and every one that could harm it stays; null when nobody does, or
 * the budget does not suffice to know.
 */
function askIndependent(context: TraceContext, entry: number, members: ReadonlySet<number>): number[] | null {
  const { effectOf } = context.space;
  const answer = askWithoutEntry(context, entry, (other) => members.has(other) && effectOf[other] === effectOf[entry]);
  return answer.kind === 'none' ? decidersOf(answer.proof) : null;
}

/** Candidates that overlap the entry and matter once it is gone: later ones, or in an unordered policy those with its effect. */
function overlapping(context: TraceContext, entry: number, members: ReadonlySet<number>): number[] {
  const { space, program } = context;
  const isOrdered = program.evaluation === 'first-match';
  const around = entriesAround(context, entry, isOrdered ? space.firstBox[entry + 1]! : program.firstBox, program.endBox, members);
  return [...around].filter((other) => isOrdered || space.effectOf[other] === space.effectOf[entry]).sort((a, b) => a - b);
}

/** Of the entries given, those whose boxes from `from` up to, not including, `to` overlap some box of an entry; itself not among them. */
export function entriesAround(context: TraceContext, entry: number, from: number, to: number, among: ReadonlySet<number>): Set<number> {
  const { space } = context;
  const found = new Set<number>();
  for (let box = space.firstBox[entry]!; box < space.firstBox[entry + 1]!; box++) {
    const hull = space.boxes.bounds.subarray(box * STRIDE, (box + 1) * STRIDE);
    for (const other of entriesIn(context, hull, from, to, among)) if (other !== entry) found.add(other);
  }
  return found;
}

function entriesIn({ space, finder }: TraceContext, bounds: Int32Array, from: number, to: number, among: ReadonlySet<number>): Set<number> {
  const found = new Set<number>();
  finder.collect(bounds, from, to, null);
  for (let i = 0; i < finder.count; i++) {
    const other = space.boxes.entryOf[finder.found[i]!]!;
    if (among.has(other)) found.add(other);
  }
  return found;
}

/** Groups by the links, each ascending, by their first entry. */
function groupLinked(entries: readonly number[], links: ReadonlyMap<number, readonly number[]>): number[][] {
  const leader = new Map(entries.map((entry) => [entry, entry]));
  const find = (entry: number): number => {
    let at = entry;
    for (let up = leader.get(at)!; up !== at; up = leader.get(at)!) {
      leader.set(at, leader.get(up)!);
      at = up;
    }
    return at;
  };
  for (const [entry, others] of links) for (const other of others) leader.set(find(other), find(entry));
  const groups = new Map<number, number[]>();
  for (const entry of entries) {
    const first = find(entry);
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}

/**
 * With every candidate gone, some point of an entry may have no decider with its effect: then one of the candidates at that point has to stay.
 * The smallest sets first, each disjoint from those before.
 */
function findConflicts(
  context: TraceContext,
  entries: readonly number[],
  leansOn: ReadonlyMap<number, readonly number[]>,
  members: ReadonlySet<number>,
): number[][] {
  const found: number[][] = [];
  for (const entry of entries) {
    if (!leansOn.has(entry)) continue;
    const answer = askWithoutEntry(context, entry, (other) => members.has(other));
    if (answer.kind !== 'found') continue;
    const around = entriesIn(context, answer.region.bounds, context.program.firstBox, context.program.endBox, members);
    const { effectOf } = context.space;
    const isOrdered = context.program.evaluation === 'first-match';
    found.push([...around].filter((other) => (isOrdered ? other >= entry : effectOf[other] === effectOf[entry])));
  }
  found.sort((a, b) => a.length - b.length || a[0]! - b[0]!);
  const used = new Set<number>();
  const disjoint: number[][] = [];
  for (const conflict of found) {
    if (conflict.some((entry) => used.has(entry))) continue;
    disjoint.push(conflict);
    for (const entry of conflict) used.add(entry);
  }
  return disjoint;
}
