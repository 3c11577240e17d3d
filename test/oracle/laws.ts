import type { AuditedPolicy, AuditedRule, AuditResult, Conservation, Usage } from '../../src/model/audit-result.ts';
import type { GroupRuleNotation } from '../support/aws-writer.ts';
import type { SimulatedVpc } from '../support/vpc-simulator/simulate.ts';
import type { RuleTruth } from '../support/vpc-simulator/truth.ts';
import { auditedRules, newestExport, type Snapshots } from './simulated-audit.ts';

const NOTHING: RuleTruth = { connections: new Set(), sole: new Set(), answered: new Set(), records: [] };

/** What an audit says against the truth, as sentences that begin with the seed; empty when every law holds. */
export function findViolations(result: AuditResult, vpcs: readonly SimulatedVpc[], snapshots: Snapshots): string[] {
  return [
    ...vpcs.flatMap((vpc) => violationsOf(result, vpc, snapshots).map((sentence) => `seed ${vpc.seed}: ${sentence}`)),
    ...brokenTotals(result, vpcs),
    ...brokenConservation(result),
  ];
}

function violationsOf(result: AuditResult, vpc: SimulatedVpc, snapshots: Snapshots): string[] {
  const groupRules = auditedRules(vpc).flatMap((written) => {
    const found = groupRuleOf(result, written);
    if (found === null) return [`rule ${written.id} of ${written.sg}:${written.dir} is not in the result`];
    const truth = vpc.truth.get(written.id) ?? NOTHING;
    return [
      ...brokenBounds(written.id, found.rule.usage, truth),
      ...brokenSole(written.id, found.rule.usage, truth),
      ...brokenGrade(result, found.policy, found.rule, truth),
      ...(isFullyKnown(vpc, written, snapshots) ? inexactUsage(vpc, written, found.rule.usage) : []),
    ];
  });
  return [...groupRules, ...violationsOfLists(result, vpc, snapshots), ...violationsOfDefaults(result, vpc)];
}

/** A rule by the description that the writer gave it. */
export function groupRuleOf(result: AuditResult, written: GroupRuleNotation): { policy: AuditedPolicy; rule: AuditedRule } | null {
  for (const policy of result.policies) {
    if (policy.nativeId !== written.sg || policy.direction !== written.dir) continue;
    const rule = policy.rules.find((candidate) => candidate.description === written.id);
    if (rule !== undefined) return { policy, rule };
  }
  return null;
}

function brokenBounds(name: string, usage: Usage | null, truth: RuleTruth): string[] {
  if (usage === null) return [`${name} has no usage although there are flows`];
  const real = truth.connections.size;
  if (usage.certain <= real && real <= usage.possible) return [];
  return [
    `${name} took ${real} logged connections, outside of the claimed ${usage.certain}..${usage.possible}: ${sample(truth.connections)}`,
  ];
}

function brokenSole(name: string, usage: Usage | null, truth: RuleTruth): string[] {
  if (usage === null) return [];
  const [low, high] = usage.sole;
  const sole = truth.sole.size;
  const broken: string[] = [];
  if (sole < low || high < sole)
    broken.push(`${name} alone admitted ${sole} connections, outside of the claimed ${low}..${high}: ${sample(truth.sole)}`);
  if (usage.answered > truth.answered.size) {
    broken.push(`${name} had ${truth.answered.size} answered connections, fewer than the claimed ${usage.answered}`);
  }
  return broken;
}

function sample(keys: ReadonlySet<string>): string {
  return [...keys].slice(0, 4).join(' | ');
}

/** Grades as semantics.md C3 has them: unused needs possible = 0, used needs certain > 0, what stands between is indeterminate. */
function brokenGrade(result: AuditResult, policy: AuditedPolicy, rule: AuditedRule, truth: RuleTruth): string[] {
  const { usage, evidence } = rule;
  const name = `${policy.id}/${rule.id} (${rule.description})`;
  if (usage === null || evidence === null) return [`${name} has flows but no evidence`];
  const broken: string[] = [];
  const isCalledUnused = result.findings.some(
    (finding) => finding.kind === 'unused' && finding.policy === policy.id && finding.rule === rule.id,
  );
  if (isCalledUnused && truth.connections.size > 0) broken.push(`${name} is called unused but took ${truth.connections.size} connections`);
  if (isCalledUnused && usage.possible > 0) broken.push(`${name} is called unused but ${usage.possible} hits are possible`);
  if (isCalledUnused && !'ABC'.includes(evidence.grade)) broken.push(`${name} is called unused at grade ${evidence.grade}`);
  if ('ABCD'.includes(evidence.grade) && usage.possible > 0)
    broken.push(`${name} has grade ${evidence.grade} but ${usage.possible} hits are possible`);
  if (evidence.grade === 'U' && usage.certain === 0) broken.push(`${name} has grade U without a certain hit`);
  if (usage.certain > 0 && evidence.grade !== 'U') broken.push(`${name} has ${usage.certain} certain hits but grade ${evidence.grade}`);
  return broken;
}

/** Rules of TCP only, where nothing is hidden from the auditor: then bounds must meet. */
function isFullyKnown(vpc: SimulatedVpc, written: GroupRuleNotation, snapshots: Snapshots): boolean {
  return vpc.knowledge === 'full' && snapshots === 'before-and-after' && written.proto === 'tcp';
}

/** Who is in a group or a prefix list between two exports stays unknown: such a rule may always have taken more than is certain. */
function isReference(rule: GroupRuleNotation): boolean {
  return rule.peer.startsWith('sg-') || rule.peer.startsWith('pl-');
}

/** How many used rules the law of exactness holds for, and how many claims of `unused` were put to the test. */
export function countClaims(result: AuditResult, vpcs: readonly SimulatedVpc[], snapshots: Snapshots): { exact: number; unused: number } {
  const exact = vpcs.flatMap((vpc) => auditedRules(vpc).filter((rule) => isFullyKnown(vpc, rule, snapshots) && vpc.truth.has(rule.id)));
  return { exact: exact.length, unused: result.findings.filter((finding) => finding.kind === 'unused').length };
}

function inexactUsage(vpc: SimulatedVpc, written: GroupRuleNotation, usage: Usage | null): string[] {
  if (usage === null) return [];
  const truth = vpc.truth.get(written.id) ?? NOTHING;
  const packets = truth.records.reduce((sum, record) => sum + record.packets, 0);
  const starts = truth.records.map((record) => record.start);
  const ends = truth.records.map((record) => record.end);
  const expected: Partial<Usage> = {
    certain: truth.connections.size,
    records: truth.records.length,
    packets: String(packets),
    bytes: String(packets * 100),
    firstHit: starts.length === 0 ? null : toTimestamp(Math.min(...starts)),
    lastHit: ends.length === 0 ? null : toTimestamp(Math.max(...ends)),
    activeDays: new Set(starts.map((start) => Math.floor(start / 86_400))).size,
    attachmentsUsed: new Set(truth.records.map((record) => record.eni)).size,
    ...(isReference(written) ? {} : { possible: truth.connections.size }),
    ...(auditedRules(vpc).some((rule) => rule.dir === written.dir && isReference(rule))
      ? {}
      : { sole: [truth.sole.size, truth.sole.size] }),
  };
  return Object.entries(expected).flatMap(([field, value]) => {
    const claimed = JSON.stringify(usage[field as keyof Usage]);
    return claimed === JSON.stringify(value) ? [] : [`${written.id}: ${field} is ${JSON.stringify(value)}, the audit says ${claimed}`];
  });
}

function toTimestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}

function violationsOfLists(result: AuditResult, vpc: SimulatedVpc, snapshots: Snapshots): string[] {
  return Object.entries(newestExport(vpc).nacl ?? {}).flatMap(([subnet, entries]) =>
    entries.flatMap((entry) => {
      const name = `acl-${subnet}:${entry.dir}/${entry.n}`;
      const truth = vpc.truth.get(name) ?? NOTHING;
      const policy = result.policies.find((candidate) => candidate.nativeId === `acl-${subnet}` && candidate.direction === entry.dir);
      const rule = policy?.rules.find((candidate) => candidate.id === String(entry.n));
      if (policy === undefined || rule === undefined) return [`${name} is not in the result`];
      if (isNotJudged(policy, rule.usage)) return [];
      const isExact = vpc.knowledge === 'full' && snapshots === 'before-and-after' && entry.proto === 'tcp' && entry.act === 'allow';
      const inexact = isExact && (rule.usage?.certain !== truth.connections.size || rule.usage.possible !== truth.connections.size);
      return [
        ...brokenBounds(name, rule.usage, truth),
        ...(inexact ? [`${name} took ${truth.connections.size}, the audit says ${rule.usage?.certain}..${rule.usage?.possible}`] : []),
      ];
    }),
  );
}

function violationsOfDefaults(result: AuditResult, vpc: SimulatedVpc): string[] {
  return result.policies.flatMap((policy) => {
    const name = policy.stateful ? `${policy.nativeId}:${policy.direction}/default` : `${policy.nativeId}:${policy.direction}/32767`;
    const truth = vpc.truth.get(name);
    return truth === undefined || isNotJudged(policy, policy.defaultUsage) ? [] : brokenBounds(name, policy.defaultUsage, truth);
  });
}

/** A policy that stands at no interface of the inventory, as far as the exports tell: its silence means nothing, and nothing is said about its use. */
function isNotJudged(policy: AuditedPolicy, usage: Usage | null): boolean {
  return usage === null && policy.attachments === null;
}

function brokenTotals(result: AuditResult, vpcs: readonly SimulatedVpc[]): string[] {
  const { traffic } = result;
  if (traffic === null) return ['there is no traffic in the result'];
  const broken: string[] = [];
  const flowCount = vpcs.reduce((sum, vpc) => sum + vpc.flowCount, 0);
  const statusCount = vpcs.reduce((sum, vpc) => sum + vpc.statusCount, 0);
  const skipped = Object.values(traffic.skippedByReason).reduce((sum, count) => sum + count, 0);
  if (traffic.records !== flowCount + statusCount)
    broken.push(`${flowCount + statusCount} lines were written, ${traffic.records} were read`);
  if (traffic.accepted !== flowCount) broken.push(`${flowCount} flow records were written, ${traffic.accepted} were accepted`);
  if (traffic.accepted + skipped !== traffic.records)
    broken.push(`${traffic.accepted} accepted + ${skipped} skipped are not ${traffic.records} records`);
  for (const input of result.inputs) {
    const reasons = Object.values(input.skippedByReason).reduce((sum, count) => sum + count, 0);
    if (input.records !== input.accepted + input.skipped || input.skipped !== reasons)
      broken.push(`the counts of ${input.path} do not add up`);
  }
  return broken;
}

/** The totals of every enforcement point, and of every policy over the points where it stands. */
export function brokenConservation(result: AuditResult): string[] {
  const points = result.traffic?.conservation ?? [];
  return [...points.flatMap(brokenPoint), ...result.policies.flatMap((policy) => brokenPolicy(policy, points))];
}

function brokenPoint(point: Conservation): string[] {
  const sum = point.sole + point.shared + point.denied + point.unexplained;
  const name = `${point.attachment} ${point.direction} ${point.policies.join('+')}`;
  const counts = [
    point.connections,
    point.sole,
    point.shared,
    point.denied,
    point.unexplained,
    point.decidedElsewhere,
    point.earlierRules,
    point.undecided,
  ];
  if (counts.some((count) => count < 0)) return [`${name} has a negative count`];
  return sum === point.connections ? [] : [`${name}: ${point.connections} connections, but sole + shared + denied + unexplained = ${sum}`];
}

function brokenPolicy(policy: AuditedPolicy, points: readonly Conservation[]): string[] {
  const own = points.filter((point) => point.policies.includes(policy.id));
  const decided = own.reduce((sum, point) => sum + point.sole + point.shared + point.denied, 0);
  const usages = [...policy.rules.map((rule) => rule.usage), policy.defaultUsage].filter((usage) => usage !== null);
  if (policy.evaluation === 'any-permit') {
    return usages
      .filter((usage) => usage.certain > decided)
      .map((usage) => `${policy.id}: a rule has ${usage.certain} certain hits of ${decided} decided connections`);
  }
  const certain = usages.reduce((sum, usage) => sum + usage.certain, 0);
  const possible = usages.reduce((sum, usage) => sum + usage.possible, 0);
  return certain <= decided && decided <= possible
    ? []
    : [`${policy.id}: ${certain} certain <= ${decided} decided <= ${possible} possible does not hold`];
}
