import type { Action } from '../../model/rule.ts';
import type { ResultSet } from '../classify/classifier.ts';
import type { CompiledLayer } from './layers.ts';
import { presenceOn } from './presence.ts';

/** The place of the default among the entries of a layer. */
export const DEFAULT_ENTRY = -1;

/** What a record was judged as. The logged action is part of it. */
export type JudgedAs =
  /** Accepted, and surely a new connection (or, in a stateless layer, any packet). */
  | 'accept'
  /** Accepted; whether it is a new connection in this direction is not known. */
  | 'accept-weak'
  /** Accepted reply, in a stateless layer. */
  | 'accept-reply'
  /** Rejected, and this layer is the only one that could have done it. */
  | 'reject'
  /** Rejected by this layer or by another. */
  | 'reject-ambiguous'
  /** Rejected although every layer permits it. */
  | 'reject-unexplained'
  /** What no rule explains, asked again of every rule that matches it, wherever the deciding one stands. */
  | 'unexplained-accept'
  | 'unexplained-reject'
  /** Accepted, rejected or logged without a verdict at an interface that no inventory knows: asked of every rule that matches it, too. */
  | 'unplaced-accept'
  | 'unplaced-reject'
  | 'unplaced'
  /** Logged without a verdict. */
  | 'no-action';

/** Whether every rule that matches is wanted, and not only those that can have decided. */
export function asksEveryMatch(as: JudgedAs): boolean {
  return as === 'unexplained-accept' || as === 'unexplained-reject' || isUnplaced(as);
}

/** Whether nobody knows which policies stand where the record was logged. */
export function isUnplaced(as: JudgedAs): boolean {
  return as === 'unplaced-accept' || as === 'unplaced-reject' || as === 'unplaced';
}

/** What a connection proves for one rule. `sole` says whether only this rule can explain it: surely, perhaps or no. */
export interface Credit {
  /** Index into the layer's entries, or {@link DEFAULT_ENTRY}. */
  readonly entry: number;
  readonly certain: boolean;
  readonly sole: 'yes' | 'maybe' | 'no';
}

/** Where the connections go in the conservation of their enforcement point. */
export type Outcome = 'sole' | 'shared' | 'denied' | 'unexplained' | 'earlier-rules' | 'undecided';

export interface Judgement {
  readonly outcome: Outcome;
  /** Every rule named adds to `possible`; at most one credit per rule. */
  readonly credits: readonly Credit[];
}

/** How surely a layer could have refused a packet: not at all, perhaps, certainly. */
export type Refusal = 'no' | 'maybe' | 'yes';

/** The rules that a packet can have met, with the presence of the day applied. */
interface Candidates {
  /** In evaluation order; of an ordered layer nothing after the first certain match. */
  readonly list: readonly Candidate[];
  /** The packet certainly gets no further than the list: its last one matches for sure. */
  readonly ends: boolean;
  /** Rules match that were gone, or not yet there, on the day: connections that they admitted may go on, so nothing is certain by elimination. */
  readonly otherTimes: boolean;
}

interface Candidate {
  readonly entry: number;
  readonly action: Action;
  readonly certain: boolean;
  /** Only an older export holds it: it explains, but no rule of the audit is used by it. */
  readonly retired: boolean;
}

/**
 * Whom a record credits, from what the classifier found, on one day (days since 1970). `dated` says that a dated export was in force: only
 * then may elimination ("only this rule can explain it") count as certain. Semantics: flows credit only rules of the logged action; if the
 * deciding rule has the other one the flow is unexplained, in no `certain`, and in `possible` of every rule of the logged action found.
 */
export function judge(layer: CompiledLayer, result: ResultSet, as: JudgedAs, day: number, dated: boolean): Judgement {
  const candidates = candidatesOf(layer, result, day, asksEveryMatch(as));
  switch (as) {
    case 'unexplained-accept':
      return weaken(everyOne(candidates, layer, 'permit'), 'unexplained');
    case 'unexplained-reject':
      return weaken(everyOne(candidates, layer, 'deny'), 'unexplained');
    case 'unplaced-accept':
      return weaken(everyOne(candidates, layer, 'permit'), 'undecided');
    case 'unplaced-reject':
      return weaken(everyOne(candidates, layer, 'deny'), 'undecided');
    case 'unplaced':
      return weaken([...everyOne(candidates, layer, 'permit'), ...everyOne(candidates, layer, 'deny')], 'undecided');
    case 'accept':
    case 'accept-reply':
      return layer.evaluation === 'any-permit' ? explainByAny(candidates, dated) : explainByFirst(candidates, layer, 'permit', dated);
    case 'reject':
      return layer.evaluation === 'any-permit' ? refuseByDefault(candidates, dated) : explainByFirst(candidates, layer, 'deny', dated);
    case 'accept-weak':
      return weaken(explainers(candidates, layer, 'permit'), 'undecided');
    case 'reject-ambiguous':
      return weaken(explainers(candidates, layer, 'deny'), 'undecided');
    case 'reject-unexplained':
      return weaken([], 'unexplained');
    case 'no-action':
      return weaken([...explainers(candidates, layer, 'permit'), ...explainers(candidates, layer, 'deny')], 'undecided');
  }
}

/**
 * What a record proves that names its rule itself. The log is believed where the rule is one that our own matching found too; where it is not, one of the
 * two is wrong, and both stay possible.
 */
export function judgeNamed(
  layer: CompiledLayer,
  result: ResultSet,
  as: JudgedAs,
  day: number,
  dated: boolean,
  named: number,
): Judgement & { readonly agrees: boolean } {
  const own = judge(layer, result, as, day, dated);
  const agrees = named === DEFAULT_ENTRY ? result.certain.length === 0 : result.certain.includes(named) || result.possible.includes(named);
  if (!agrees) {
    const credits = [...own.credits.filter(({ entry }) => entry !== named), { entry: named }];
    return { agrees, outcome: 'undecided', credits: credits.map(({ entry }) => ({ entry, certain: false, sole: 'maybe' })) };
  }
  const verdict = named === DEFAULT_ENTRY ? layer.defaultAction : layer.entries[named]?.rule.effect.verdict;
  return { agrees, outcome: verdict === 'permit' ? 'sole' : 'denied', credits: [{ entry: named, certain: true, sole: 'yes' }] };
}

/** Whether the layer could have refused the packet as the first of a connection. */
export function refusalOf(layer: CompiledLayer, result: ResultSet, day: number): Refusal {
  const { list, ends, otherTimes } = candidatesOf(layer, result, day);
  if (layer.evaluation === 'any-permit') {
    if (list.some((candidate) => candidate.certain)) return 'no';
    return list.length === 0 && !otherTimes ? 'yes' : 'maybe';
  }
  const verdicts = new Set(list.map((candidate) => candidate.action));
  if (!ends) verdicts.add(layer.defaultAction);
  if (verdicts.size > 1 || otherTimes) return 'maybe';
  return verdicts.has('deny') ? 'yes' : 'no';
}

function candidatesOf(layer: CompiledLayer, result: ResultSet, day: number, pastTheDecider = false): Candidates {
  const list: Candidate[] = [];
  let otherTimes = false;
  const found = mergeAscending(result.certain, result.possible);
  for (const entry of found) {
    const known = layer.entries[entry];
    if (known === undefined) continue;
    const surelyMatches = known.mode === 'certain-if-present' || (known.mode === 'always' && result.certain.includes(entry));
    const presence = known.mode === 'always' ? 'present' : presenceOn(known.rule.presence, day);
    if (presence === 'absent') {
      otherTimes = true;
      continue;
    }
    const certain = surelyMatches && presence === 'present';
    // Both entries of one rule: the sure one comes first and says it all.
    if (list.at(-1) !== undefined && layer.entries[list.at(-1)?.entry ?? 0]?.rule === known.rule) continue;
    list.push({ entry, action: known.rule.effect.verdict, certain, retired: known.rule.presence.retiredAt !== null });
    if (certain && layer.evaluation === 'first-match' && !pastTheDecider) return { list, ends: true, otherTimes };
  }
  return { list, ends: false, otherTimes };
}

function mergeAscending(a: readonly number[], b: readonly number[]): number[] {
  if (b.length === 0) return [...a];
  if (a.length === 0) return [...b];
  return [...a, ...b].sort((x, y) => x - y);
}

/** Security groups: every rule that permits may have let the connection in. */
function explainByAny({ list, otherTimes }: Candidates, dated: boolean): Judgement {
  if (list.length === 0) return { outcome: otherTimes ? 'earlier-rules' : 'unexplained', credits: [] };
  if (list.every((candidate) => candidate.retired)) return { outcome: 'earlier-rules', credits: [] };
  const certain = list.filter((candidate) => candidate.certain);
  if (list.length === 1) {
    const [only] = list;
    // Somebody admitted it and there is nobody else: as sure as the rule set is.
    const sure = only !== undefined && (only.certain || (dated && !otherTimes));
    return { outcome: 'sole', credits: list.map(({ entry }) => ({ entry, certain: sure, sole: sure ? 'yes' : 'maybe' })) };
  }
  const credits = list.map(({ entry, certain: sure }): Credit => {
    const othersSurelyExplain = certain.some((other) => other.entry !== entry);
    return { entry, certain: sure, sole: othersSurelyExplain ? 'no' : 'maybe' };
  });
  return { outcome: 'shared', credits };
}

/** Security groups: only the default refuses. */
function refuseByDefault({ list, otherTimes }: Candidates, dated: boolean): Judgement {
  if (list.some((candidate) => candidate.certain)) {
    return { outcome: 'unexplained', credits: [] };
  }
  const sure = !otherTimes && (list.length === 0 || dated);
  return { outcome: 'denied', credits: [{ entry: DEFAULT_ENTRY, certain: sure, sole: sure ? 'yes' : 'maybe' }] };
}

/** Ordered rules: the first that matches decided, and it must have the logged action. */
function explainByFirst(candidates: Candidates, layer: CompiledLayer, action: Action, dated: boolean): Judgement {
  const all = withDefault(candidates, layer);
  const matching = all.filter((candidate) => candidate.action === action);
  const outcomeOfOne: Outcome = action === 'permit' ? 'sole' : 'denied';
  if (matching.length > 0 && matching.every((candidate) => candidate.retired)) return { outcome: 'earlier-rules', credits: [] };
  if (matching.length === 0) {
    return { outcome: candidates.otherTimes ? 'earlier-rules' : 'unexplained', credits: [] };
  }
  if (matching.length === 1) {
    const sure = !candidates.otherTimes && (all.length === 1 || dated);
    return { outcome: outcomeOfOne, credits: matching.map(({ entry }) => ({ entry, certain: sure, sole: sure ? 'yes' : 'maybe' })) };
  }
  return {
    outcome: action === 'permit' ? 'shared' : 'denied',
    credits: matching.map(({ entry }) => ({ entry, certain: false, sole: 'maybe' })),
  };
}

function withDefault({ list, ends }: Candidates, layer: CompiledLayer): readonly Candidate[] {
  return ends ? list : [...list, defaultOf(layer.defaultAction)];
}

function defaultOf(action: Action): Candidate {
  return { entry: DEFAULT_ENTRY, action, certain: true, retired: false };
}

function explainers(candidates: Candidates, layer: CompiledLayer, action: Action): readonly Candidate[] {
  if (layer.evaluation === 'any-permit') {
    if (action === 'permit') return candidates.list;
    const surelyPermitted = candidates.list.some((candidate) => candidate.certain);
    return surelyPermitted ? [] : [defaultOf('deny')];
  }
  return withDefault(candidates, layer).filter((candidate) => candidate.action === action);
}

/** Every rule of the logged action that was found to match, the default included: one of them decided, against what the order says. */
function everyOne({ list }: Candidates, layer: CompiledLayer, action: Action): readonly Candidate[] {
  const matching = list.filter((candidate) => candidate.action === action);
  return layer.defaultAction === action ? [...matching, defaultOf(action)] : matching;
}

function weaken(candidates: readonly Candidate[], outcome: Outcome): Judgement {
  return { outcome, credits: candidates.map(({ entry }) => ({ entry, certain: false, sole: 'maybe' })) };
}
