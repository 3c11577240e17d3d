import { parseGuardrails } from './governance/guardrails.ts';
import type { Input } from './model/audit-result.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Guardrails } from './model/guardrails.ts';
import { readSettledFile } from './settled-file.ts';

export interface GuardrailsFile {
  readonly guardrails: Guardrails;
  /** With the hash that stands for the version of the guardrails; its records are the zones and entries of the file. */
  readonly input: Input;
  readonly diagnostics: readonly Diagnostic[];
}

/** @throws {InputError} when the file cannot be read or is not a guardrails file */
export async function readGuardrailsFile(path: string): Promise<GuardrailsFile> {
  const { content, input, diagnostics } = await readSettledFile('guardrails', path, parseGuardrails, countEntries);
  return { guardrails: content, input, diagnostics };
}

function countEntries(guardrails: Guardrails): number {
  const services = [...guardrails.insecureServices, ...guardrails.riskyServices].filter(({ line }) => line !== null);
  const lists = [
    guardrails.zoneMatrix,
    guardrails.standardRequests,
    guardrails.protectedRules,
    guardrails.exceptions,
    guardrails.calendar,
    services,
  ];
  return guardrails.zones.size + lists.reduce((sum, list) => sum + list.length, 0);
}
