import type { Policy } from '../../model/policy.ts';
import { DEFAULT_RULE, type Rule } from '../../model/rule.ts';
import { type Decisions, decisionsOf } from './decisions.ts';
import { findDuplicates } from './duplicates.ts';
import { irredundantCover } from './irredundant-cover.ts';
import { type Judgement, judgeEntry } from './judge-entry.ts';
import { askMerge, findMergePairs } from './merge.ts';
import { packetCount } from './packet-count.ts';
import type { PacketCount } from './packets.ts';
import { type Relation, relationOf } from './relation.ts';
import { askRemoval } from './removal.ts';
import { RemovalSet } from './removal-set.ts';
import { type Answer, createTraceContext, excludeEntry, type Proof, type TraceContext } from './trace-context.ts';
import { type TraceSource, toTraceSource } from './trace-source.ts';
import { compileTrace, entryOfRule, type TraceProgram, type TraceSpace } from './trace-space.ts';
import { toWitness, type Witness } from './witness.ts';

/** What the configuration alone says about a rule. Kinds as in README, "Findings"; `live` is none of them. */
export interface RuleVerdict {
  readonly rule: string;
  readonly kind: 'unmatchable' | 'duplicate' | 'shadowed' | 'redundant' | 'partly-shadowed' | 'live' | 'not-evaluable';
  /** For `redundant`. */
  readonly by?: 'earlier' | 'later' | 'others';
  /** For `shadowed`. That of `partly-shadowed` is asked for apart: {@link PolicyAnalysis.relationOfPart}. */
  readonly relation?: Relation;
  /** For `duplicate`: the copy that stays. */
  readonly keptCopy?: string;
  /** A packet that reaches the rule; null for one that takes none. */
  readonly witness: Witness | null;
  /** For `shadowed` of relation mixed or unknown: a packet decided as the rule says, and one decided otherwise. */
  readonly disagreement?: { readonly same: Witness; readonly opposite: Witness };
  /** Why the kind holds: for covered and redundant rules. */
  readonly proof: Proof | null;
}

export interface AnalysisOptions {
  /** Regions that a single question may take up; beyond it the verdict is `not-evaluable`. */
  readonly budget: number;
  /** Rules that nobody can remove, such as platform defaults: they join no group of copies. */
  readonly fixed?: ReadonlySet<string>;
  /** Of two copies in an `any-permit` policy: negative when the first is kept. Without it, the smaller id is. */
  readonly compareCopies?: (a: string, b: string) => number;
  /** Only these rules get a verdict, and copies all the same; without it every rule does. */
  readonly only?: ReadonlySet<string>;
}

export interface RuleShare {
  /** `default` for the default. */
  readonly rule: string;
  readonly packets: PacketCount;
}

/** Who decides the packets of a rule. They add up: deciders and undecided are the total. */
export interface Coverage {
  readonly deciders: readonly RuleShare[];
  readonly undecided: PacketCount;
  readonly total: PacketCount;
}

/** The verdicts of a policy; further questions are answered when they are asked, each within the budget (null beyond it). */
export interface PolicyAnalysis {
  readonly space: TraceSpace;
  readonly program: TraceProgram;
  /** In evaluation order: rules that have a part in the policy. */
  readonly verdicts: readonly RuleVerdict[];
  verdictOf(rule: string): RuleVerdict | null;
  /** Who finally decides the packets of the rule, itself included. */
  deciders(rule: string): Coverage | null;
  /** Who would decide them without the rule. */
  decidersWithout(rule: string): Coverage | null;
  packets(rule: string): PacketCount | null;
  /** For a partly shadowed rule: its verdict compared with what is decided where it does not get to. */
  relationOfPart(rule: string): Relation | null;
  removalIsSafe(removed: ReadonlySet<string>): RemovalAnswer;
  /** A set of removals to be grown one by one, empty at first. */
  startRemoval(): GrowingRemoval;
  /** For a rule with a proof: rules of the proof that suffice, none of which can be left out; null when there are too many. */
  irredundantCover(rule: string): readonly string[] | null;
  /** Pairs that one rule could stand for, with nothing between them that interferes; copies of other rules left out. */
  merges(): readonly Merge[];
}

export interface GrowingRemoval {
  readonly rules: ReadonlySet<string>;
  /** Adds the rule if the set stays safe with it; otherwise the set stays as it is. */
  tryAdd(rule: string): RemovalAnswer;
}

export interface Merge {
  readonly earlier: string;
  readonly later: string;
  readonly axis: 'source' | 'destination' | 'protocol' | 'source-port' | 'destination-port';
  /** Moving the later rule up to the earlier one changes no effect. */
  readonly proof: Proof;
}

const AXIS_NAMES = ['source', 'destination', 'protocol', 'source-port', 'destination-port'] as const;

export type RemovalAnswer =
  | { readonly safe: true; readonly proof: Proof }
  | { readonly safe: false; readonly witness: Witness }
  | { readonly safe: 'unknown'; readonly reason: 'budget' };

/** @throws {InputError} when rule ids repeat */
export function analysePolicy(policy: Policy, options: AnalysisOptions): PolicyAnalysis {
  const compareCopies = options.compareCopies ?? compareWorth(policy.rules);
  return analyseSource(toTraceSource(policy), { compareCopies, ...options });
}

/** As {@link analysePolicy}, for what the model has no words for: chains. @throws {InputError} when chains are missing or loop */
export function analyseSource(source: TraceSource, options: AnalysisOptions): PolicyAnalysis {
  const space = compileTrace([source]);
  const program = space.programs[0] as TraceProgram;
  // Copies are left out of the first context: the copy that is kept, and every other rule, is judged without them.
  const context = createTraceContext(space, program, options.budget);
  const whole = createTraceContext(space, program, options.budget);
  const keptCopy = groupCopies(context, options);
  for (const copy of keptCopy.keys()) excludeEntry(context, copy);
  const ids = (entry: number): string => (entry < 0 ? DEFAULT_RULE : (space.entries[entry]?.id as string));
  const judged: RuleVerdict[] = [];
  for (let entry = program.firstEntry; entry < program.endEntry; entry++) {
    const kept = keptCopy.get(entry);
    if (kept !== undefined) judged.push({ rule: ids(entry), kind: 'duplicate', keptCopy: ids(kept), witness: null, proof: null });
    else if (options.only?.has(ids(entry)) !== false) judged.push(toVerdict(space, ids(entry), judgeEntry(context, entry)));
  }
  const byRule = new Map(judged.map((verdict) => [verdict.rule, verdict]));
  return {
    space,
    program,
    verdicts: judged,
    verdictOf: (rule) => byRule.get(rule) ?? null,
    deciders: (rule) => toCoverage(decisionsOf(whole, entryOfRule(program, rule)), ids),
    decidersWithout: (rule) => {
      const entry = entryOfRule(program, rule);
      excludeEntry(whole, entry);
      const found = decisionsOf(whole, entry);
      excludeEntry(whole, entry, false);
      return toCoverage(found, ids);
    },
    packets: (rule) => packetCount(whole, entryOfRule(program, rule)),
    relationOfPart: (rule) => {
      const { relation } = relationOf(whole, entryOfRule(program, rule), 'before');
      return relation === 'budget' ? null : relation;
    },
    removalIsSafe: (removed) => toRemovalAnswer(space, askRemoval(whole, new Set([...removed].map((rule) => entryOfRule(program, rule))))),
    startRemoval: () => startRemoval(whole, ids),
    irredundantCover: (rule) => {
      const proof = byRule.get(rule)?.proof ?? null;
      return proof === null ? null : (irredundantCover(context, entryOfRule(program, rule), proof)?.map(ids) ?? null);
    },
    merges: () => findMerges(context, ids),
  };
}

function startRemoval(context: TraceContext, ids: (entry: number) => string): GrowingRemoval {
  const set = new RemovalSet(context);
  const rules = new Set<string>();
  return {
    rules,
    tryAdd: (rule) => {
      const entry = entryOfRule(context.program, rule);
      const answer = toRemovalAnswer(context.space, set.tryAdd(entry));
      if (answer.safe === true) rules.add(ids(entry));
      return answer;
    },
  };
}

function findMerges(context: TraceContext, ids: (entry: number) => string): Merge[] {
  if (!context.program.isFlat) return [];
  return findMergePairs(context, (entry) => context.excluded[entry] === 1).flatMap((pair) => {
    const answer: Answer = context.program.evaluation === 'any-permit' ? { kind: 'none', proof: { trees: [] } } : askMerge(context, pair);
    if (answer.kind !== 'none') return [];
    return [{ earlier: ids(pair.earlier), later: ids(pair.later), axis: AXIS_NAMES[pair.axis] as Merge['axis'], proof: answer.proof }];
  });
}

function toRemovalAnswer(space: TraceSpace, answer: Answer): RemovalAnswer {
  if (answer.kind === 'budget') return { safe: 'unknown', reason: 'budget' };
  return answer.kind === 'none' ? { safe: true, proof: answer.proof } : { safe: false, witness: toWitness(space, answer.region) };
}

/** Whether all of the rules may go at once: no packet, whatever the unknowns are, has another effect afterwards. */
export function removalIsSafe(policy: Policy, removed: ReadonlySet<string>, budget: number): RemovalAnswer {
  const space = compileTrace([toTraceSource(policy)]);
  const program = space.programs[0] as TraceProgram;
  const entries = new Set([...removed].filter((rule) => program.entryOf.has(rule)).map((rule) => entryOfRule(program, rule)));
  return toRemovalAnswer(space, askRemoval(createTraceContext(space, program, budget), entries));
}

/** For each copy that is not kept: the one that is. */
function groupCopies(context: TraceContext, { fixed, compareCopies }: AnalysisOptions): Map<number, number> {
  const { space, program } = context;
  const id = (entry: number): string => space.entries[entry]?.id as string;
  const keptCopy = new Map<number, number>();
  for (const group of findDuplicates(context, (entry) => fixed?.has(id(entry)) !== true)) {
    const byWorth = (a: number, b: number): number => compareCopies?.(id(a), id(b)) ?? (id(a) < id(b) ? -1 : 1);
    const kept = (program.evaluation === 'any-permit' ? [...group].sort(byWorth) : group)[0] as number;
    for (const copy of group) if (copy !== kept) keptCopy.set(copy, kept);
  }
  return keptCopy;
}

/** The copy with a description, else with an owner, else with more hits of the device's own, else with the smaller id. */
function compareWorth(rules: readonly Rule[]): (a: string, b: string) => number {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return (a, b) => {
    const left = byId.get(a) as Rule;
    const right = byId.get(b) as Rule;
    return (
      Number(right.description !== '') - Number(left.description !== '') ||
      Number(right.metadata.owner !== '') - Number(left.metadata.owner !== '') ||
      (right.nativeHits ?? 0) - (left.nativeHits ?? 0) ||
      (a < b ? -1 : 1)
    );
  };
}

function toVerdict(space: TraceSpace, rule: string, judgement: Judgement): RuleVerdict {
  const { kind, by, relation, reached, proof, same, opposite } = judgement;
  return {
    rule,
    kind,
    ...(by === undefined ? {} : { by }),
    ...(relation === undefined ? {} : { relation }),
    witness: reached === undefined ? null : toWitness(space, reached),
    ...(same === undefined || opposite === undefined
      ? {}
      : { disagreement: { same: toWitness(space, same), opposite: toWitness(space, opposite) } }),
    proof: proof ?? null,
  };
}

function toCoverage(decisions: Decisions | null, ids: (entry: number) => string): Coverage | null {
  if (decisions === null) return null;
  return {
    deciders: decisions.deciders.map(({ entry, packets }) => ({ rule: ids(entry), packets })),
    undecided: decisions.undecided,
    total: decisions.total,
  };
}
