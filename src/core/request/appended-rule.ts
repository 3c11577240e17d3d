import type { Policy } from '../../model/policy.ts';
import { type Region, toMatchProducts } from '../../model/region-notation.ts';
import type { AppendedRule } from '../../model/request-answer.ts';
import { DEFAULT_RULE, type Rule } from '../../model/rule.ts';
import { asInventoried } from '../ask/as-inventoried.ts';
import { boxesOf, countPieces } from '../ask/compiled-point.ts';
import { restrictPolicy } from '../ask/restrict-policy.ts';
import { nameCover } from '../findings/coverers.ts';
import type { Coverage } from '../trace/analyse-policy.ts';
import { type Decisions, decisionsOf } from '../trace/decisions.ts';
import { divide, type Piece } from '../trace/divide.ts';
import { judgeEntry } from '../trace/judge-entry.ts';
import { POINT_PERMITS, PointJudge } from '../trace/point-judge.ts';
import { PACKET_AXES } from '../trace/trace-axes.ts';
import { createTraceContext, excludeEntry } from '../trace/trace-context.ts';
import { toTraceSource } from '../trace/trace-source.ts';
import { compileTrace, entryOfRule, type TraceProgram, type TraceSpace } from '../trace/trace-space.ts';
import { toPermitRule } from './new-rule.ts';
import { toProductSource } from './packet-regions.ts';

/** What would become of a rule that permits exactly the regions, behind all others; among them, where they have no order. By verdict: logging does not count. */
export function judgeAppended(policy: Policy, regions: readonly Region[], budget: number): AppendedRule {
  const near = restrictPolicy(policy, regions.flatMap(toMatchProducts));
  const plain = asInventoried({ ...near, rules: near.rules.map(withVerdictOnly) });
  return policy.evaluation === 'any-permit' ? judgeAdded(plain, regions, budget) : judgeLast(plain, toPermitRule(policy, regions), budget);
}

function withVerdictOnly(rule: Rule): Rule {
  return { ...rule, effect: { verdict: rule.effect.verdict, attributes: {} } };
}

/** As `shadowed`, `redundant` and the others of findings. */
function judgeLast(policy: Policy, rule: Rule, budget: number): AppendedRule {
  const space = compileTrace([toTraceSource({ ...policy, rules: [...policy.rules, rule] })]);
  const program = space.programs[0] as TraceProgram;
  const context = createTraceContext(space, program, budget);
  const entry = entryOfRule(program, rule.id);
  const { kind, by } = judgeEntry(context, entry);
  // Redundant by what comes behind it: only the default does.
  excludeEntry(context, entry, by === 'later');
  const decisions = kind === 'not-evaluable' || kind === 'live' ? null : decisionsOf(context, entry);
  const outcome = outcomeOf(kind);
  return {
    policy: policy.id,
    outcome,
    coveredBy: outcome === 'decides all' ? [] : nameCover(policy.id, toCoverage(space, decisions), [], rule.id).coveredBy.slice(),
  };
}

function outcomeOf(kind: ReturnType<typeof judgeEntry>['kind']): AppendedRule['outcome'] {
  switch (kind) {
    case 'live':
      return 'decides all';
    case 'partly-shadowed':
      return 'decides some';
    case 'shadowed':
    case 'redundant':
      return kind;
    case 'unmatchable':
    case 'not-evaluable':
      return 'unknown';
  }
}

function toCoverage(space: TraceSpace, decisions: Decisions | null): Coverage | null {
  if (decisions === null) return null;
  const { deciders, undecided, total } = decisions;
  const idOf = (entry: number): string => (entry < 0 ? DEFAULT_RULE : (space.entries[entry]?.id ?? DEFAULT_RULE));
  return { deciders: deciders.map(({ entry, packets }) => ({ rule: idOf(entry), packets })), undecided, total };
}

/** Without order a rule adds what no other one permits. */
function judgeAdded(policy: Policy, regions: readonly Region[], budget: number): AppendedRule {
  const space = compileTrace([toTraceSource(policy), toProductSource('(request)', regions.flatMap(toMatchProducts))]);
  const [program, asked] = space.programs as unknown as readonly [TraceProgram, TraceProgram];
  const permittedIn = (domain: readonly number[], by: TraceProgram): Piece[] | null =>
    divide(space, [new PointJudge(space, [[by]])], { domain, budget, isWanted: ([outcome]) => outcome === POINT_PERMITS });
  const total = divide(space, [new PointJudge(space, [[asked]])], { domain: boxesOf(asked), budget, isWanted: () => true });
  const permitted = permittedIn(boxesOf(asked), program);
  if (total === null || permitted === null) return { policy: policy.id, outcome: 'unknown', coveredBy: [] };
  const certain = permitted.filter(({ cases }) => cases.every(({ outcomes }) => outcomes[0] === POINT_PERMITS));
  const all = countPieces(space, total);
  const granted = countPieces(space, certain);
  const isAll = granted.ipv4 === all.ipv4 && granted.ipv6 === all.ipv6;
  const outcome = isAll ? 'redundant' : permitted.length === 0 ? 'decides all' : 'decides some';
  const shares = entriesOf(program).flatMap((entry) => {
    const boxes = boxesOfEntry(space, entry);
    const some = permittedIn(boxes, asked);
    const sure = permittedIn(
      boxes.filter((box) => !hasConditions(space, box)),
      asked,
    );
    if (some === null || sure === null || some.length === 0) return [];
    return [{ rule: space.entries[entry]?.id ?? '', packets: sure.length === 0 ? null : countPieces(space, sure) }];
  });
  const deciders = shares.flatMap(({ rule, packets }) => (packets === null ? [] : [{ rule, packets }]));
  const under = shares.filter(({ packets }) => packets === null).map(({ rule }) => rule);
  const none = { ipv4: 0n, ipv6: 0n };
  return { policy: policy.id, outcome, coveredBy: [...nameCover(policy.id, { deciders, undecided: none, total: all }, under).coveredBy] };
}

function hasConditions({ boxes }: TraceSpace, box: number): boolean {
  return boxes.setAxis.subarray(boxes.setStart[box], boxes.setStart[box + 1]).some((axis) => axis >= PACKET_AXES);
}

function entriesOf({ firstEntry, endEntry }: TraceProgram): number[] {
  return Array.from({ length: endEntry - firstEntry }, (_, i) => firstEntry + i);
}

function boxesOfEntry({ firstBox }: TraceSpace, entry: number): number[] {
  const first = firstBox[entry] ?? 0;
  return Array.from({ length: (firstBox[entry + 1] ?? first) - first }, (_, i) => first + i);
}
