import type { CheckKind } from '../model/check-result.ts';
import type { DecisionEntry, Decisions } from '../model/decisions.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type FindingKind, findingKindSchema, type Status } from '../model/finding.ts';
import { decisionKey } from './decisions.ts';
import { isExpired } from './expiry.ts';

/** As much of a finding, or of what a check says was introduced, as decisions speak about. */
export interface DecidableFinding {
  readonly kind: FindingKind | CheckKind;
  readonly policy: string;
  /** Key of the content of the finding's rule. */
  readonly ruleKey: string;
}

export interface AppliedDecisions {
  /** One per finding, in the same order. */
  readonly statuses: readonly Status[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What people decided about each finding. A decision for one policy goes before one for all of them. No decision, or one that is expired: `new`.
 * A finding that is marked `fixed` and still there is `regressed`.
 *
 * @param asOf epoch seconds, the date of the audit. Without one no expiry can be judged, so no decision holds.
 * @param isGone whether a decision that matches none of the findings speaks of nothing any more; without it every one does that an audit could match
 * @returns also a diagnostic for each decision that is expired, or that nothing matches any more (a fixed one should not match)
 */
export function applyDecisions(
  findings: readonly DecidableFinding[],
  decisions: Decisions,
  asOf: number | null,
  isGone: (entry: DecisionEntry) => boolean = isOfAudits,
): AppliedDecisions {
  const byKey = new Map(decisions.entries.map((entry) => [decisionKey(entry), entry]));
  const matched = new Set<DecisionEntry>();
  const statuses = findings.map((finding): Status => {
    const inPolicy = byKey.get(decisionKey({ rule: finding.ruleKey, kind: finding.kind, policy: finding.policy }));
    const everywhere = byKey.get(decisionKey({ rule: finding.ruleKey, kind: finding.kind, policy: undefined }));
    for (const entry of [inPolicy, everywhere]) if (entry !== undefined) matched.add(entry);
    const entry = inPolicy ?? everywhere;
    if (entry === undefined || asOf === null || isExpired(entry.expires, asOf)) return 'new';
    return entry.decision === 'fixed' ? 'regressed' : entry.decision;
  });
  return { statuses, diagnostics: describe(decisions, matched, asOf, isGone) };
}

/** Kinds that only a check knows are no business of an audit. */
function isOfAudits({ kind }: DecisionEntry): boolean {
  return findingKindSchema.options.some((each) => each === kind);
}

function describe(
  { path, entries }: Decisions,
  matched: ReadonlySet<DecisionEntry>,
  asOf: number | null,
  isGone: (entry: DecisionEntry) => boolean,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  if (asOf === null && entries.length > 0) {
    const message = `There is no date, so nobody can tell whether a decision is expired, and none was used. Give --as-of.`;
    diagnostics.push({ severity: 'warning', code: 'DECISIONS_WITHOUT_DATE', path, message });
  }
  for (const entry of entries) {
    const about = `The decision "${entry.decision}" of ${entry.owner} about ${entry.kind} of ${entry.rule}`;
    const place = { path, line: entry.line };
    if (!matched.has(entry) && isGone(entry)) {
      if (entry.decision === 'fixed') continue;
      const message = `${about} matches no finding: the rule was edited or is gone, or the finding is. Remove the entry, or mark it fixed.`;
      diagnostics.push({ severity: 'warning', code: 'DECISION_UNMATCHED', ...place, message });
    } else if (asOf !== null && isExpired(entry.expires, asOf)) {
      const message = `${about} expired on ${entry.expires}, so the finding counts as new. Decide again, or make the change.`;
      diagnostics.push({ severity: 'warning', code: 'DECISION_EXPIRED', ...place, message });
    }
  }
  return diagnostics;
}
