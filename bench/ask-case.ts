/** One line of the benchmark `ask`. */
export interface AskCase {
  readonly name: string;
  /** CPU seconds that issue 4 asks for; null: none, and the figure says how it grows. */
  readonly target: number | null;
  readonly runs: number;
  /** Everything before the clock starts; returns what is measured, which says in words what it found. */
  prepare(): () => string;
}
