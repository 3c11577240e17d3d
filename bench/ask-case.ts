/** One line of the benchmark `ask`. */
export interface AskCase {
  readonly name: string;
  /** Seconds that issue 4 asks for; null: none, and the figure says how it grows. */
  readonly target: number | null;
  readonly runs: number;
  /** `wall` for a command in a process of its own; CPU time of this one without it. */
  readonly clock?: 'wall';
  /** Questions in one run, where the time of one is asked for. */
  readonly parts?: number;
  /** Everything before the clock starts; returns what is measured, which says in words what it found. */
  prepare(): () => string;
}
