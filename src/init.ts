import type { AuditRequest } from './audit-request.ts';
import { parseGuardrails } from './governance/guardrails.ts';
import { listedInsecureServices, listedRiskyServices } from './governance/listed-services.ts';
import { proposeZones } from './governance/propose-zones.ts';
import { renderStarterGuardrails } from './report/starter-guardrails.ts';
import { readRuleBase } from './rule-base.ts';

/** Sources are written as on the command line: `[format=]PATH[@T]`; none at all gives a file of examples. */
export type InitRequest = Pick<AuditRequest, 'rules' | 'inventory' | 'onProgress'>;

export interface StarterFile {
  /** YAML, with a line end at its end. */
  readonly text: string;
  readonly zones: number;
  readonly inputs: number;
  /** Rules that could not be read, so that their networks are missing. */
  readonly unreadRules: number;
}

/**
 * A commented guardrails file with zones proposed from rules and inventories. It can be used as it is. Nothing is written.
 *
 * @throws {InputError} when a file cannot be used
 */
export async function init(request: InitRequest): Promise<StarterFile> {
  const { ruleBase, inputs } = await readRuleBase({ ...request, defaultAction: null });
  const { zones, otherNetworks } = proposeZones(ruleBase);
  const unreadRules = ruleBase.policies.flatMap((policy) => policy.rules).filter(({ evaluable }) => evaluable === 'no').length;
  const text = renderStarterGuardrails({
    inputs,
    unreadRules,
    zones,
    otherNetworks,
    insecureServices: listedInsecureServices(),
    riskyServices: listedRiskyServices(),
  });
  // A proposal that cannot be read back is our mistake, and must not reach a file.
  parseGuardrails(text, 'guardrails.yaml');
  return { text, zones: zones.length, inputs: inputs.length, unreadRules };
}
