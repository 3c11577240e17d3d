import type { AuditRequest } from './audit-request.ts';
import { checkGuardrails } from './check-guardrails.ts';
import { notesOnPairs } from './core/ask/pair-notes.ts';
import { isSameToTheLetter, pairPolicies } from './core/ask/pair-policies.ts';
import { comparePolicyPair, DIFFERENCE_BUDGET } from './core/ask/policy-difference.ts';
import { countKinds, FAILING_KINDS, toIntroduced } from './core/check/assemble-check.ts';
import { type ChangedPolicy, toChangedPolicy } from './core/check/changed-policy.ts';
import { compareFindings } from './core/check/new-findings.ts';
import { findWidened, widenedSpace } from './core/check/widened-rules.ts';
import { decideIntroduced } from './decisions-file.ts';
import { whyUnknown } from './diff.ts';
import { expiredExceptions } from './governance/expired-exceptions.ts';
import { readGuardrailsFile } from './guardrails-file.ts';
import type { CheckKind, CheckResult, Introduced } from './model/check-result.ts';
import { formatTimestamp } from './model/time.ts';
import { readRuleBase, whyNoRules } from './rule-base.ts';
import { countTouchedFlows } from './touched-flows.ts';
import { version } from './version.ts';

/** What `check` is asked. Sources are written as on the command line. */
export interface CheckRequest
  extends Pick<
    AuditRequest,
    'inventory' | 'flows' | 'decisions' | 'from' | 'to' | 'asOf' | 'defaultAction' | 'threads' | 'memoryBytes' | 'onProgress' | 'signal'
  > {
  /** Empty: there is nothing before the change, and everything is new. */
  readonly base: readonly string[];
  readonly head: readonly string[];
  readonly guardrails: string | null;
  /** Null: {@link FAILING_KINDS}. */
  readonly failsOn: readonly CheckKind[] | null;
}

/**
 * What a change of the rules introduces, and only that: findings, guardrail violations, packets that change verdict, logged flows that it touches.
 *
 * @throws {InputError} when a source cannot be used
 * @throws {InterruptedError} when the signal aborts
 */
export async function check(request: CheckRequest): Promise<CheckResult> {
  const guarded = request.guardrails === null ? null : await readGuardrailsFile(request.guardrails);
  const base = await readRuleBase({ ...request, rules: request.base });
  const head = await readRuleBase({ ...request, rules: request.head });
  const pairs = pairPolicies(base.ruleBase.policies, head.ruleBase.policies);
  request.onProgress({ stage: 'findings', detail: 'comparing rules', fraction: null });
  const changed = pairs
    .filter((pair) => !isSameToTheLetter(pair))
    .map((pair) => toChangedPolicy(pair, comparePolicyPair(pair.before, pair.after, DIFFERENCE_BUDGET), head.ruleBase.attachments));

  const judged = changed.map((policy) => {
    const widened = findWidened(policy);
    const { drafts, incompleteBecause } =
      guarded === null ? { drafts: [], incompleteBecause: [] } : checkGuardrails(guarded.guardrails, policy, widened, request.asOf);
    const findings = compareFindings(policy);
    return { findings, drafts: [...findings.introduced, ...widenedSpace(policy, widened), ...drafts], incompleteBecause };
  });
  const drafts = judged.flatMap((one) => one.drafts);
  const decided = await decideIntroduced(request.decisions, drafts, head.ruleBase.policies, request.asOf);
  const failsOn = request.failsOn ?? FAILING_KINDS;
  const introduced = toIntroduced(drafts, decided.statuses, failsOn);
  const differences = changed.map(({ traced }) => traced.difference);
  const flows = await countTouchedFlows(request, head.ruleBase, changed);

  const incompleteBecause = [
    ...(request.base.length === 0 ? [] : whyNoRules(base.ruleBase).map((reason) => `Base: ${reason}`)),
    ...whyNoRules(head.ruleBase).map((reason) => `Head: ${reason}`),
    ...differences.filter(({ complete }) => !complete).map(whyUnknown),
    ...judged.flatMap((one) => one.incompleteBecause),
    ...changed.flatMap(whyPlacesAreOpen),
    ...changed
      .filter(hasUnknownDeciders)
      .map(
        ({ traced }) => `Who permits what in ${traced.difference.after ?? traced.difference.before} takes more than the budget to tell.`,
      ),
    ...introduced.filter(({ kind, status }) => kind === 'not-evaluable' && status === 'new').map(whyUnread),
    ...flows.incompleteBecause,
  ];
  const both = [...(guarded === null ? [] : [guarded.input]), ...decided.inputs, ...flows.inputs];
  return {
    schemaVersion: 1,
    tool: { name: 'rulesweep', version },
    asOf: request.asOf === null ? null : formatTimestamp(request.asOf),
    passed: !introduced.some(({ fails }) => fails),
    complete: incompleteBecause.length === 0,
    incompleteBecause,
    failsOn: [...failsOn],
    introduced,
    resolved: countKinds(judged.flatMap(({ findings }) => findings.resolved)),
    remaining: countKinds(judged.flatMap(({ findings }) => findings.remaining)),
    policies: differences,
    unchangedPolicies: pairs.length - changed.length,
    flows: flows.touched,
    notes: notesOnPairs(differences),
    inputs: [
      ...base.inputs.map((input) => ({ side: 'base' as const, input })),
      ...head.inputs.map((input) => ({ side: 'head' as const, input })),
      ...both.map((input) => ({ side: 'both' as const, input })),
    ],
    diagnostics: [
      ...base.ruleBase.diagnostics.map((diagnostic) => ({ ...diagnostic, message: `Base: ${diagnostic.message}` })),
      ...head.ruleBase.diagnostics,
      ...(guarded === null ? [] : [...guarded.diagnostics, ...expiredExceptions(guarded.guardrails, request.asOf)]),
      ...decided.diagnostics,
      ...flows.diagnostics,
    ],
  };
}

/** Policies are compared as they are; where they stand is another change, which nothing here judges. */
function whyPlacesAreOpen({ pair: { before, after } }: ChangedPolicy): string[] {
  const [old, now] = [before?.attachments ?? null, after?.attachments ?? null];
  if (old === null || now === null || JSON.stringify(old) === JSON.stringify(now)) return [];
  return [
    `${after?.id} is no longer on the same interfaces; what that changes for the packets there is not judged (see the notes of the policy).`,
  ];
}

function hasUnknownDeciders({ traced: { traced } }: ChangedPolicy): boolean {
  return traced.groups.some(({ group }) => group.deciders.some(({ complete }) => !complete));
}

function whyUnread({ policy, rule }: Introduced): string {
  return `${policy}/${rule} was added or changed and cannot be evaluated, so what it permits is not known; mend it, or decide about it (--decisions).`;
}
