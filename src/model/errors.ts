import { formatSourceRef, type SourceRef } from './source-ref.ts';

/** A source that cannot be used as it is: missing, unreadable, of an unknown or wrong format. Exit code 2. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly source: SourceRef | null;

  constructor(source: SourceRef | string | null, message: string, options?: ErrorOptions) {
    const ref = typeof source === 'string' ? { path: source } : source;
    super(ref === null ? message : `${formatSourceRef(ref)}: ${message}`, options);
    this.source = ref;
  }
}

/** Wrong usage of the command line or of the library: options that contradict each other, unknown values. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The embedded database failed: out of memory, a locked file, a broken query. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** A proof, hash or signature does not hold. Exit code 4. */
export class IntegrityError extends Error {
  override readonly name = 'IntegrityError';
}

/** The person at the keyboard, or the system, asked us to stop. Exit code 130. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}
