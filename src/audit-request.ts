/** What one audit is asked to do. Sources are written as on the command line: `[format=]PATH[@T]`. */
export interface AuditRequest {
  readonly rules: readonly string[];
  readonly inventory: readonly string[];
  readonly flows: readonly string[];
  readonly counters: readonly string[];
  readonly guardrails: string | null;
  readonly decisions: string | null;
  /** Epoch seconds; null: taken from the logs. */
  readonly from: number | null;
  readonly to: number | null;
  /** The only date in a result; null: the end of the window, or none. */
  readonly asOf: number | null;
  readonly defaultAction: 'permit' | 'deny' | null;
  /** Threads and memory (bytes) of the embedded database; null: chosen from the machine. */
  readonly threads: number | null;
  readonly memoryBytes: number | null;
  readonly onProgress: (event: ProgressEvent) => void;
  readonly signal: AbortSignal | null;
}

/** What a long run is doing; `fraction` is 0..1, null when it cannot be known. */
export interface ProgressEvent {
  readonly stage: 'rules' | 'flows' | 'attribution' | 'findings' | 'report';
  readonly detail: string;
  readonly fraction: number | null;
}
