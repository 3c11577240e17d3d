import type { AuditResult } from '../model/audit-result.ts';

/** Why nothing is said about use, in a result without traffic: nobody gave any, or none of it could be used. */
export function whyNoTraffic(result: AuditResult): string {
  return result.inputs.some((input) => input.role === 'flows')
    ? 'no record of the traffic was accepted: no usage finding'
    : 'no traffic was given: no usage finding';
}
