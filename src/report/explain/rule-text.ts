import type { AuditedRule } from '../../model/audit-result.ts';
import type { Decides, FindingExplanation, PolicyFacts, RuleExplanation } from '../../model/explanation.ts';
import type { Finding } from '../../model/finding.ts';
import { DEFAULT_RULE, formatRuleRef } from '../../model/rule.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { describeCoverers, describeUnusedParts } from '../claim-words.ts';
import { fitText, visibleText, wrapText } from '../escape/visible-text.ts';
import { stateEvidence } from '../evidence-statement.ts';
import { gradeOfFinding } from '../finding-grade.ts';
import { formatCount, formatDay, formatMinute, formatPercent, formatQuantity } from '../number-format.ts';
import type { Paint } from '../renderers/text-paint.ts';
import { FINDING_KIND_WORDS } from '../words/finding-kinds.ts';
import { GRADE_WORDS } from '../words/grades.ts';
import { NOT_PROPOSED_WORDS } from '../words/not-proposed-reasons.ts';
import { REASON_WORDS } from '../words/reasons.ts';

/** What a rule says, what it carried, what it really decides, and what was found about it. */
export function ruleLines(explanation: RuleExplanation, paint: Paint, width: number): string[] {
  const { ref, policy, rule, decides, findings } = explanation;
  return [
    paint.bold(fitText(`Rule ${formatRuleRef(ref)}`, width)),
    ...(rule === null ? defaultFacts(policy, width) : ruleFacts(rule, policy, width)),
    ...block('Use', useSentences(explanation), paint, width),
    ...block('Decides', decides === null ? auditedDecides(rule) : decidesSentences(decides, ref.rule), paint, width),
    ...(findings.length === 0 ? [] : ['', paint.bold('Findings'), ...findings.flatMap((finding) => findingSummary(finding, paint, width))]),
    ...closingLines(explanation, paint, width),
  ];
}

/** One finding: what it means here, why it is believed, what the plan does about it, and how to look for oneself. */
export function findingLines(explanation: FindingExplanation, paint: Paint, width: number): string[] {
  const { finding, policy, rule } = explanation;
  const words = FINDING_KIND_WORDS[finding.kind];
  return [
    paint.bold(fitText(`${finding.id}  ${words.title}: ${formatRuleRef(finding)}`, width)),
    ...wrapText(words.meaning, width - 2, 3).map((line) => `  ${line}`),
    ...(rule === null ? defaultFacts(policy, width) : ruleFacts(rule, policy, width)),
    ...block(`Finding (${finding.severity}, ${finding.status})`, claimSentences(finding), paint, width),
    ...block('Evidence', evidenceSentences(explanation), paint, width),
    ...closingLines(explanation, paint, width),
  ];
}

const LABEL_WIDTH = 12;

function fact(label: string, text: string, width: number): string[] {
  if (text === '') return [];
  const lines = wrapText(text, width - LABEL_WIDTH - 2, 4);
  return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`);
}

function ruleFacts(rule: AuditedRule, policy: PolicyFacts, width: number): string[] {
  const { source, destination, services } = rule.match;
  const list = (values: readonly string[]): string =>
    values.length > 8 ? `${values.slice(0, 8).join(', ')} and ${values.length - 8} more` : values.join(', ');
  const place =
    policy.evaluation === 'first-match'
      ? `rule ${rule.rank + 1} of ${policy.ruleCount}`
      : `one of ${formatQuantity(policy.ruleCount, 'rule')}`;
  return [
    ...fact('as written', rule.asWritten, width),
    ...fact('effect', `${rule.action}${rule.enabled ? '' : ' (switched off)'}`, width),
    ...fact('match', `${list(services)} from ${list(source)} to ${list(destination)}`, width),
    ...fact('unknown', rule.opaque.join('; '), width),
    ...fact('name', rule.name, width),
    ...fact('description', rule.description, width),
    ...fact('owner', [rule.owner, rule.ticket].filter((text) => text !== '').join(', '), width),
    ...fact('expires', rule.documentedExpiry === '' ? '' : `${rule.documentedExpiry} (documented; the device does not enforce it)`, width),
    ...fact(
      'in force',
      rule.inForceSince === null ? '' : `since ${formatDay(rule.inForceSince)} at the latest (${rule.ageSource ?? 'unknown source'})`,
      width,
    ),
    // Never cut or broken: a person copies it.
    `  ${'read from'.padEnd(LABEL_WIDTH)}${visibleText(formatSourceRef(rule.sourceRef))}`,
    ...fact('policy', `${policyName(policy)}: ${place}, ${policySays(policy)}`, width),
    ...fact('on', attachmentText(policy), width),
  ];
}

function defaultFacts(policy: PolicyFacts, width: number): string[] {
  return [
    ...fact('effect', `${policy.defaultAction} what no rule of the policy matches`, width),
    ...fact('policy', `${policyName(policy)}: ${formatQuantity(policy.ruleCount, 'rule')}, ${policySays(policy)}`, width),
    ...fact('on', attachmentText(policy), width),
  ];
}

function policyName({ id, name }: PolicyFacts): string {
  return name === '' || name === id ? id : `${name} (${id})`;
}

function policySays({ evaluation, stateful, defaultAction }: PolicyFacts): string {
  const how = evaluation === 'first-match' ? 'the first that matches decides' : 'any that permits is enough';
  return `${how}, ${stateful ? 'stateful' : 'stateless'}, default ${defaultAction}`;
}

function attachmentText({ attachments, attachmentsKnown }: PolicyFacts): string {
  if (!attachmentsKnown) return 'interfaces that no inventory names';
  if (attachments === null) return 'every path';
  if (attachments.length === 0) return 'no interface';
  const more = attachments.length > 4 ? ` and ${attachments.length - 4} more` : '';
  return `${attachments.slice(0, 4).join(', ')}${more}`;
}

function useSentences({ rule, usage, window }: RuleExplanation): string[] {
  if (usage === null || window === null) return ['No traffic was given: no statement about use.'];
  const [soleMin, soleMax] = usage.sole;
  const sole = soleMin === soleMax ? formatCount(soleMin) : `${formatCount(soleMin)} to ${formatCount(soleMax)}`;
  const range =
    usage.certain === usage.possible ? formatCount(usage.certain) : `${formatCount(usage.certain)} to ${formatCount(usage.possible)}`;
  return [
    rule === null ? `${range} connections in ${formatQuantity(window.days, 'day')}.` : stateEvidence(rule, window),
    ...(usage.possible === 0
      ? []
      : [
          `Only it can explain ${sole} of them; ${formatCount(usage.answered)} were answered; ${formatQuantity(usage.activeDays, 'active day')}.`,
        ]),
    ...(usage.firstHit === null || usage.lastHit === null
      ? []
      : [`First hit ${formatMinute(usage.firstHit)}, last ${formatMinute(usage.lastHit)} UTC.`]),
    ...(rule?.deviceHits == null ? [] : [`The counter of the device says ${formatCount(rule.deviceHits)}.`]),
  ];
}

function decidesSentences({ share, asked, undecided, coveredBy, coveredByOmitted, witness }: Decides, rule: string): string[] {
  const ofAsked = (part: string): string => `${formatPercent(part)} of the packets it asks for`;
  const shown = coveredBy
    .slice(0, 5)
    .map((coverer) => `${coverer.rule}${coverer.share === null ? '' : ` (${formatPercent(coverer.share)})`}`);
  const more = coveredBy.length + coveredByOmitted - shown.length;
  const who = `${shown.join(', ')}${more > 0 ? ` and ${formatQuantity(more, 'more rule')}` : ''}`;
  const first =
    asked === '0'
      ? 'It asks for no packet at all.'
      : coveredBy.length === 0 && undecided === '0'
        ? 'Every packet it asks for reaches it: no other rule of the policy takes any of them.'
        : `It decides ${ofAsked(share)}${undecided === '0' ? '' : '; for others it depends on conditions that cannot be computed'}.`;
  return [
    first,
    ...(coveredBy.length === 0
      ? []
      : [
          `The others are decided by ${who}${coveredBy.some((coverer) => coverer.rule === DEFAULT_RULE) && rule !== DEFAULT_RULE ? ' (default: no rule)' : ''}.`,
        ]),
    witness === null ? 'No packet reaches it.' : `A packet that reaches it: ${witness}`,
  ];
}

/** What the audit itself recorded, where the rules are not at hand. */
function auditedDecides(rule: AuditedRule | null): string[] {
  if (rule === null || rule.decides === null) return [];
  const reached = rule.witness === null ? [] : [`A packet that reaches it: ${rule.witness}`];
  return [`It decides ${formatPercent(rule.decides.share)} of the packets it asks for.`, ...reached];
}

function findingSummary(finding: Finding, paint: Paint, width: number): string[] {
  const head = `  ${paint.severity(finding.severity.padEnd(8), finding.severity)} ${fitText(finding.kind, width - 34)}  ${paint.dim(finding.id)}`;
  return [head, ...wrapText(finding.explanation, width - 11, 4).map((line) => `           ${line}`)];
}

function claimSentences(finding: Finding): string[] {
  const coverers = describeCoverers(finding);
  const shown = coverers.slice(0, 8).join(', ');
  const more = coverers.length - 8 + (finding.coveredByOmitted?.count ?? 0);
  return [
    finding.explanation,
    ...(coverers.length === 0 ? [] : [`Covered by ${shown}${more > 0 ? ` and ${formatQuantity(more, 'more rule')}` : ''}.`]),
    ...describeUnusedParts(finding).map((part) => `${part}.`),
    ...((finding.mergeWith ?? []).length === 0 ? [] : [`Can be merged with ${(finding.mergeWith ?? []).map(formatRuleRef).join(', ')}.`]),
  ];
}

function evidenceSentences({ finding, rule, window }: FindingExplanation): string[] {
  const { grade, reasons } = finding.evidence;
  const term = gradeOfFinding(finding);
  const why = reasons.length === 0 ? '' : ` (${reasons.map((reason) => REASON_WORDS[reason]).join('; ')})`;
  const { changesDecisions, safeAlone } = finding.removal;
  const own = `Grade ${grade}: ${term.title}${why}.`;
  // Of a finding on use, the sentence on the rule's use says the grade.
  const ofUse = rule === null || rule.usage === null ? [] : [stateEvidence(rule, window)];
  return [
    ...(rule?.evidence?.grade === grade && term === GRADE_WORDS[grade] ? ofUse : [own, ...ofUse]),
    term.meaning,
    ...(finding.proof === null ? [] : [`Proof: ${finding.proof.type}, SHA-256 ${finding.proof.sha256}.`]),
    ...(finding.witness === null ? [] : [`A packet that shows it: ${finding.witness}`]),
    `Removing the rule ${changesDecisions ? 'changes what is permitted or denied' : 'changes no decision'}${safeAlone ? '' : ', and is not safe without another change'}.`,
  ];
}

function planSentences({ plan }: RuleExplanation | FindingExplanation): string[] {
  return [
    ...plan.removals.map(
      ({ effect, rationale }) =>
        `Proposed for removal (${effect === 'none' ? 'changes no decision' : 'narrows what is permitted'}): ${rationale.change} ${rationale.signal}`,
    ),
    ...plan.notProposed.map(({ reason, detail }) => `Not proposed, ${NOT_PROPOSED_WORDS[reason]}: ${detail}`),
  ];
}

function closingLines(explanation: RuleExplanation | FindingExplanation, paint: Paint, width: number): string[] {
  const { checks, notes, incompleteBecause } = explanation;
  return [
    ...block('Plan', planSentences(explanation), paint, width),
    ...(checks.length === 0 ? [] : ['', paint.bold('Look for yourself')]),
    // Commands are never cut: a person copies them.
    ...checks.flatMap(({ purpose, command }) => [`  ${paint.dim(`# ${visibleText(purpose)}`)}`, `  ${visibleText(command)}`]),
    ...block('Notes', notes, paint, width),
    ...block('The audit is incomplete', incompleteBecause, paint, width),
  ];
}

function block(title: string, sentences: readonly string[], paint: Paint, width: number): string[] {
  if (sentences.length === 0) return [];
  return ['', paint.bold(title), ...sentences.flatMap((sentence) => wrapText(sentence, width - 2, 6).map((line) => `  ${line}`))];
}
