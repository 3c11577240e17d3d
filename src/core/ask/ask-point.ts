import { subtractRanges } from '../../model/address-sets.ts';
import type { Direction, Policy } from '../../model/policy.ts';
import type { QueryArea, QueryPoint, QueryRule } from '../../model/query-answer.ts';
import { formatRegion, type Region, toMatchProducts } from '../../model/region-notation.ts';
import { DEFAULT_RULE } from '../../model/rule.ts';
import { compareShares, formatShare } from '../structure/packet-shares.ts';
import { STRIDE } from '../trace/box-table.ts';
import { decisionsOf } from '../trace/decisions.ts';
import { divide, type Piece } from '../trace/divide.ts';
import { exceptionName, toExceptionSource } from '../trace/layers.ts';
import { addCounts, countRegion, NO_PACKETS } from '../trace/packet-count.ts';
import type { PacketCount } from '../trace/packets.ts';
import { DeciderFinder, POINT_DENIES, POINT_PERMITS, PointJudge, type PointLayers } from '../trace/point-judge.ts';
import { ProgramEvaluator, Trails } from '../trace/program-evaluator.ts';
import { type ExtraAxis, PACKET_AXES } from '../trace/trace-axes.ts';
import { createTraceContext } from '../trace/trace-context.ts';
import { DECIDE, type TraceSource, toTraceSource } from '../trace/trace-source.ts';
import { compileTrace, type TraceProgram, type TraceSpace } from '../trace/trace-space.ts';
import { type CaseDeciders, groupPieces, type PieceGroup, toConditions, toPacketSet, toRules, toTotal } from './areas.ts';
import { asInventoried } from './as-inventoried.ts';
import type { EnforcementPoint, PointLayer } from './enforcement-points.ts';

/** Regions that may be taken up: for the verdicts, for the counts of one policy, and for the rules behind all areas. */
export interface AskBudget {
  readonly verdicts: number;
  readonly counts: number;
  readonly deciders: number;
}

export const ASK_BUDGET: AskBudget = { verdicts: 2_000_000, counts: 300_000, deciders: 100_000 };

const MOST_AREAS = 100;
const MOST_RULES = 500;

/** What an enforcement point does with its part of the region; null when that takes more than the budget. No usage. */
export function askPoint(point: EnforcementPoint, budget: AskBudget): QueryPoint | null {
  const asked = compilePoint(point, point.region);
  const { space, layers } = asked;
  const domain = boxesOf(asked.region);
  const pieces = divide(space, [new PointJudge(space, layers)], { domain, budget: budget.verdicts, isWanted: () => true });
  if (pieces === null) return null;
  const total = countPieces(space, pieces);
  const groups = groupPieces(space, pieces, findDeciders(asked, budget.deciders)).map((group) => ({ group, verdict: verdictOf(group) }));
  const sumOf = (verdict: QueryArea['verdict']): PacketCount =>
    groups.filter((each) => each.verdict === verdict).reduce((sum, { group }) => addCounts(sum, group.packets), NO_PACKETS);
  const order = ['permitted', 'depends', 'denied'];
  groups.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || compareShares(a.group.packets, b.group.packets, total));
  const shown = groups.slice(0, MOST_AREAS);
  const hidden = groups.slice(MOST_AREAS);
  const areas = shown.map(({ group, verdict }) => toArea(asked, group, verdict));
  const rules = findRules(asked, point.layers, pieces, total, budget.counts);
  return {
    attachments: [...point.attachments],
    direction: point.direction,
    layers: point.layers.map(({ policies }) => policies.map(({ id }) => id)),
    region: [...formatRegion(point.region)],
    verdict: verdictOfAll(groups.map((each) => each.verdict)),
    asked: toTotal(total),
    permitted: toTotal(sumOf('permitted')),
    denied: toTotal(sumOf('denied')),
    depends: toTotal(sumOf('depends')),
    areas,
    areasOmitted:
      hidden.length === 0
        ? null
        : { count: hidden.length, packets: toTotal(hidden.reduce((sum, { group }) => addCounts(sum, group.packets), NO_PACKETS)) },
    rules: rules.slice(0, MOST_RULES),
    rulesOmitted: Math.max(0, rules.length - MOST_RULES),
  };
}

/** A point over common axes, with a region as one more program. */
export interface CompiledPoint {
  readonly space: TraceSpace;
  readonly layers: PointLayers;
  /** Permits what the region holds; one entry. */
  readonly region: TraceProgram;
  /** For each layer: the region without what the layer does not look at; the region itself where it looks at everything. */
  readonly looked: readonly TraceProgram[];
  /** Indexes of the programs that stand for what a layer does not look at. */
  readonly exceptions: ReadonlySet<number>;
  /** Null for what is no policy: exceptions, the region. */
  policyOf(program: number): string | null;
}

export function compilePoint({ layers, direction }: Pick<EnforcementPoint, 'layers' | 'direction'>, region: Region): CompiledPoint {
  const policies = new Map(layers.flatMap((layer) => layer.policies.map((policy) => [policy.id, policy] as const)));
  const exceptions = new Map<string, TraceSource>();
  const names = layers.map((layer) => {
    const name = direction === null ? null : exceptionName(direction, layerOf(layer));
    if (name !== null && direction !== null) exceptions.set(name, toExceptionSource({ direction, remotes: layer.exceptRemote }));
    return [...layer.policies.map(({ id }) => id), ...(name === null ? [] : [name])];
  });
  const sources = [...policies.values()].map((policy) => toTraceSource(asInventoried(policy)));
  const looked = layers.map(({ exceptRemote }) =>
    direction === null || exceptRemote.length === 0 ? region : withoutRemote(region, direction, exceptRemote),
  );
  const parts = looked.flatMap((part, l) => (part === region ? [] : [{ ...toRegionSource(part), name: partName(l) }]));
  const space = compileTrace([...sources, ...exceptions.values(), ...parts, toRegionSource(region)]);
  const byName = new Map(space.programs.map((program) => [program.name, program]));
  const whole = space.programs.at(-1) as TraceProgram;
  return {
    space,
    layers: names.map((layer) => layer.map((name) => byName.get(name) as TraceProgram)),
    region: whole,
    looked: looked.map((_, l) => byName.get(partName(l)) ?? whole),
    exceptions: new Set([...exceptions.keys()].map((name) => (byName.get(name) as TraceProgram).index)),
    policyOf: (program) => {
      const name = space.programs[program]?.name ?? '';
      return policies.has(name) ? name : null;
    },
  };
}

function layerOf({ policies, exceptRemote }: PointLayer): { policies: readonly string[]; exceptRemote: PointLayer['exceptRemote'] } {
  return { policies: policies.map(({ id }: Policy) => id), exceptRemote };
}

function withoutRemote(region: Region, direction: Direction, remotes: PointLayer['exceptRemote']): Region {
  const side = direction === 'in' ? 'source' : 'destination';
  return { ...region, [side]: subtractRanges(region[side], remotes) };
}

const REGION_NAME = '(asked)';

function partName(layer: number): string {
  return `(looked at by layer ${layer})`;
}

/** A region as a source of one permitting entry. */
export function toRegionSource(region: Region): TraceSource {
  const match = { products: toMatchProducts(region) };
  return {
    name: REGION_NAME,
    evaluation: 'any-permit',
    defaultEffect: { verdict: 'deny', attributes: {} },
    chains: [{ name: REGION_NAME, entries: [{ id: REGION_NAME, match, effect: { verdict: 'permit', attributes: {} }, control: DECIDE }] }],
  };
}

export function boxesOf({ firstBox, endBox }: TraceProgram): number[] {
  return Array.from({ length: endBox - firstBox }, (_, i) => firstBox + i);
}

export function countPieces(space: TraceSpace, pieces: readonly Piece[]): PacketCount {
  return pieces.reduce((sum, { bounds }) => addCounts(sum, countRegion(space, bounds)), NO_PACKETS);
}

function verdictOf({ cases }: PieceGroup): QueryArea['verdict'] {
  const verdicts = new Set(cases.map(({ outcomes }) => outcomes[0]));
  if (verdicts.size > 1) return 'depends';
  return verdicts.has(POINT_PERMITS) ? 'permitted' : 'denied';
}

function verdictOfAll(verdicts: readonly QueryArea['verdict'][]): QueryPoint['verdict'] {
  const [first] = verdicts;
  return first === undefined || verdicts.some((verdict) => verdict !== first) ? 'partly' : first;
}

/** Who permits in the cases that are permitted, and denies in the others, as long as the budget lasts. */
function findDeciders({ space, layers, exceptions }: CompiledPoint, budget: number): (piece: Piece) => CaseDeciders[] {
  const finder = new DeciderFinder(space, layers, exceptions);
  let left = budget;
  return ({ bounds, cases }) =>
    cases.map(({ conditions, outcomes }) => {
      const found = finder.find({ bounds, extra: conditions }, left);
      left -= found.spent;
      const entries = outcomes[0] === POINT_PERMITS ? found.permitting : found.denying;
      return { entries: [...entries].sort((a, b) => a - b), complete: found.complete };
    });
}

function toArea({ space, policyOf }: CompiledPoint, group: PieceGroup, verdict: QueryArea['verdict']): QueryArea {
  const cases = group.cases.map((one, i): QueryArea['cases'][number] => ({
    when: toConditions(space, one),
    decided: {
      verdict: one.outcomes[0] === POINT_PERMITS ? 'permit' : 'deny',
      attributes: {},
      by: toRules(space, group.deciders[i] ?? { entries: [], complete: false }, policyOf),
    },
  }));
  return { ...toPacketSet(space, group), verdict, cases };
}

/** Every rule that surely decides some of the packets, or may. By layer, then in evaluation order, the default last. */
function findRules(
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
  }
  return counts;
}

/** Without order: packets that a rule matches whatever the conditions are. */
function countMatched(space: TraceSpace, region: TraceProgram, program: TraceProgram, budget: number): Counts {
  const counts = new Map<number, PacketCount | null>();
  const judge = new PointJudge(space, [[region]]);
  const { boxes, firstBox } = space;
  const finder = createTraceContext(space, program, budget).finder;
  const met = new Set<number>();
  for (const box of boxesOf(region)) {
    finder.collect(boxes.bounds.subarray(box * STRIDE, (box + 1) * STRIDE), program.firstBox, program.endBox, null);
    for (let i = 0; i < finder.count; i++) met.add(boxes.entryOf[finder.found[i] as number] as number);
  }
  for (const entry of met) {
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
