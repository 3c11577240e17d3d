import type { AuditResult, Removal } from '../../model/audit-result.ts';
import { awsSecurityGroupChanges } from './aws-security-group/emitter.ts';
import type { ChangeEmitter, ChangeFile, EmittedChanges, RefusedChange } from './change-emitter.ts';
import { formatJson } from './json-text.ts';

export type { ChangeFile } from './change-emitter.ts';

/** Adding a platform's change emitter is adding a line here. */
const CHANGE_EMITTERS: readonly ChangeEmitter[] = [awsSecurityGroupChanges];

/** Formats that are known to have no emitter, and why. */
const WITHOUT_EMITTER: Readonly<Record<string, string>> = {
  'aws-network-acl':
    'changes of network ACLs are not written by this release; delete the entry by its rule number after checking the entries around it',
  'rules-csv':
    'rules-csv is a neutral listing, so the commands of the device behind it are not known; make the change where the listing comes from',
};

/**
 * The files of `changes/`: one folder per change set, and `manifest.json`, which names every change set and every planned removal for which
 * no command is written, with the reason. The manifest is there even when the plan is empty.
 */
export function emitChangeSet(result: AuditResult): readonly ChangeFile[] {
  const emitted = [...removalsByFormat(result)].map(([format, removals]) => emitFormat(result, format, removals));
  const changeSets = emitted.flatMap((changes) => changes.changeSets);
  const manifest = {
    schema: 'rulesweep-changes/1',
    as_of: result.asOf,
    tool: result.tool,
    change_sets: changeSets.map(({ id, folder, changeCount }) => ({ id, folder, changes: changeCount })),
    not_emitted: emitted.flatMap((changes) => changes.refused),
  };
  return [{ path: 'manifest.json', content: formatJson(manifest) }, ...changeSets.flatMap((set) => set.files)];
}

/** In the order in which the plan first mentions a format; a policy that the result does not hold has the format ''. */
function removalsByFormat(result: AuditResult): Map<string, Removal[]> {
  const formats = new Map(result.policies.map((policy) => [policy.id, policy.format]));
  const removals = new Map<string, Removal[]>();
  for (const removal of result.plan.removals) {
    const format = formats.get(removal.policy) ?? '';
    const ofFormat = removals.get(format);
    if (ofFormat === undefined) removals.set(format, [removal]);
    else ofFormat.push(removal);
  }
  return removals;
}

function emitFormat(result: AuditResult, format: string, removals: readonly Removal[]): EmittedChanges {
  const emitter = CHANGE_EMITTERS.find((candidate) => candidate.format === format);
  if (emitter !== undefined) return emitter.emit(result, removals);
  const reason = WITHOUT_EMITTER[format] ?? `there is no change emitter for the format "${format}"`;
  return { changeSets: [], refused: removals.map(({ policy, rule, because }): RefusedChange => ({ policy, rule, because, reason })) };
}
