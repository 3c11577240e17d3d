import type { IntroducedDraft } from './core/check/draft.ts';
import type { KeyedFinding } from './core/findings/detect-findings.ts';
import { ruleKey } from './core/findings/rule-key.ts';
import { applyDecisions } from './governance/apply-decisions.ts';
import { parseDecisions } from './governance/decisions.ts';
import type { Input } from './model/audit-result.ts';
import type { Decisions } from './model/decisions.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Finding, Status } from './model/finding.ts';
import type { Policy } from './model/policy.ts';
import { readSettledFile, type SettledFile } from './settled-file.ts';

export interface DecidedFindings {
  readonly findings: readonly Finding[];
  readonly inputs: readonly Input[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Gives every finding the status that the decisions file says, in the same order; without a file all of them stay `new`.
 *
 * @param asOf epoch seconds by which expiry is judged
 * @throws {InputError} when the file cannot be read or is not a decisions file
 */
export async function applyDecisionsFile(
  path: string | null,
  keyed: readonly KeyedFinding[],
  asOf: number | null,
): Promise<DecidedFindings> {
  if (path === null) return { findings: keyed.map(({ finding }) => finding), inputs: [], diagnostics: [] };
  const { content: decisions, input, diagnostics } = await readDecisions(path);
  const applied = applyDecisions(
    keyed.map(({ finding, contentKey }) => ({ kind: finding.kind, policy: finding.policy, ruleKey: contentKey })),
    decisions,
    asOf,
  );
  return {
    findings: keyed.map(({ finding }, index) => ({ ...finding, status: applied.statuses[index] ?? 'new' })),
    inputs: [input],
    diagnostics: [...diagnostics, ...applied.diagnostics],
  };
}

export interface DecidedDrafts {
  /** One for each draft. */
  readonly statuses: readonly Status[];
  readonly inputs: readonly Input[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The same for what a check says was introduced. A decision about the finding behind an item holds for the item too. A decision that matches nothing is
 * stale only when no rule has that content any more: what the change does not touch is not looked at.
 */
export async function decideIntroduced(
  path: string | null,
  drafts: readonly IntroducedDraft[],
  policies: readonly Policy[],
  asOf: number | null,
): Promise<DecidedDrafts> {
  if (path === null) return { statuses: drafts.map(() => 'new' as const), inputs: [], diagnostics: [] };
  const { content: decisions, input, diagnostics } = await readDecisions(path);
  const asked = drafts.flatMap(({ kind, policy, ruleKey: key, finding }) => {
    // No decision has an empty key.
    const subject = { kind, policy, ruleKey: key ?? '' };
    return [subject, { ...subject, kind: finding?.kind ?? kind }];
  });
  const known = decisions.entries.length === 0 ? new Set() : new Set(policies.flatMap(({ rules }) => rules.map(ruleKey)));
  const applied = applyDecisions(asked, decisions, asOf, ({ rule }) => !known.has(rule));
  return {
    statuses: drafts.map((_, i) => [applied.statuses[2 * i], applied.statuses[2 * i + 1]].find((status) => status !== 'new') ?? 'new'),
    inputs: [input],
    diagnostics: [...diagnostics, ...applied.diagnostics],
  };
}

function readDecisions(path: string): Promise<SettledFile<Decisions>> {
  return readSettledFile('decisions', path, parseDecisions, ({ entries }) => entries.length);
}
