import type { Diagnostic } from '../model/diagnostic.ts';
import type { Guardrails } from '../model/guardrails.ts';
import { isExpired } from './expiry.ts';

/**
 * A sentence for each exception that no longer holds, in the order of the file; one for all of them when there is no date to judge by.
 *
 * @param asOf epoch seconds
 */
export function expiredExceptions({ path, exceptions }: Guardrails, asOf: number | null): readonly Diagnostic[] {
  const [first] = exceptions;
  if (first === undefined) return [];
  if (asOf === null) {
    const message = `There is no date, so nobody can tell whether an exception is expired, and none was used. Give --as-of.`;
    return [{ severity: 'warning', code: 'EXCEPTIONS_WITHOUT_DATE', path, line: first.line, message }];
  }
  return exceptions
    .filter(({ expires }) => isExpired(expires, asOf))
    .map(({ id, owner, expires, line }) => {
      const message = `The exception ${id} of ${owner} expired on ${expires}, so it excuses nothing any more. Renew it with a new reason, or remove it with what it excused.`;
      return { severity: 'warning', code: 'EXCEPTION_EXPIRED', path, line, message };
    });
}
