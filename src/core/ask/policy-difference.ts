import type { Decided } from '../../model/packet-area.ts';
import type { Policy } from '../../model/policy.ts';
import type { ChangedArea, ChangedRule, ChangeKind, PolicyDifference } from '../../model/policy-diff.ts';
import type { Rule } from '../../model/rule.ts';
import { compareShares } from '../structure/packet-shares.ts';
import { STRIDE } from '../trace/box-table.ts';
import { type ComparedSources, compileComparison } from '../trace/compare-policies.ts';
import { divideWithin, type Piece, type PieceCase } from '../trace/divide.ts';
import { OverlapFinder } from '../trace/overlap-finder.ts';
import { addCounts, NO_PACKETS } from '../trace/packet-count.ts';
import type { PacketCount } from '../trace/packets.ts';
import { DeciderFinder } from '../trace/point-judge.ts';
import { ProgramEvaluator, Trails } from '../trace/program-evaluator.ts';
import { toTraceSource } from '../trace/trace-source.ts';
import type { TraceProgram, TraceSpace } from '../trace/trace-space.ts';
import { type CaseDeciders, groupPieces, type PieceGroup, toConditions, toPacketSet, toRules, toTotal } from './areas.ts';
import { asInventoried } from './as-inventoried.ts';
import { findChangedRules, type RuleChange } from './changed-rules.ts';

/** Regions that may be taken up: to find what differs, and to find the rules behind it. */
export interface DifferenceBudget {
  readonly regions: number;
  /** For one box of a changed rule. */
  readonly regionsPerBox: number;
  readonly deciders: number;
}

export const DIFFERENCE_BUDGET: DifferenceBudget = { regions: 500_000, regionsPerBox: 60_000, deciders: 200_000 };

const MOST_AREAS = 200;
const MOST_RULES = 1000;

/** Rules that the change can touch: those that meet a rule that is not the same on both sides. By id. */
export interface TouchedRules {
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
}

/** A difference with what it rests on, for those who ask further. */
export interface TracedDifference {
  readonly difference: PolicyDifference;
  readonly touched: TouchedRules;
  /** Every changed area that was found, also those not listed. */
  readonly traced: { readonly space: TraceSpace; readonly after: TraceProgram; readonly groups: readonly ChangedGroup[] };
  readonly rules: readonly RuleChange[];
}

export interface ChangedGroup {
  readonly group: PieceGroup;
  readonly change: ChangeKind;
  /** One for each case. */
  readonly caseChanges: readonly CaseChange[];
}

/** Permitted now, denied now, or another effect with the same verdict. */
export type CaseChange = Exclude<ChangeKind, 'mixed'>;

/** What changes between two policies, for every packet and every value of the unknowns; null for a policy that is not there: it permits nothing. */
export function comparePolicyPair(before: Policy | null, after: Policy | null, budget: DifferenceBudget): TracedDifference {
  const old = before ?? absent(after);
  const now = after ?? absent(before);
  const rules = findChangedRules(old, now);
  const compared = compileComparison(toTraceSource(asInventoried(old)), toTraceSource(asInventoried(now)));
  const touched = findTouched(compared);
  const traced = traceDifference(old, now, compared, budget);
  const { space, groups, areaOf, unfinished } = traced;
  const isComplete = unfinished.length === 0;
  const sumOf = (...kinds: readonly ChangeKind[]): PacketCount =>
    groups.filter(({ change }) => kinds.includes(change)).reduce((sum, { group }) => addCounts(sum, group.packets), NO_PACKETS);
  const deciding = isComplete ? decidingRules(space, groups) : null;
  const hidden = groups.slice(MOST_AREAS);
  return {
    difference: {
      before: before?.id ?? null,
      after: after?.id ?? null,
      equal: groups.length > 0 ? false : isComplete ? true : 'unknown',
      complete: isComplete,
      widened: toTotal(sumOf('widened')),
      narrowed: toTotal(sumOf('narrowed')),
      otherwise: toTotal(sumOf('mixed', 'effect')),
      areas: groups.slice(0, MOST_AREAS).map(areaOf),
      areasOmitted:
        hidden.length === 0
          ? null
          : { count: hidden.length, packets: toTotal(hidden.reduce((sum, { group }) => addCounts(sum, group.packets), NO_PACKETS)) },
      rules: rules.slice(0, MOST_RULES).map((rule) => toChangedRule(rule, deciding)),
      rulesOmitted: Math.max(0, rules.length - MOST_RULES),
      notes: [...notesOf(before, after), ...scatteredNotes(unfinished)],
    },
    touched,
    traced: { space, after: compared.after, groups },
    rules,
  };
}

/** The other side of a policy that is new or gone: nothing is permitted. */
function absent(policy: Policy | null): Policy {
  if (policy === null) throw new Error('a comparison needs a policy on one side at least');
  return { ...policy, defaultAction: 'deny', rules: [] };
}

function notesOf(before: Policy | null, after: Policy | null): string[] {
  if (before === null) return ['The policy is new; it is compared with a policy that permits nothing.'];
  if (after === null) return ['The policy is gone; it is compared with a policy that permits nothing.'];
  const notes: string[] = [];
  const say = (what: string, old: string, now: string): void => {
    if (old !== now) notes.push(`${what}: ${old} before, ${now} now.`);
  };
  say('Default action', before.defaultAction, after.defaultAction);
  say('Evaluation', before.evaluation, after.evaluation);
  say('Stateful', before.stateful ? 'yes' : 'no', after.stateful ? 'yes' : 'no');
  const [old, now] = [before.attachments, after.attachments];
  if (old !== null && now !== null) {
    const added = now.filter((id) => !old.includes(id));
    const removed = old.filter((id) => !now.includes(id));
    if (added.length > 0) notes.push(`Now also on the interfaces ${shorten(added)}.`);
    if (removed.length > 0) notes.push(`No longer on the interfaces ${shorten(removed)}.`);
  }
  return notes;
}

function scatteredNotes(rules: readonly string[]): string[] {
  if (rules.length === 0) return [];
  return [
    `What changes through ${shorten(rules)} is scattered over too many places to be listed: what is listed is right, but not all of it, and the counts are lower bounds.`,
  ];
}

const MOST_NAMED = 10;

function shorten(names: readonly string[]): string {
  return names.length <= MOST_NAMED ? names.join(', ') : `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`;
}

interface Traced {
  readonly space: TraceSpace;
  /** Ids of changed rules of whose packets not all were looked at. */
  readonly unfinished: readonly string[];
  /** Widened first, then mixed, narrowed, effect; most packets first. */
  readonly groups: readonly ChangedGroup[];
  areaOf(changed: ChangedGroup): ChangedArea;
}

function findTouched({ space, before, after, boxes }: ComparedSources): TouchedRules {
  const touchedIn = (program: TraceProgram): ReadonlySet<string> => {
    const finder = new OverlapFinder(space, program);
    const entries = new Set<number>();
    for (const box of boxes) {
      finder.collect(space.boxes.bounds.subarray(box * STRIDE, (box + 1) * STRIDE), program.firstBox, program.endBox, null);
      for (let i = 0; i < finder.count; i++) entries.add(space.boxes.entryOf[finder.found[i] as number] as number);
    }
    // A rule without any packet meets nothing.
    for (let entry = program.firstEntry; entry < program.endEntry; entry++) {
      if (space.firstBox[entry] === space.firstBox[entry + 1]) entries.add(entry);
    }
    return new Set(Array.from(entries, (entry) => space.entries[entry]?.id ?? ''));
  };
  return { before: touchedIn(before), after: touchedIn(after) };
}

function traceDifference(before: Policy, after: Policy, compared: ComparedSources, budget: DifferenceBudget): Traced {
  const { space } = compared;
  const trails = new Trails();
  const removed = new Uint8Array(space.entries.length);
  const judges = [compared.before, compared.after].map(
    (program) => new ProgramEvaluator(space, program, trails, { labelOf: space.effectOf, ofDefault: program.defaultEffect, removed }),
  );
  const { pieces, unfinished } = divideWithin(space, judges, {
    domain: compared.boxes,
    budget: budget.regions,
    budgetPerBox: budget.regionsPerBox,
    isWanted: ([old, now]) => old !== now,
  });
  // Under the conditions of the other cases nothing changes.
  const changed = pieces.map((piece): Piece => ({ ...piece, cases: piece.cases.filter(({ outcomes: [old, now] }) => old !== now) }));
  const verdictOf = (outcome: number): string => space.effects[trails.labelOf(outcome)]?.verdict ?? 'deny';
  const groups = groupPieces(space, changed, findDeciders(compared, budget.deciders)).map((group): ChangedGroup => {
    const caseChanges = group.cases.map((one) => changeOf(one, verdictOf));
    return { group, change: joinChanges(caseChanges), caseChanges };
  });
  const total = groups.reduce((sum, { group }) => addCounts(sum, group.packets), NO_PACKETS);
  groups.sort((a, b) => KINDS.indexOf(a.change) - KINDS.indexOf(b.change) || compareShares(a.group.packets, b.group.packets, total));
  const policyOf = (program: number): string | null => (program === compared.before.index ? before.id : after.id);
  const decidedBy = (outcome: number, deciders: CaseDeciders | undefined): Decided => ({
    verdict: verdictOf(outcome) === 'permit' ? 'permit' : 'deny',
    attributes: Object.assign(
      {},
      ...[...trails.notesOf(outcome), trails.labelOf(outcome)].map((effect) => space.effects[effect]?.attributes),
    ),
    by: toRules(space, deciders ?? { entries: [], complete: false }, policyOf),
  });
  return {
    space,
    unfinished: [...new Set(unfinished.map((box) => space.entries[space.boxes.entryOf[box] as number]?.id ?? ''))],
    groups,
    areaOf: ({ group, change }) => ({
      ...toPacketSet(space, group),
      change,
      cases: group.cases.map((one, i) => ({
        when: toConditions(space, one),
        before: decidedBy(one.outcomes[0] as number, group.deciders[2 * i]),
        after: decidedBy(one.outcomes[1] as number, group.deciders[2 * i + 1]),
      })),
    }),
  };
}

const KINDS: readonly ChangeKind[] = ['widened', 'mixed', 'narrowed', 'effect'];

function changeOf({ outcomes }: PieceCase, verdictOf: (outcome: number) => string): CaseChange {
  const [old, now] = outcomes.map(verdictOf);
  if (old === now) return 'effect';
  return now === 'permit' ? 'widened' : 'narrowed';
}

function joinChanges(changes: readonly CaseChange[]): ChangeKind {
  const verdicts = new Set(changes.filter((change) => change !== 'effect'));
  if (verdicts.size === 2) return 'mixed';
  return [...verdicts][0] ?? 'effect';
}

/** Two for each case: who decides before, and who after. */
function findDeciders(
  { space, before, after }: { readonly space: TraceSpace; readonly before: TraceProgram; readonly after: TraceProgram },
  budget: number,
): (piece: Piece) => CaseDeciders[] {
  const finders = [before, after].map((program) => new DeciderFinder(space, [[program]]));
  let left = budget;
  return ({ bounds, cases }) =>
    cases.flatMap(({ conditions }) =>
      finders.map((finder) => {
        const found = finder.find({ bounds, extra: conditions }, left);
        left -= found.spent;
        return { entries: [...found.permitting, ...found.denying].sort((a, b) => a - b), complete: found.complete };
      }),
    );
}

/** Ids of rules that decide, before or after, packets that change; null when some are not known. */
function decidingRules(
  space: TraceSpace,
  groups: readonly ChangedGroup[],
): { readonly before: ReadonlySet<string>; readonly after: ReadonlySet<string> } | null {
  const sides = { before: new Set<string>(), after: new Set<string>() };
  for (const { group } of groups) {
    for (const [i, { entries, complete }] of group.deciders.entries()) {
      if (!complete) return null;
      for (const entry of entries) if (entry >= 0) (i % 2 === 0 ? sides.before : sides.after).add(space.entries[entry]?.id ?? '');
    }
  }
  return sides;
}

function toChangedRule({ change, before, after }: RuleChange, deciding: ReturnType<typeof decidingRules>): ChangedRule {
  const side = (rule: Rule | null): ChangedRule['before'] =>
    rule === null ? null : { rule: rule.id, asWritten: rule.asWritten, sourceRef: rule.sourceRef };
  const changesPackets =
    deciding === null ? null : (before !== null && deciding.before.has(before.id)) || (after !== null && deciding.after.has(after.id));
  return { change, before: side(before), after: side(after), changesPackets };
}
