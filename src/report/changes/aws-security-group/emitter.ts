import type { AuditResult, Removal } from '../../../model/audit-result.ts';
import type { ChangeEmitter, ChangeFile, EmittedChangeSet, EmittedChanges } from '../change-emitter.ts';
import { checksumFile } from '../checksums.ts';
import { formatJson } from '../json-text.ts';
import { approverReadme } from './approver-readme.ts';
import { changeSetManifest } from './manifest.ts';
import { planPrecheck } from './precheck-files.ts';
import { applyScript, precheckScript, rollbackScript } from './scripts.ts';
import { type GroupChange, selectChanges } from './select-changes.ts';
import { toSteps } from './steps.ts';

const FOLDER = 'aws-security-group';

/** AWS security groups: one revoke per rule as CLI input JSON, with pre-check, apply and rollback scripts around `aws ec2`. */
export const awsSecurityGroupChanges: ChangeEmitter = { format: FOLDER, emit };

function emit(result: AuditResult, removals: readonly Removal[]): EmittedChanges {
  const { changes, refused } = selectChanges(result, removals);
  const places = [...byPlace(changes)];
  const changeSets = places.map(([place, ofPlace]) => toChangeSet(result, places.length === 1 ? FOLDER : `${FOLDER}/${place}`, ofPlace));
  return { changeSets, refused };
}

/** One account and VPC is one set of credentials and one region: what one run of the scripts can reach. */
function byPlace(changes: readonly GroupChange[]): Map<string, GroupChange[]> {
  const places = new Map<string, GroupChange[]>();
  for (const change of changes) {
    const place = [change.policy.account, change.policy.network].map((part) => part.replace(/[^A-Za-z0-9_-]/g, '_') || 'unknown').join('-');
    const ofPlace = places.get(place);
    if (ofPlace === undefined) places.set(place, [change]);
    else ofPlace.push(change);
  }
  return places;
}

function toChangeSet(result: AuditResult, folder: string, changes: readonly GroupChange[]): EmittedChangeSet {
  const steps = toSteps(changes);
  const precheck = planPrecheck(changes);
  const requests = [...precheck.files, ...steps.flatMap((step) => step.files)];
  const manifest = changeSetManifest(result, steps, precheck.checks, requests);
  const files: ChangeFile[] = [
    { path: 'manifest.json', content: formatJson(manifest) },
    { path: 'README.md', content: approverReadme(result, manifest.id, steps) },
    { path: 'precheck.sh', content: precheckScript(precheck.checks), executable: true },
    { path: 'apply.sh', content: applyScript(steps), executable: true },
    { path: 'rollback.sh', content: rollbackScript(steps), executable: true },
    ...requests,
  ].map((file) => ({ ...file, path: `${folder}/${file.path}` }));
  return { id: manifest.id, folder, changeCount: changes.length, files: [...files, checksumFile(folder, files)] };
}
