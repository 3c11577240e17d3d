import type {
  AuditedPolicy,
  AuditedRule,
  AuditResult,
  Coverage,
  Input,
  Plan,
  RuleEvidence,
  Traffic,
  Usage,
} from '../model/audit-result.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Finding } from '../model/finding.ts';
import type { CalendarEntry } from '../model/guardrails.ts';
import { unknownAxes } from '../model/match.ts';
import type { RuleBase } from '../model/policy.ts';
import type { Rule } from '../model/rule.ts';
import { formatTimestamp } from '../model/time.ts';
import type { RuleUsage } from './attribution/usage.ts';
import { defaultUsageOf, type ObservedTraffic } from './evidence/assess-rules.ts';
import { RuleProfiles, toDetection } from './evidence/detection.ts';
import type { PolicyFacts, RuleFacts } from './findings/detector.ts';
import { ruleKey } from './findings/rule-key.ts';
import type { PolicyStructure } from './structure/analyse-structure.ts';
import { formatPackets, formatShare, NO_PACKETS } from './structure/packet-shares.ts';
import { formatWitness } from './trace/witness.ts';

/** Everything that a result is put together from. */
export interface ResultParts {
  readonly toolVersion: string;
  /** Epoch seconds; null: the end of the window, or none. */
  readonly asOf: number | null;
  readonly incompleteBecause: readonly string[];
  readonly inputs: readonly Input[];
  readonly ruleBase: RuleBase;
  readonly policies: readonly PolicyFacts[];
  readonly observed: ObservedTraffic | null;
  readonly traffic: Traffic | null;
  readonly findings: readonly Finding[];
  readonly plan: Plan;
  readonly diagnostics: readonly Diagnostic[];
  /** Of the guardrails; absent: none. */
  readonly calendar?: readonly CalendarEntry[];
}

/** The one document between analysis and everything that presents it. Deterministic: no clock, no map order, no absolute path. */
export function assembleResult(parts: ResultParts): AuditResult {
  const window = parts.observed?.window ?? null;
  const asOf = parts.asOf ?? window?.end ?? null;
  const profiles = new RuleProfiles();
  return {
    schemaVersion: 1,
    complete: parts.incompleteBecause.length === 0,
    incompleteBecause: [...parts.incompleteBecause],
    tool: { name: 'rulesweep', version: parts.toolVersion },
    asOf: asOf === null ? null : formatTimestamp(asOf),
    window:
      window === null
        ? null
        : { from: formatTimestamp(window.start), to: formatTimestamp(window.end), days: Math.round((window.end - window.start) / 86_400) },
    inputs: [...parts.inputs],
    policies: parts.policies.map((facts) => toAuditedPolicy(facts, parts, profiles)),
    findings: [...parts.findings],
    plan: parts.plan,
    traffic: withDetection(parts, profiles),
    diagnostics: [...parts.diagnostics],
  };
}

/** An interface that only the log knows grades no rule, so it does not speak for the window either, unless there is no other. */
function withDetection({ traffic, observed, ruleBase, calendar = [] }: ResultParts, { profiles }: RuleProfiles): Traffic | null {
  if (traffic === null || observed === null) return traffic;
  const known = ruleBase.attachments.map(({ id }) => id);
  const attachments = known.length > 0 ? known : observed.dictionary.attachments;
  return { ...traffic, detection: toDetection(observed.exposure, [...new Set(attachments)].sort(), calendar, profiles) };
}

function toAuditedPolicy(
  { policy, rules, analysis }: PolicyFacts,
  { ruleBase, observed }: ResultParts,
  profiles: RuleProfiles,
): AuditedPolicy {
  const defaultUsage = defaultUsageOf(policy, ruleBase, observed);
  const attachmentsTotal = policy.attachments?.length ?? null;
  return {
    id: policy.id,
    name: policy.name,
    format: policy.format,
    evaluation: policy.evaluation,
    stateful: policy.stateful,
    defaultAction: policy.defaultAction,
    direction: policy.direction,
    account: policy.scope.account,
    network: policy.scope.network,
    nativeId: policy.scope.nativeId,
    attachments: policy.attachments === null ? null : [...policy.attachments],
    attachmentsKnown: !policy.interfaceBound || policy.attachments !== null,
    rules: rules.map((facts) => toAuditedRule(facts, analysis, attachmentsTotal, profiles)),
    defaultUsage: defaultUsage === null ? null : toUsage(defaultUsage, attachmentsTotal),
  };
}

function toAuditedRule(
  { rule, usage, graded, exposure }: RuleFacts,
  analysis: PolicyStructure,
  attachmentsTotal: number | null,
  profiles: RuleProfiles,
): AuditedRule {
  const { metadata, presence } = rule;
  const time = (seconds: number | null): string | null => (seconds === null ? null : formatTimestamp(seconds));
  return {
    id: rule.id,
    rank: rule.rank,
    nativeId: rule.nativeId,
    ruleKey: ruleKey(rule),
    name: rule.name,
    description: rule.description,
    asWritten: rule.asWritten,
    action: rule.effect.verdict,
    enabled: rule.enabled,
    match: { source: [...rule.written.source], destination: [...rule.written.destination], services: [...rule.written.services] },
    sourceRef: rule.sourceRef,
    evaluable: rule.evaluable,
    opaque: unknownAxes(rule.match),
    owner: metadata.owner,
    ticket: metadata.ticket,
    createdAt: time(metadata.createdAt),
    modifiedAt: time(metadata.modifiedAt),
    documentedExpiry: metadata.documentedExpiry,
    inForceSince: time(presence.knownFrom),
    ageSource: presence.source,
    deviceHits: rule.nativeHits,
    ...toStructure(rule, analysis),
    usage: usage === null ? null : toUsage(usage, attachmentsTotal),
    evidence: graded === null || exposure === null ? null : toEvidence(graded, exposure, usage, profiles),
    native: JSON.parse(JSON.stringify(rule.native)) as AuditedRule['native'],
  };
}

/** Nothing is claimed about a rule that could not be read. */
function toStructure(rule: Rule, analysis: PolicyStructure): Pick<AuditedRule, 'decides' | 'witness' | 'overlap'> {
  if (rule.evaluable === 'no') return { decides: null, witness: null, overlap: null };
  const decides = analysis.decidesOf(rule.id);
  const witness = analysis.verdictOf(rule.id)?.witness ?? null;
  return {
    decides: decides === null ? null : { packets: formatPackets(decides.packets), share: formatShare(decides.packets, decides.total) },
    witness: witness === null ? null : formatWitness(witness),
    overlap: toOverlap(rule, analysis),
  };
}

function toOverlap(rule: Rule, analysis: PolicyStructure): AuditedRule['overlap'] {
  const overlap = analysis.overlapOf(rule.id);
  if (overlap === null) return null;
  const { coverage, relation, opposing, omitted } = overlap;
  const named = (kind: (typeof opposing)[number]['kind']): string[] =>
    opposing.filter((other) => other.kind === kind).map((other) => other.rule);
  const own = coverage?.deciders.find((decider) => decider.rule === rule.id)?.packets ?? NO_PACKETS;
  return {
    reachedShare: coverage === null ? null : formatShare(own, coverage.total),
    relation,
    generalizes: named('generalization'),
    correlates: named('correlation'),
    omitted,
  };
}

function toUsage(usage: RuleUsage, attachmentsTotal: number | null): Usage {
  return {
    certain: usage.certain,
    possible: usage.possible,
    sole: [usage.soleMin, usage.soleMax],
    answered: usage.answered,
    asResponse: usage.asResponse,
    records: usage.records,
    packets: BigInt(usage.packets).toString(),
    bytes: BigInt(usage.bytes).toString(),
    firstHit: usage.firstHit === null ? null : formatTimestamp(usage.firstHit),
    lastHit: usage.lastHit === null ? null : formatTimestamp(usage.lastHit),
    activeDays: usage.activeDays,
    attachmentsUsed: usage.attachmentsUsed,
    attachmentsTotal,
  };
}

function toEvidence(
  graded: NonNullable<RuleFacts['graded']>,
  exposure: NonNullable<RuleFacts['exposure']>,
  usage: RuleUsage | null,
  profiles: RuleProfiles,
): RuleEvidence {
  const isSilent = usage !== null && usage.certain === 0;
  return {
    grade: graded.grade,
    reasons: [...graded.reasons],
    coverage: toFraction(exposure.coverage),
    effectiveDays: exposure.effectiveDays,
    emptyHourCells: [...exposure.emptyHourCells],
    maxDailyRate95: isSilent && exposure.effectiveDays > 0 ? (2.996 / exposure.effectiveDays).toFixed(4) : null,
    detection: profiles.placeOf(exposure.caughtHours),
  };
}

/** Rounded down to three decimals, so that nothing short of all is shown as all. */
export function toFraction(share: number): string {
  const thousandths = Math.floor(share * 1000 + 1e-9);
  return (thousandths / 1000).toString();
}

/** The coverage page: every attachment that the inventory knows or that logged something, by id. */
export function toCoverage(ruleBase: RuleBase, observed: ObservedTraffic): Coverage[] {
  const known = new Set(ruleBase.attachments.map((attachment) => attachment.id));
  const ids = [...new Set([...known, ...observed.dictionary.attachments])].sort();
  return ids.map((id): Coverage => {
    const covered = observed.exposure.coverageOf(id);
    return {
      attachment: id,
      known: known.has(id),
      coverage: toFraction(covered.coverage),
      daysWithData: covered.daysWithData,
      skippedHours: covered.skippedHours,
      emptyHourCells: [...covered.emptyHourCells],
      gaps: covered.gaps.map(({ start, end }) => ({ from: formatTimestamp(start), to: formatTimestamp(end) })),
    };
  });
}
