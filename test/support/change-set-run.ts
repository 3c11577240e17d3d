import type { ChangeFile } from '../../src/report/changes/index.ts';
import { Ec2Error, execute, type SimulatedRule, type SimulatedState } from './ec2-simulator.ts';

/** A request of a change set, as its manifest and its JSON file state it. */
export interface Request {
  readonly command: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ManifestChange {
  readonly target: { readonly policy: string; readonly rule: string };
  readonly apply: readonly Request[];
  readonly rollback: readonly Request[];
}

/** The changes of `aws-security-group/manifest.json`, with the JSON of each request; empty when nothing was emitted. */
export function manifestChanges(files: readonly ChangeFile[], folder = 'aws-security-group'): ManifestChange[] {
  const manifest = files.find((file) => file.path === `${folder}/manifest.json`);
  if (manifest === undefined) return [];
  const { changes } = JSON.parse(manifest.content) as {
    changes: { target: ManifestChange['target']; apply: RequestPlace[]; rollback: RequestPlace[] }[];
  };
  return changes.map((change) => ({
    target: change.target,
    apply: change.apply.map((place) => toRequest(files, folder, place)),
    rollback: change.rollback.map((place) => toRequest(files, folder, place)),
  }));
}

interface RequestPlace {
  readonly command: string;
  readonly input: string;
}

function toRequest(files: readonly ChangeFile[], folder: string, place: RequestPlace): Request {
  const file = files.find((candidate) => candidate.path === `${folder}/${place.input}`);
  if (file === undefined) throw new Error(`the manifest names ${place.input}, which is not there`);
  return { command: place.command.split(' ')[2] ?? '', input: JSON.parse(file.content) };
}

/** Runs requests one after the other. @throws {Ec2Error} at the first that EC2 refuses */
export function runAll(state: SimulatedState, requests: readonly Request[]): SimulatedState {
  return requests.reduce((before, request) => execute(before, request.command, request.input).state, state);
}

/** Runs the way back as rollback.sh promises: last one first, over what is in place or refers to a group that is gone. */
export function runRollback(state: SimulatedState, changes: readonly ManifestChange[]): SimulatedState {
  let after = state;
  for (const request of changes.toReversed().flatMap((change) => change.rollback)) {
    try {
      after = execute(after, request.command, request.input).state;
    } catch (error) {
      if (!(error instanceof Ec2Error && ['InvalidPermission.Duplicate', 'InvalidGroup.NotFound'].includes(error.code))) throw error;
    }
  }
  return after;
}

/** The rules as sorted text without what nobody can bring back: ids, and tags where the export had none. */
export function normalised(rules: readonly SimulatedRule[], options: { readonly tags: 'kept' | 'ignored' }): string[] {
  return rules
    .map(({ SecurityGroupRuleId: _, Tags, FromPort, ToPort, ...rest }) => {
      const tags = options.tags === 'kept' ? [...Tags].map((tag) => `${tag.Key}=${tag.Value}`).sort() : [];
      return JSON.stringify(Object.entries({ ...rest, FromPort: FromPort ?? -1, ToPort: ToPort ?? -1, tags }).sort());
    })
    .sort();
}
