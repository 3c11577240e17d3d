import { type ClauseShare, judgeClauses } from './core/ask/judge-clauses.ts';
import { type Clause, toClauses } from './governance/clauses.ts';
import type { Guardrails } from './model/guardrails.ts';
import type { Region } from './model/region-notation.ts';
import type { ClauseAnswer, RequestAnswer } from './model/request-answer.ts';

/** Regions that one list of clauses may take up. */
const BUDGET = 300_000;

export interface RequestJudgement {
  readonly guardrails: NonNullable<RequestAnswer['guardrails']>;
  readonly incompleteBecause: readonly string[];
}

/**
 * What the guardrails say to a request, packet by packet. It is forbidden where the zone matrix or the list of insecure services denies any of it and no
 * exception excuses that; it passes by itself where standard requests hold all of it and nothing forbids or warns; else a person has to approve it.
 *
 * @param asOf epoch seconds; null: no exception holds
 */
export function judgeRequest(guardrails: Guardrails, region: Region, asOf: number | null): RequestJudgement {
  const { obligations, insecure, risky, standardRequests } = toClauses(guardrails, asOf);
  const lists: readonly { readonly clauses: readonly Clause[]; says(clause: Clause): ClauseAnswer['says'] }[] = [
    { clauses: obligations, says: ({ verdict }) => (verdict === 'deny' ? 'forbids' : 'allows') },
    { clauses: insecure, says: ({ verdict }) => (verdict === 'deny' ? 'forbids' : 'allows') },
    { clauses: risky, says: ({ verdict }) => (verdict === 'deny' ? 'warns' : 'allows') },
    { clauses: standardRequests, says: () => 'grants' },
  ];
  const judged = lists.map(({ clauses, says }) => {
    const shares = judgeClauses(clauses, [region], BUDGET);
    return { shares, answers: (shares ?? []).flatMap((share) => toAnswer(clauses, share, says)) };
  });
  const clauses = inOrder(judged.flatMap(({ answers }) => answers));
  const isKnown = judged.every(({ shares }) => shares !== null);
  // Packets that no standard request holds stand in a share of their own.
  const standard = judged.at(-1)?.shares ?? null;
  const isStandard = standard?.every(({ clause }) => clause >= 0) === true;
  return {
    guardrails: { ...decide(guardrails.path, clauses, isStandard, isKnown), clauses },
    incompleteBecause: isKnown ? [] : ['Judging the request by the guardrails takes more than the budget; ask for less at once.'],
  };
}

function toAnswer(
  clauses: readonly Clause[],
  { clause: index, packets }: ClauseShare,
  says: (clause: Clause) => ClauseAnswer['says'],
): ClauseAnswer[] {
  const clause = clauses[index];
  if (clause === undefined) return [];
  const { id, kind, title, line, severity, reason } = clause;
  return [{ id, kind, title, line, says: says(clause), severity, reason, packets }];
}

const ORDER: readonly ClauseAnswer['says'][] = ['forbids', 'warns', 'grants', 'allows'];

/** What keeps the request from passing first; else as the lists have them. An exception that excuses several clauses stands once for each list. */
function inOrder(clauses: readonly ClauseAnswer[]): ClauseAnswer[] {
  return [...clauses].sort((a, b) => ORDER.indexOf(a.says) - ORDER.indexOf(b.says));
}

function decide(
  path: string,
  clauses: readonly ClauseAnswer[],
  isStandard: boolean,
  isKnown: boolean,
): Pick<RequestJudgement['guardrails'], 'decision' | 'because'> {
  const saying = (says: ClauseAnswer['says']): ClauseAnswer[] => clauses.filter((clause) => clause.says === says);
  const forbidding = saying('forbids');
  if (forbidding.length > 0)
    return { decision: 'forbidden', because: `${nameClauses(path, forbidding)} ${verbFor(forbidding, 'forbid')} it.` };
  if (!isKnown)
    return {
      decision: 'needs approval',
      because: 'What the clauses say to it takes more than the budget, so nothing grants it by itself.',
    };
  const warning = saying('warns');
  if (warning.length > 0) {
    return {
      decision: 'needs approval',
      because: `${nameClauses(path, warning)} ${verbFor(warning, 'warn')} about it, so a person has to look.`,
    };
  }
  const granting = saying('grants');
  if (isStandard) return { decision: 'passes', because: `${nameClauses(path, granting)} ${verbFor(granting, 'grant')} all of it.` };
  if (granting.length > 0) {
    return { decision: 'needs approval', because: `${nameClauses(path, granting)} ${verbFor(granting, 'grant')} some of it only.` };
  }
  return { decision: 'needs approval', because: `No clause of ${path} forbids it, and no standard request grants it.` };
}

const MOST_NAMED = 3;

/** `Zone matrix web -> card: nothing allowed (guardrails.yaml:12)` */
function nameClauses(path: string, clauses: readonly ClauseAnswer[]): string {
  const named = clauses
    .slice(0, MOST_NAMED)
    .map(({ title, line }) => `${title} (${line === null ? 'list of rulesweep' : `${path}:${line}`})`);
  const more = clauses.length - named.length;
  const text = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function verbFor(clauses: readonly ClauseAnswer[], verb: string): string {
  return clauses.length === 1 ? `${verb}s` : verb;
}
