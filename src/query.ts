import type { AuditRequest } from './audit-request.ts';
import { ASK_BUDGET, askPoint } from './core/ask/ask-point.ts';
import { findPoints, type MetPoints, type PointChoice } from './core/ask/enforcement-points.ts';
import { restrictPoints } from './core/ask/restrict-points.ts';
import { addUsage } from './core/ask/usage-of-rules.ts';
import { matrixOfPoint } from './core/matrix/point-matrix.ts';
import { MATRIX_BUDGET } from './core/matrix/service-matrix.ts';
import { narrowToZones } from './governance/asked-zones.ts';
import { readGuardrailsFile } from './guardrails-file.ts';
import type { AuditResult, Input } from './model/audit-result.ts';
import { UsageError } from './model/errors.ts';
import type { QueryAnswer, QueryPoint } from './model/query-answer.ts';
import { formatRegion, parseRegion, type Region } from './model/region-notation.ts';
import type { ServiceMatrixDocument } from './model/service-matrix.ts';
import { readAudit } from './read-audit.ts';
import { notesOnReading, readRuleBase, requireInterface, requirePolicies, whyRulesAreIncomplete } from './rule-base.ts';
import { version } from './version.ts';

/** What `query` is asked. Sources are written as on the command line. */
export interface QueryRequest extends Pick<AuditRequest, 'rules' | 'inventory' | 'defaultAction' | 'onProgress' | 'signal'>, PointChoice {
  /** In the notation of regions; null: every packet, as far as zones do not say otherwise. */
  readonly region: string | null;
  readonly guardrails: string | null;
  /** Names of zones in the guardrails, `tag:NAME`, `outside`; several count together. */
  readonly fromZones: readonly string[];
  readonly toZones: readonly string[];
  /** Zones that carry one of these tags are destinations too. */
  readonly tags: readonly string[];
  /** Path of an audit.json, for what was used. */
  readonly audit: string | null;
}

/**
 * What is permitted and denied in a region, by which rules, at every enforcement point that its packets meet.
 *
 * @throws {UsageError} for a region that cannot be read, and an interface, policy, zone or tag that does not exist
 * @throws {InputError} when a source cannot be used
 */
export async function query(request: QueryRequest): Promise<QueryAnswer> {
  const { region, zones, met, inputs, incompleteBecause } = await meetPoints(request);
  const audit = request.audit === null ? null : await readAudit(request.audit);
  const points = met.points.flatMap((point): QueryPoint[] => {
    const answer = askPoint(point, ASK_BUDGET);
    if (answer !== null) return [audit === null ? answer : addUsage(answer, point, audit)];
    const names = point.layers.flatMap(({ policies }) => policies.map(({ id }) => id)).join(', ');
    incompleteBecause.push(`What ${names} does with the region takes more than the budget; ask about a smaller region.`);
    return [];
  });
  return {
    schemaVersion: 1,
    tool: { name: 'rulesweep', version },
    region: [...formatRegion(region)],
    zones: zones.from.length + zones.to.length === 0 ? null : zones,
    complete: incompleteBecause.length === 0,
    incompleteBecause,
    points,
    notes: [...met.notes, ...(audit === null ? [] : usageNotes(audit))],
    inputs,
  };
}

/**
 * Who may reach whom by what in a region: the service matrix of every enforcement point that its packets meet.
 *
 * @throws as {@link query}
 */
export async function queryMatrix(request: QueryRequest): Promise<ServiceMatrixDocument> {
  const { region, met, inputs, incompleteBecause } = await meetPoints(request);
  const matrices = met.points.map((point) => matrixOfPoint(point, MATRIX_BUDGET));
  const because = [...incompleteBecause, ...matrices.flatMap((matrix) => matrix.incompleteBecause)];
  return {
    schemaVersion: 1,
    tool: { name: 'rulesweep', version },
    subject: 'matrix',
    asked: [...formatRegion(region)],
    incompleteBecause: because,
    matrices,
    notes: [...met.notes],
    inputs,
  };
}

interface Met {
  readonly region: Region;
  readonly zones: { from: string[]; to: string[] };
  readonly met: MetPoints;
  readonly inputs: Input[];
  readonly incompleteBecause: string[];
}

/** The part of the rules that a question is about. */
async function meetPoints(request: QueryRequest): Promise<Met> {
  const asked = readRegion(request.region ?? 'any any -> any');
  const guardrails = request.guardrails === null ? null : await readGuardrailsFile(request.guardrails);
  const zones = { from: [...request.fromZones], to: [...request.toZones, ...request.tags.map((tag) => `tag:${tag}`)] };
  const region = narrowToZones(guardrails?.guardrails ?? null, asked, zones);
  const { ruleBase, inputs } = await readRuleBase(request);
  requireInterface(ruleBase, request.interface);
  requirePolicies(ruleBase, request.policies);
  const met = findPoints(ruleBase, region, request);
  return {
    region,
    zones,
    met: { points: restrictPoints(met.points, region), notes: [...met.notes, ...notesOnReading(ruleBase)] },
    inputs: [...inputs, ...(guardrails === null ? [] : [guardrails.input])],
    incompleteBecause: whyRulesAreIncomplete(ruleBase),
  };
}

function usageNotes({ window }: AuditResult): string[] {
  if (window === null) return ['The audit has no flows, so it says nothing about use.'];
  return [`Use is that of the audit: ${window.from.slice(0, 10)} to ${window.to.slice(0, 10)}, ${window.days} days, of whole rules.`];
}

/** @throws {UsageError} with the reason */
export function readRegion(text: string): Region {
  const parsed = parseRegion(text);
  if (!parsed.ok) throw new UsageError(`not a region: ${parsed.reason}`);
  return parsed.value;
}
