import type { Policy } from '../../model/policy.ts';
import type { QueryRule } from '../../model/query-answer.ts';
import { DEFAULT_RULE } from '../../model/rule.ts';
import { formatShare } from '../structure/packet-shares.ts';
import { STRIDE } from '../trace/box-table.ts';
import { decisionsOf } from '../trace/decisions.ts';
import { divide, type Piece } from '../trace/divide.ts';
import { OverlapFinder } from '../trace/overlap-finder.ts';
import { NO_PACKETS } from '../trace/packet-count.ts';
import type { PacketCount } from '../trace/packets.ts';
import { DeciderFinder, POINT_DENIES, POINT_PERMITS, PointJudge } from '../trace/point-judge.ts';
import { ProgramEvaluator, Trails } from '../trace/program-evaluator.ts';
import { type ExtraAxis, PACKET_AXES } from '../trace/trace-axes.ts';
import { createTraceContext } from '../trace/trace-context.ts';
import type { TraceProgram, TraceSpace } from '../trace/trace-space.ts';
import { toTotal } from './areas.ts';
import { boxesOf, type CompiledPoint, countPieces } from './compiled-point.ts';
import type { PointLayer } from './enforcement-points.ts';

/** Every rule that surely decides some of the packets, or may. By layer, then in evaluation order, the default last. */
export function findRules(
  asked: CompiledPoint,
  layers: readonly PointLayer[],
  pieces: readonly Piece[],
  total: PacketCount,
  budget: number,
): QueryRule[] {
  return layers.flatMap(({ policies }, l) =>
    policies.flatMap((policy, p) => {
      const program = asked.layers[l]?.[p] as TraceProgram;
      const looked = asked.looked[l] as TraceProgram;
      const counts =
        policy.evaluation === 'any-permit'
          ? countMatched(asked.space, looked, program, budget)
          : countDecided(asked.space, looked, program, looked === asked.region ? pieces : null, budget);
      return toQueryRules(asked, policy, program, counts, total);
    }),
  );
}

type Counts = ReadonlyMap<number, PacketCount | null>;

/**
 * In a list: packets that a rule decides whatever the conditions are; none for those that only some value of them brings into play.
 *
 * @param pieces of the region, null where they are still to be found
 */
function countDecided(
  space: TraceSpace,
  region: TraceProgram,
  program: TraceProgram,
  pieces: readonly Piece[] | null,
  budget: number,
): Counts {
  const decisions = decisionsOf(createTraceContext(space, program, budget), region.firstEntry);
  const counts = new Map<number, PacketCount | null>();
  if (decisions !== null) for (const { entry, packets } of decisions.deciders) counts.set(entry, packets);
  const isOpen = decisions === null || decisions.undecided.ipv4 > 0n || decisions.undecided.ipv6 > 0n;
  if (!isOpen) return counts;
  const finder = new DeciderFinder(space, [[program]]);
  let left = budget;
  const own = pieces ?? divide(space, [new PointJudge(space, [[region]])], { domain: boxesOf(region), budget, isWanted: () => true }) ?? [];
  for (const { bounds } of own) {
    const found = finder.find({ bounds, extra: [] }, left);
    left -= found.spent;
    for (const entry of [...found.permitting, ...found.denying]) {
      const known = entry < 0 ? -1 : entry;
      if (!counts.has(known)) counts.set(known, decisions === null ? null : NO_PACKETS);
    }
    if (found.complete) continue;
    // Who of them decides is not known: each may.
    for (const entry of entriesMeeting(space, region, program)) if (!counts.has(entry)) counts.set(entry, null);
    if (!counts.has(-1)) counts.set(-1, null);
    break;
  }
  return counts;
}

/** Entries whose hull meets that of the region. */
function entriesMeeting(space: TraceSpace, region: TraceProgram, program: TraceProgram): Set<number> {
  const { bounds, entryOf } = space.boxes;
  const finder = new OverlapFinder(space, program);
  const met = new Set<number>();
  for (const box of boxesOf(region)) {
    finder.collect(bounds.subarray(box * STRIDE, (box + 1) * STRIDE), program.firstBox, program.endBox, null);
    for (let i = 0; i < finder.count; i++) met.add(entryOf[finder.found[i] as number] as number);
  }
  return met;
}

/** Without order: packets that a rule matches whatever the conditions are. */
function countMatched(space: TraceSpace, region: TraceProgram, program: TraceProgram, budget: number): Counts {
  const counts = new Map<number, PacketCount | null>();
  const judge = new PointJudge(space, [[region]]);
  const { firstBox } = space;
  for (const entry of entriesMeeting(space, region, program)) {
    const own = Array.from({ length: (firstBox[entry + 1] ?? 0) - (firstBox[entry] ?? 0) }, (_, i) => (firstBox[entry] ?? 0) + i);
    const inside = (domain: readonly number[]): Piece[] | null =>
      divide(space, [judge], { domain, budget, isWanted: ([outcome]) => outcome === POINT_PERMITS });
    const all = inside(own);
    if (all?.length === 0) continue;
    const certain = own.some((box) => hasConditions(space, box, 'finite'))
      ? alwaysMatched(space, region, program, entry, budget)
      : inside(own.filter((box) => !hasConditions(space, box)));
    counts.set(entry, certain === null ? null : countPieces(space, certain));
  }
  return counts;
}

function hasConditions({ axes, boxes }: TraceSpace, box: number, kind?: ExtraAxis['kind']): boolean {
  return boxes.setAxis
    .subarray(boxes.setStart[box], boxes.setStart[box + 1])
    .some((axis) => axis >= PACKET_AXES && (kind === undefined || axes.extra[axis - PACKET_AXES]?.kind === kind));
}

/** Boxes that ask for different values of one axis may hold a packet together, whichever value it has. */
function alwaysMatched(space: TraceSpace, region: TraceProgram, program: TraceProgram, entry: number, budget: number): Piece[] | null {
  const removed = new Uint8Array(space.entries.length).fill(1);
  removed[entry] = 0;
  const trails = new Trails({ keepsNotes: false });
  const labelOf = new Int32Array(space.entries.length).fill(POINT_PERMITS);
  const judge = new ProgramEvaluator(space, program, trails, { labelOf, ofDefault: POINT_DENIES, removed });
  const matches = (outcome: number | undefined): boolean => outcome !== undefined && trails.labelOf(outcome) === POINT_PERMITS;
  const pieces = divide(space, [judge], { domain: boxesOf(region), budget, isWanted: ([outcome]) => matches(outcome) });
  return pieces?.filter(({ cases }) => cases.every(({ outcomes: [outcome] }) => matches(outcome))) ?? null;
}

function toQueryRules({ space }: CompiledPoint, policy: Policy, program: TraceProgram, counts: Counts, total: PacketCount): QueryRule[] {
  const byId = new Map(policy.rules.map((rule) => [rule.id, rule]));
  const position = (entry: number): number => (entry < 0 ? program.endEntry : entry);
  return [...counts]
    .sort(([a], [b]) => position(a) - position(b))
    .map(([entry, packets]): QueryRule => {
      const id = entry < 0 ? DEFAULT_RULE : (space.entries[entry]?.id ?? '');
      const rule = byId.get(id);
      return {
        policy: policy.id,
        rule: id,
        name: rule?.name ?? '',
        action: rule?.effect.verdict ?? policy.defaultAction,
        asWritten: rule?.asWritten ?? '',
        sourceRef: rule?.sourceRef ?? policy.sourceRef,
        packets: packets === null ? null : toTotal(packets),
        share: packets === null ? null : formatShare(packets, total),
        usage: null,
      };
    });
}
