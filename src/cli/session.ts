import type { Progress } from './progress.ts';

/** What every command is given besides its options. */
export interface Session {
  /** Aborted when the person at the keyboard, or the system, asks us to stop. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** One line on stderr. */
  readonly say: (line: string) => void;
}
