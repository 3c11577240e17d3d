import type { AuditResult, Removal } from '../../model/audit-result.ts';

/** One file of a change set. `path` is relative to `changes/`, with `/` as separator. */
export interface ChangeFile {
  readonly path: string;
  readonly content: string;
  readonly executable?: boolean;
}

/** Turns the planned removals of one platform into files that a person can check, apply and take back. */
export interface ChangeEmitter {
  /** The `format` of the policies it writes changes for. */
  readonly format: string;
  /**
   * @param removals those of the plan that belong to policies of this format, in the order of the plan; never empty
   * @returns every removal either in a change set or refused with a sentence; none is left out
   */
  emit(result: AuditResult, removals: readonly Removal[]): EmittedChanges;
}

export interface EmittedChanges {
  readonly changeSets: readonly EmittedChangeSet[];
  readonly refused: readonly RefusedChange[];
}

/** The files of one change set lie in `folder`, which is their only common place. */
export interface EmittedChangeSet {
  readonly id: string;
  readonly folder: string;
  readonly changeCount: number;
  readonly files: readonly ChangeFile[];
}

/** A planned removal for which no command is written, and why: a sentence. */
export interface RefusedChange {
  readonly policy: string;
  readonly rule: string;
  readonly because: readonly string[];
  readonly reason: string;
}
