import { formatRuleRef } from '../../../model/rule.ts';
import type { ChangeFile } from '../change-emitter.ts';
import { sha256Hex } from '../checksums.ts';
import { formatJson } from '../json-text.ts';
import { authorizeInput, commandOf, revokeInput } from './cli-input.ts';
import type { GroupChange } from './select-changes.ts';

/** One change as two requests: one call per rule, so that a stop in between leaves whole rules and each rule can be taken back alone. */
export interface Step {
  readonly id: string;
  /** `sg-1:in/sgr-7`, with what a shell or a terminal could misread replaced. */
  readonly ref: string;
  readonly change: GroupChange;
  readonly revokeCommand: string;
  readonly revokeInput: string;
  readonly authorizeCommand: string;
  readonly authorizeInput: string;
  readonly files: readonly ChangeFile[];
}

/** The steps in the order of the plan; file paths are relative to the change set's folder. */
export function toSteps(changes: readonly GroupChange[]): Step[] {
  return changes.map((change, index) => {
    const number = String(index + 1).padStart(3, '0');
    const revokeCommand = commandOf('revoke', change.native);
    const authorizeCommand = commandOf('authorize', change.native);
    const revokePath = `apply/${number}-${revokeCommand}.json`;
    const authorizePath = `rollback/${number}-${authorizeCommand}.json`;
    const apply = { path: revokePath, content: formatJson(revokeInput(change.native)) };
    const rollback = { path: authorizePath, content: formatJson(authorizeInput(change.native)) };
    return {
      id: `C-${sha256Hex(JSON.stringify([change.removal.policy, change.removal.rule, change.rule.ruleKey, apply.content, rollback.content])).slice(0, 16)}`,
      ref: formatRuleRef(change.removal).replace(/[^A-Za-z0-9 ._:/#@+=-]/g, '?'),
      change,
      revokeCommand,
      revokeInput: revokePath,
      authorizeCommand,
      authorizeInput: authorizePath,
      files: [apply, rollback],
    };
  });
}
