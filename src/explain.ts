import { audit } from './audit.ts';
import type { AuditRequest } from './audit-request.ts';
import { auditFactsOf, usageOf } from './core/explain/audit-facts.ts';
import { explainPacket } from './core/explain/explain-packet.ts';
import { findSubject, type Subject } from './core/explain/find-subject.ts';
import { traceRule } from './core/explain/trace-rule.ts';
import { ruleKey } from './core/findings/rule-key.ts';
import type { AuditResult } from './model/audit-result.ts';
import { UsageError } from './model/errors.ts';
import type { Explanation, FindingExplanation, PacketExplanation, RuleExplanation } from './model/explanation.ts';
import { looksLikePacket, type Packet, parsePacket } from './model/packet-notation.ts';
import type { Direction } from './model/policy.ts';
import { readAudit } from './read-audit.ts';
import { deviceChecks } from './report/explain/device-checks.ts';
import { readRuleBase, requireInterface, suggest } from './rule-base.ts';
import { version } from './version.ts';

/** What is to be explained, from what. Sources are written as on the command line: `[format=]PATH[@T]`. */
export interface ExplainRequest extends Pick<AuditRequest, 'rules' | 'inventory' | 'defaultAction' | 'onProgress' | 'signal'> {
  /** A packet, `POLICY/RULE`, a rule id that is unique, or the id of a finding. */
  readonly subject: string;
  /** Path of an audit.json; null: the rules are audited without traffic. */
  readonly audit: string | null;
  /** For a packet: only this interface, only this direction; null: all that the packet meets. */
  readonly interface: string | null;
  readonly direction: Direction | null;
}

/**
 * Explains a packet by the rules, or a rule or finding by an audit. Nothing is written.
 *
 * @throws {UsageError} when the subject names nothing, with the nearest matches, or what it needs is not given
 * @throws {InputError} when a file cannot be used
 */
export async function explain(request: ExplainRequest): Promise<Explanation> {
  if (request.rules.length === 0 && request.audit === null) {
    throw new UsageError('nothing to explain from: give --rules PATH, or --audit AUDIT.json for a rule or a finding');
  }
  const packet = looksLikePacket(request.subject) ? parsePacket(request.subject) : null;
  if (packet?.ok === true) return explainPacketBy(packet.value, request);
  const result = await resultOf(request);
  const subject = findSubject(result, request.subject);
  if (subject.kind === 'unclear') throw new UsageError(packet === null ? whyUnclear(subject, request) : `not a packet: ${packet.reason}`);
  if (request.interface !== null || request.direction !== null)
    throw new UsageError(`--interface and --direction are for packets; ${request.subject} is a ${subject.kind}`);
  return subject.kind === 'rule' ? explainRule(result, subject, request) : explainFinding(result, subject);
}

async function explainPacketBy(packet: Packet, request: ExplainRequest): Promise<PacketExplanation> {
  if (request.rules.length === 0)
    throw new UsageError(
      'a packet is explained by the rules themselves: give --rules PATH, and --inventory PATH where rules belong to interfaces',
    );
  const { ruleBase, inputs } = await readRuleBase(request);
  requireInterface(ruleBase, request.interface);
  const facts = explainPacket(ruleBase, packet, { interface: request.interface, direction: request.direction });
  return { schemaVersion: 1, tool: { name: 'rulesweep', version }, subject: 'packet', ...facts, inputs: [...inputs] };
}

async function resultOf(request: ExplainRequest): Promise<AuditResult> {
  if (request.audit !== null) return readAudit(request.audit);
  const { rules, inventory, defaultAction, onProgress, signal } = request;
  return audit({
    rules,
    inventory,
    defaultAction,
    onProgress,
    signal,
    flows: [],
    counters: [],
    guardrails: null,
    decisions: null,
    from: null,
    to: null,
    asOf: null,
    threads: null,
    memoryBytes: null,
  });
}

function whyUnclear({ count, nearest }: Extract<Subject, { kind: 'unclear' }>, { subject, audit: path }: ExplainRequest): string {
  if (count > 0) return `"${subject}" names ${count} things${suggest(nearest)}`;
  const hint = /^F-/i.test(subject.trim()) && path === null ? '; findings on use need the audit they were made in: --audit AUDIT.json' : '';
  const shapes = nearest.length > 0 ? '' : '; expected a packet ("tcp 10.1.2.3:40000 -> 10.9.0.5:443"), POLICY/RULE, or F-…';
  return `"${subject}" is no packet, and no rule or finding has that name${suggest(nearest)}${hint}${shapes}`;
}

async function explainRule(
  result: AuditResult,
  { policy, ref }: Extract<Subject, { kind: 'rule' }>,
  request: ExplainRequest,
): Promise<RuleExplanation> {
  const facts = auditFactsOf(result, policy, ref);
  const traced =
    request.rules.length === 0 || facts.rule === null
      ? { decides: null, notes: [] }
      : await traceInSources(request, facts.rule.ruleKey, ref);
  return {
    ...facts,
    subject: 'rule',
    ref,
    usage: usageOf(policy, ref),
    findings: result.findings.filter((finding) => finding.policy === ref.policy && finding.rule === ref.rule),
    ...traced,
    checks: deviceChecks(policy, facts.rule),
  };
}

/** What the rule really decides, in the rules given; an audit may be older than they are. */
async function traceInSources(
  request: ExplainRequest,
  key: string,
  ref: RuleExplanation['ref'],
): Promise<Pick<RuleExplanation, 'decides' | 'notes'>> {
  const { ruleBase } = await readRuleBase(request);
  const policy = ruleBase.policies.find(({ id }) => id === ref.policy);
  const rule = policy?.rules.find(({ id }) => id === ref.rule);
  if (policy === undefined || rule === undefined)
    return { decides: null, notes: ['The rules given do not hold this rule; what is said here is that of the audit.'] };
  if (ruleKey(rule) !== key) return { decides: null, notes: ['The rule has changed since the audit; audit again.'] };
  return { decides: traceRule(policy, ref.rule), notes: [] };
}

function explainFinding(result: AuditResult, { policy, finding }: Extract<Subject, { kind: 'finding' }>): FindingExplanation {
  const facts = auditFactsOf(result, policy, finding);
  return { ...facts, subject: 'finding', finding, checks: deviceChecks(policy, facts.rule, finding.kind), notes: [] };
}
