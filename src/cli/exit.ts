import { InputError, IntegrityError, InterruptedError, StoreError, UsageError } from '../model/errors.ts';

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 130;

/** How a run ended and why: `reason` is the last line on stderr, for 0 too. */
export interface Outcome {
  readonly code: ExitCode;
  readonly reason: string;
}

/** The meaning of each exit code, as shown by `--help`. */
export const EXIT_CODES: readonly { readonly code: ExitCode; readonly meaning: string }[] = [
  { code: 0, meaning: 'done' },
  { code: 1, meaning: 'done, and a gate of --fail-on failed, or check found something that must not get in' },
  { code: 2, meaning: 'wrong usage, or an input that cannot be used; nothing is written' },
  { code: 3, meaning: 'done, but the answer is incomplete: the last line says why' },
  { code: 4, meaning: 'a proof or hash does not hold' },
  { code: 5, meaning: 'refused by the guardrails (no command of this release)' },
  { code: 130, meaning: 'interrupted; nothing is half-written' },
];

const PRECEDENCE: readonly ExitCode[] = [130, 2, 4, 5, 3, 1, 0];

/** Of several outcomes of one run the one that decides; the first of them when several have its code. */
export function decisiveOutcome(first: Outcome, ...others: readonly Outcome[]): Outcome {
  return others.reduce((best, each) => (PRECEDENCE.indexOf(each.code) < PRECEDENCE.indexOf(best.code) ? each : best), first);
}

/**
 * What an error means for the person who ran the command. `stack` is there for the errors that no user can cause: our own mistakes.
 * The contract has no code for those and for a failed database; both end with 2, because nothing was written.
 */
export function outcomeOfError(error: unknown): Outcome & { readonly stack: string | null } {
  if (error instanceof InterruptedError || isAbort(error))
    return { code: 130, reason: 'interrupted; nothing is left half-written', stack: null };
  if (error instanceof IntegrityError) return { code: 4, reason: error.message, stack: null };
  if (error instanceof InputError || error instanceof UsageError || error instanceof StoreError)
    return { code: 2, reason: error.message, stack: null };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 2,
    reason: `a defect of rulesweep, not of your input: ${message}; please report it with the lines above`,
    stack: error instanceof Error ? (error.stack ?? message) : message,
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
