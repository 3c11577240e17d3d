import { availableParallelism, totalmem } from 'node:os';
import type { AuditRequest } from './audit-request.ts';
import { toCoverage } from './core/assemble-result.ts';
import { type Attribution, Attributor } from './core/attribution/attribute.ts';
import { findViolations, toConservation } from './core/attribution/conservation.ts';
import { collectHitDays } from './core/attribution/hit-days.ts';
import { planEnforcement } from './core/attribution/layers.ts';
import type { TrafficTotals } from './core/attribution/traffic-totals.ts';
import { countUsage } from './core/attribution/usage.ts';
import type { ObservedTraffic } from './core/evidence/assess-rules.ts';
import { ExposureBook } from './core/evidence/exposure.ts';
import { drawMap } from './core/map/application-map.ts';
import type { MapZone } from './core/map/places.ts';
import { type LoadedFlows, loadFlows } from './ingest/flows/load-flows.ts';
import { FLOW_FORMATS } from './ingest/formats/flow-formats.ts';
import { expandSources } from './ingest/sources.ts';
import type { ApplicationMap } from './model/application-map.ts';
import type { Input, Traffic } from './model/audit-result.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import { InterruptedError } from './model/errors.ts';
import type { ConversationBatch, Window } from './model/flow.ts';
import type { RuleBase } from './model/policy.ts';
import { openStore } from './store/database.ts';

const MEGABYTE = 1024 * 1024;

/** What the logs say, attributed to rules. `observed` is null when no row was accepted: then nothing is judged. */
export interface SeenTraffic {
  readonly observed: ObservedTraffic | null;
  readonly traffic: Traffic | null;
  readonly windowDays: number | null;
  readonly logsShowAnswers: boolean;
  readonly inputs: readonly Input[];
  readonly incompleteBecause: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Loads the flows of a request and attributes them; null when none were asked for.
 *
 * @param watched rules of which flows with the other action are counted, ids by policy
 * @param zones name what no network of the inventory holds, in the application map
 */
export async function observeTraffic(
  request: AuditRequest,
  ruleBase: RuleBase,
  watched: ReadonlyMap<string, ReadonlySet<string>>,
  zones: readonly MapZone[] = [],
): Promise<SeenTraffic | null> {
  if (request.flows.length === 0) return null;
  return withFlows(request, (flows) => attribute(request, ruleBase, flows, watched, zones));
}

/** What loading flows needs of a request. */
export type FlowsRequest = Pick<AuditRequest, 'flows' | 'from' | 'to' | 'threads' | 'memoryBytes' | 'onProgress' | 'signal'>;

/** Loads the flows of a request for as long as they are used. @throws {InputError} when they cannot be read */
export async function withFlows<Answer>(request: FlowsRequest, use: (flows: LoadedFlows) => Promise<Answer>): Promise<Answer> {
  const files = await expandSources(
    request.flows,
    FLOW_FORMATS.map((format) => format.name),
  );
  const store = await openStore({
    threads: request.threads ?? availableParallelism(),
    memoryBytes: request.memoryBytes ?? defaultMemoryBytes(),
    signal: request.signal,
  });
  try {
    const { from, to, onProgress, signal } = request;
    return await use(await loadFlows(store, files, { from, to, onProgress, signal }));
  } finally {
    await store.close();
  }
}

/** A quarter of the machine, between 256 MB and 2 GB: the embedded database spills to disk beyond it. */
function defaultMemoryBytes(): number {
  return Math.min(2048 * MEGABYTE, Math.max(256 * MEGABYTE, Math.floor(totalmem() / 4)));
}

async function attribute(
  request: AuditRequest,
  ruleBase: RuleBase,
  flows: LoadedFlows,
  watched: ReadonlyMap<string, ReadonlySet<string>>,
  zones: readonly MapZone[],
): Promise<SeenTraffic> {
  const { window, dictionary, coverage } = flows;
  const unreadable = whyUnreadable(flows);
  if (window === null) {
    return {
      observed: null,
      traffic: null,
      windowDays: null,
      logsShowAnswers: false,
      inputs: flows.inputs,
      incompleteBecause: [whyNoWindow(flows.inputs), ...unreadable],
      diagnostics: flows.diagnostics,
    };
  }
  const map = drawMap(ruleBase, dictionary, zones);
  const { attribution, logsShowAnswers } = await attributeAll(request, ruleBase, flows, window, watched, (batch) => map.add(batch));
  const usage = countUsage(ruleBase.policies, attribution);
  const observed: ObservedTraffic = {
    usage,
    window,
    coverage,
    dictionary,
    exposure: new ExposureBook(window, coverage),
    opposed: attribution.opposed,
    hitDays: collectHitDays(ruleBase.policies, attribution),
    recordsWithoutDay: attribution.slots.hasUndated,
  };
  const traffic = toTraffic(ruleBase, flows, attribution, observed, map.finish());
  return {
    observed,
    traffic,
    windowDays: Math.round((window.end - window.start) / 86_400),
    logsShowAnswers,
    inputs: flows.inputs,
    incompleteBecause: [...unreadable, ...findViolations(ruleBase, traffic.conservation, usage), ...findLostRecords(flows.inputs)],
    diagnostics: [...flows.diagnostics, ...unknownInterfaces(attribution.totals, window), ...disagreements(traffic)],
  };
}

/** Runs every conversation through the policies of a rule base; `also` sees each batch, which is reused afterwards. */
export async function attributeAll(
  request: Pick<AuditRequest, 'onProgress' | 'signal'>,
  ruleBase: RuleBase,
  flows: LoadedFlows,
  window: Window,
  watched: ReadonlyMap<string, ReadonlySet<string>>,
  also: (batch: ConversationBatch) => void = () => {},
): Promise<{ readonly attribution: Attribution; readonly logsShowAnswers: boolean }> {
  const { dictionary, unseen } = flows;
  const plan = planEnforcement(ruleBase, dictionary, { unseen, memoryBudgetBytes: 256 * MEGABYTE, watched });
  const hasInterfaceBoundPolicies = ruleBase.policies.some((policy) => policy.interfaceBound) && ruleBase.hasInventory;
  const attributor = new Attributor(plan, { dictionary, window, hasInterfaceBoundPolicies });
  let logsShowAnswers = false;
  let rows = 0;
  for await (const batch of flows.conversations()) {
    if (request.signal?.aborted === true) throw new InterruptedError('interrupted while attributing flows');
    logsShowAnswers ||= showsAnswers(batch);
    attributor.add(batch);
    also(batch);
    rows += batch.rowCount;
    request.onProgress({ stage: 'attribution', detail: `${rows} conversations`, fraction: null });
  }
  return { attribution: attributor.finish(), logsShowAnswers };
}

/** What of the logs could not be used, as sentences. */
export function whyUnreadable({ unreadable }: LoadedFlows): string[] {
  if (unreadable === 0) return [];
  return [`${count(unreadable, 'log file')} could not be read whole and ${unreadable === 1 ? 'is' : 'are'} left out; see the diagnostics.`];
}

export function whyNoWindow(inputs: readonly Input[]): string {
  const accepted = inputs.reduce((sum, input) => sum + input.accepted, 0);
  if (accepted === 0) return 'Traffic was given, but no record of it was accepted in the window; check --from, --to and the log files.';
  return `The ${accepted} accepted records carry no time, so nobody can tell which days they show; give the window with --from and --to.`;
}

function showsAnswers({ rowCount, recordsAb, recordsBa }: { rowCount: number; recordsAb: Float64Array; recordsBa: Float64Array }): boolean {
  for (let row = 0; row < rowCount; row += 1) if ((recordsAb[row] ?? 0) > 0 && (recordsBa[row] ?? 0) > 0) return true;
  return false;
}

function toTraffic(
  ruleBase: RuleBase,
  flows: LoadedFlows,
  attribution: Attribution,
  observed: ObservedTraffic,
  applicationMap: ApplicationMap,
): Traffic {
  const { totals } = attribution;
  const skippedByReason: Record<string, number> = {};
  for (const input of flows.inputs) {
    for (const [reason, some] of Object.entries(input.skippedByReason)) skippedByReason[reason] = (skippedByReason[reason] ?? 0) + some;
  }
  return {
    records: flows.inputs.reduce((sum, input) => sum + input.records, 0),
    accepted: flows.inputs.reduce((sum, input) => sum + input.accepted, 0),
    skippedByReason: Object.fromEntries(Object.entries(skippedByReason).sort(([a], [b]) => (a < b ? -1 : 1))),
    connections: totals.connections,
    unattributable: totals.unattributable,
    unattributableAttachments: [...totals.unattributableAttachments],
    unexplained: totals.unexplained,
    unexplainedFlows: [...totals.unexplainedFlows],
    outsideWindow: skippedByReason['OUTSIDE_WINDOW'] ?? 0,
    ...namedRules(attribution),
    conservation: toConservation(totals),
    coverage: toCoverage(ruleBase, observed),
    applicationMap,
  };
}

/** How often the rule that a log names is one that our own matching finds: the best check of it that there is. */
function namedRules({ slots }: Attribution): Pick<Traffic, 'namedRules'> {
  const sum = (agrees: boolean): number =>
    slots.slots.reduce((total, slot, index) => (slot.agrees === agrees ? total + (slots.table.connections[index] ?? 0) : total), 0);
  const [agreed, disagreed] = [sum(true), sum(false)];
  return agreed + disagreed === 0 ? {} : { namedRules: { agreed, disagreed } };
}

/** Every record is accepted or skipped for a reason; anything else is a defect, and the answer must not look complete. */
function findLostRecords(inputs: readonly Input[]): string[] {
  return inputs
    .filter((input) => input.records !== input.accepted + input.skipped)
    .map(
      (input) =>
        `${input.path}: ${input.records} records are not ${input.accepted} accepted and ${input.skipped} skipped; please report this.`,
    );
}

function unknownInterfaces(totals: TrafficTotals, window: Window): Diagnostic[] {
  if (totals.unattributable === 0) return [];
  const names = totals.unattributableAttachments;
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
  const days = Math.round((window.end - window.start) / 86_400);
  return [
    {
      severity: 'warning',
      code: 'UNKNOWN_INTERFACE',
      message: `${count(totals.unattributable, 'connection')} in ${days} days were logged by interfaces that no inventory knows (${shown}); they are possible for every rule that matches them, and certain for none. Add an inventory of that time.`,
      count: totals.unattributable,
    },
  ];
}

function disagreements({ namedRules: named }: Traffic): Diagnostic[] {
  if (named === undefined || named.disagreed === 0) return [];
  const message = `The log names a rule that our matching does not find for ${count(named.disagreed, 'connection')} of ${named.agreed + named.disagreed}; they are possible for both. Check that rules and logs are of the same time.`;
  return [{ severity: 'warning', code: 'RULE_NAME_DISAGREES', message, count: named.disagreed }];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
