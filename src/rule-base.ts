import type { AuditRequest } from './audit-request.ts';
import { ruleFormats } from './ingest/formats/index.ts';
import { type RuleSources, readRuleSources } from './ingest/rules.ts';
import { expandSources } from './ingest/sources.ts';
import { UsageError } from './model/errors.ts';
import { nearestNames } from './model/nearest-names.ts';
import type { RuleBase } from './model/policy.ts';

/** Reads rules and inventories together. @throws {InputError} when a source cannot be used */
export async function readRuleBase(
  request: Pick<AuditRequest, 'rules' | 'inventory' | 'defaultAction' | 'onProgress'>,
): Promise<RuleSources> {
  request.onProgress({ stage: 'rules', detail: 'reading rules and inventories', fraction: null });
  const names = ruleFormats.map((format) => format.name);
  return readRuleSources(await expandSources([...request.rules, ...request.inventory], names), { defaultAction: request.defaultAction });
}

/** What keeps an answer about rules from being complete, as sentences. */
export function whyRulesAreIncomplete(ruleBase: RuleBase): string[] {
  return [...whyNoRules(ruleBase), ...whyNoInterfaces(ruleBase)];
}

export function whyNoRules({ policies }: RuleBase): string[] {
  if (policies.some((policy) => policy.rules.length > 0)) return [];
  return ['The rule sources hold no rule at all; check that the right files were exported.'];
}

function whyNoInterfaces({ policies, hasInventory }: RuleBase): string[] {
  if (hasInventory || !policies.some((policy) => policy.interfaceBound && policy.rules.length > 0)) return [];
  return ['The rules belong to interfaces and no inventory of interfaces was given; add it with --inventory (see "rulesweep formats").'];
}

const MOST_NOTED = 5;

/** What reading the rules came upon, for answers that are not whole audits: the first warnings, and how many more. */
export function notesOnReading({ diagnostics }: RuleBase): string[] {
  const warnings = diagnostics.filter(({ severity }) => severity !== 'info');
  const notes = warnings.slice(0, MOST_NOTED).map(({ path, line, message }) => {
    const place = path === undefined ? '' : line === undefined ? `${path}: ` : `${path}:${line}: `;
    return `${place}${message}`;
  });
  const more = warnings.length - notes.length;
  return more <= 0 ? notes : [...notes, `And ${more} more about the rules, which "rulesweep audit" lists.`];
}

/** @throws {UsageError} for an interface that the inventory does not hold; null asks for none */
export function requireInterface({ attachments, hasInventory }: RuleBase, id: string | null): void {
  if (id === null || attachments.some((attachment) => attachment.id === id)) return;
  if (!hasInventory) throw new UsageError(`--interface ${id}: no inventory of interfaces was given; add it with --inventory`);
  const nearest = nearestNames(
    id,
    attachments.map((attachment) => attachment.id),
  );
  throw new UsageError(`--interface ${id} is none of the ${attachments.length} interfaces of the inventory${suggest(nearest)}`);
}

/** @throws {UsageError} for a policy that the rules do not hold */
export function requirePolicies({ policies }: RuleBase, ids: readonly string[]): void {
  for (const id of ids) {
    if (policies.some((policy) => policy.id === id)) continue;
    const nearest = nearestNames(
      id,
      policies.map((policy) => policy.id),
    );
    throw new UsageError(`--policy ${id} is none of the ${policies.length} policies of the rules${suggest(nearest)}`);
  }
}

/** `; did you mean a, b?`; nothing without names. */
export function suggest(names: readonly string[]): string {
  return names.length === 0 ? '' : `; did you mean ${names.join(', ')}?`;
}
