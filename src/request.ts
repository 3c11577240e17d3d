import type { AuditRequest } from './audit-request.ts';
import { ASK_BUDGET, askPoint } from './core/ask/ask-point.ts';
import { type EnforcementPoint, findPoints } from './core/ask/enforcement-points.ts';
import { restrictPoints } from './core/ask/restrict-points.ts';
import { addUsage } from './core/ask/usage-of-rules.ts';
import { ruleKey } from './core/findings/rule-key.ts';
import { judgeAppended } from './core/request/appended-rule.ts';
import { type AskedLayer, findAskedLayers } from './core/request/asked-layers.ts';
import { noteReplies } from './core/request/request-notes.ts';
import { verdictOfPoints } from './core/request/request-verdict.ts';
import { suggestChanges } from './core/request/suggest-changes.ts';
import { isProtected } from './governance/protected-rules.ts';
import { readGuardrailsFile } from './guardrails-file.ts';
import { judgeRequest } from './judge-request.ts';
import type { AuditResult } from './model/audit-result.ts';
import type { Guardrails } from './model/guardrails.ts';
import type { Direction, Policy } from './model/policy.ts';
import type { QueryPoint } from './model/query-answer.ts';
import { formatRegion } from './model/region-notation.ts';
import type { AppendedRule, RequestAnswer } from './model/request-answer.ts';
import type { Rule } from './model/rule.ts';
import { readRegion } from './query.ts';
import { readAudit } from './read-audit.ts';
import { notesOnReading, readRuleBase, requireInterface, whyRulesAreIncomplete } from './rule-base.ts';
import { version } from './version.ts';

/** What `request` is asked. Sources are written as on the command line. */
export interface AccessRequest extends Pick<AuditRequest, 'rules' | 'inventory' | 'defaultAction' | 'onProgress' | 'signal'> {
  /** In the notation of regions. */
  readonly region: string;
  readonly guardrails: string | null;
  /** Path of an audit.json, for what was used. */
  readonly audit: string | null;
  /** Epoch seconds by which exceptions of the guardrails are judged; null: none holds. */
  readonly asOf: number | null;
  readonly interface: string | null;
  readonly direction: Direction | null;
}

/**
 * Whether a request is permitted already and by which rules, what would become of a rule for it, the smallest changes that grant it, and what the
 * guardrails say to it.
 *
 * @throws {UsageError} for a region that cannot be read, and an interface that does not exist
 * @throws {InputError} when a source cannot be used
 */
export async function requestAccess(request: AccessRequest): Promise<RequestAnswer> {
  const region = readRegion(request.region);
  const guardrails = request.guardrails === null ? null : await readGuardrailsFile(request.guardrails);
  const { ruleBase, inputs } = await readRuleBase(request);
  requireInterface(ruleBase, request.interface);
  const audit = request.audit === null ? null : await readAudit(request.audit);

  const met = findPoints(ruleBase, region, { ...request, policies: [] });
  const incompleteBecause = whyRulesAreIncomplete(ruleBase);
  const near = restrictPoints(met.points, region);
  const asked = near.map((point) => ({ point, answer: ask(point, audit) }));
  const points = asked.flatMap(({ answer }) => (answer === null ? [] : [answer]));
  for (const { point, answer } of asked) if (answer === null) incompleteBecause.push(whyUnanswered(point));

  const whole = formatRegion(region).join();
  const verdict = verdictOfPoints(points, asked.length - points.length, (point) => point.region.join() === whole);
  const layers = findAskedLayers(near);
  const changes = suggestChanges(layers, region, {
    policies: ruleBase.policies,
    protectionOf: (policy, rule) => (guardrails === null ? null : whyProtected(guardrails.guardrails, policy, rule)),
  });
  const judged = guardrails === null ? null : judgeRequest(guardrails.guardrails, region, request.asOf);
  incompleteBecause.push(...changes.incompleteBecause, ...(judged?.incompleteBecause ?? []));
  return {
    schemaVersion: 1,
    tool: { name: 'rulesweep', version },
    region: [...formatRegion(region)],
    complete: incompleteBecause.length === 0,
    incompleteBecause,
    verdict,
    points,
    appended: judgeEveryAppended(layers),
    suggestions: [...changes.suggestions],
    guardrails: judged?.guardrails ?? null,
    notes: [...met.notes, ...changes.notes, ...noteReplies(layers, region), ...notesOnReading(ruleBase)],
    inputs: [...inputs, ...(guardrails === null ? [] : [guardrails.input])],
  };
}

function ask(point: EnforcementPoint, audit: AuditResult | null): QueryPoint | null {
  const answer = askPoint(point, ASK_BUDGET);
  return answer === null || audit === null ? answer : addUsage(answer, point, audit);
}

function whyUnanswered({ layers }: EnforcementPoint): string {
  const names = layers.flatMap(({ policies }) => policies.map(({ id }) => id)).join(', ');
  return `What ${names} does with the request takes more than the budget; ask for less at once.`;
}

/** Regions that the question about one appended rule may take up. */
const APPENDED_BUDGET = 200_000;

/** Each policy once, with everything of the request that meets it. */
function judgeEveryAppended(layers: readonly AskedLayer[]): AppendedRule[] {
  const policies = new Map(layers.flatMap(({ layer }) => layer.policies.map((policy) => [policy.id, policy] as const)));
  return [...policies.values()].map((policy) => {
    const regions = layers.filter(({ layer }) => layer.policies.includes(policy)).map(({ region }) => region);
    return judgeAppended(policy, regions, APPENDED_BUDGET);
  });
}

function whyProtected(guardrails: Guardrails, policy: Policy, rule: Rule): string | null {
  const { id, nativeId, name, description, metadata } = rule;
  const entry = isProtected(guardrails, {
    policy: policy.id,
    rule: id,
    nativeId,
    ruleKey: ruleKey(rule),
    name,
    description,
    owner: metadata.owner,
  });
  return entry === null ? null : `${entry.reason} (${guardrails.path}:${entry.line})`;
}
