import type { QueryArea, QueryPoint } from '../../model/query-answer.ts';
import { formatRegion } from '../../model/region-notation.ts';
import { compareShares } from '../structure/packet-shares.ts';
import { divide, type Piece } from '../trace/divide.ts';
import { addCounts, NO_PACKETS } from '../trace/packet-count.ts';
import type { PacketCount } from '../trace/packets.ts';
import { DeciderFinder, POINT_PERMITS, PointJudge } from '../trace/point-judge.ts';
import { type CaseDeciders, groupPieces, type PieceGroup, toConditions, toPacketSet, toRules, toTotal } from './areas.ts';
import { boxesOf, type CompiledPoint, compilePoint, countPieces } from './compiled-point.ts';
import type { EnforcementPoint } from './enforcement-points.ts';
import { findRules } from './rules-with-part.ts';

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
