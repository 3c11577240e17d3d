import type { AuditResult } from '../../../model/audit-result.ts';
import type { ChangeFile } from '../change-emitter.ts';
import { sha256Hex } from '../checksums.ts';
import { permissionOf } from './cli-input.ts';
import { COLUMNS, liveLine } from './live-line.ts';
import type { NativeRule } from './native-rule.ts';
import type { Check } from './precheck-files.ts';
import { keptRules } from './select-changes.ts';
import type { Step } from './steps.ts';

/** The machine's view of a change set, as JSON (keys as in the README of the project, "Change sets"). Its `id` hashes all the rest. */
export function changeSetManifest(
  result: AuditResult,
  steps: readonly Step[],
  checks: readonly Check[],
  files: readonly ChangeFile[],
): { readonly id: string } {
  const footprint = footprintOf(steps);
  const content = {
    schema: 'rulesweep-change-set/1',
    as_of: result.asOf,
    tool: { name: result.tool.name, version: result.tool.version },
    analyzer_version: result.tool.version,
    platform: 'aws-security-group',
    verifiedBy: 'service-model',
    status: 'proposed',
    base: {
      inputs: result.inputs
        .filter(({ role }) => role === 'rules' || role === 'inventory')
        .map(({ role, path, sha256, at }) => ({ role, path, sha256, at })),
      footprint,
      footprint_sha256: sha256Hex(JSON.stringify(footprint)),
    },
    precheck: checks.map((check) => ({
      kind: check.kind,
      group: check.groupId,
      input: check.input,
      expected: check.kind === 'rules' ? check.expectations.map((expectation) => expectation.expected) : [check.expected],
      expect: 'every expected line is among the live ones; otherwise exit 3',
    })),
    changes: steps.map((step) => changeOf(result, step, files)),
  };
  return { id: `CS-${sha256Hex(JSON.stringify(content)).slice(0, 16)}`, ...content };
}

/** Hashes of the rules that go and of those that have to stay, as the export has them. */
function footprintOf(steps: readonly Step[]): object[] {
  return steps.flatMap(({ change }) => {
    const { policy, rule } = change.removal;
    const removed = {
      role: 'removed',
      policy,
      rule,
      rule_key: change.rule.ruleKey,
      content_sha256: sha256Hex(liveLine(change.native, COLUMNS.whole)),
    };
    const kept = keptRules(change.basis).map((each) => ({
      role: 'kept',
      policy,
      rule: each.rule.id,
      rule_key: each.rule.ruleKey,
      content_sha256: sha256Hex(liveLine(each.native, COLUMNS.idAndContent)),
    }));
    return [removed, ...kept];
  });
}

function changeOf(result: AuditResult, step: Step, files: readonly ChangeFile[]): object {
  const { removal, policy, rule, native, findings } = step.change;
  return {
    id: step.id,
    op: 'delete',
    finding_ids: findings.map((finding) => finding.id),
    target: {
      account: policy.account,
      network: policy.network,
      policy: removal.policy,
      rule: removal.rule,
      rule_key: rule.ruleKey,
      group: native.groupId,
      direction: native.direction,
      native_id: native.ruleId,
    },
    before: {
      as_written: rule.asWritten,
      match: rule.match,
      permission: permissionOf(native, native.peer.description),
      tags: native.ruleId === null ? null : native.tags,
    },
    after: null,
    semantic_delta: { effect: 'none', removed_space: [], added_space: [], widening: false },
    flows_affected: removal.flowsAffected,
    apply: [requestOf(step.revokeCommand, step.revokeInput, files)],
    rollback: [requestOf(step.authorizeCommand, step.authorizeInput, files)],
    rollback_loss: rollbackLoss(step),
    rationale: removal.rationale,
    evidence: findings.map(({ id, kind, evidence }) => ({ finding: id, kind, grade: evidence.grade, reasons: evidence.reasons })),
    as_of: result.asOf,
  };
}

function requestOf(command: string, path: string, files: readonly ChangeFile[]): object {
  const content = files.find((file) => file.path === path)?.content ?? '';
  return {
    kind: 'request',
    platform: 'aws-security-group',
    format: 'cli',
    command: `aws ec2 ${command} --cli-input-json`,
    input: path,
    sha256: sha256Hex(content),
  };
}

/** What creating the rule again cannot bring back: sentences. */
export function rollbackLoss(step: Step): string[] {
  const { native, basis } = step.change;
  return [
    `EC2 gives the rule a new sgr- id${native.ruleId === null ? '' : ` in place of ${native.ruleId}`}.`,
    ...(native.ruleId === null ? ['The export has no tags; tags that the live rule carries are lost.'] : tagLoss(native)),
    ...(basis.kind === 'stale-reference'
      ? [
          `EC2 takes no reference to a group that does not exist: the rule can come back only when ${basis.target} does. Until then it permits nothing, so nothing is missing.`,
        ]
      : []),
    ...(basis.kind === 'duplicate' && basis.sameKey
      ? [
          `EC2 refuses a second copy of a permission (InvalidPermission.Duplicate): as long as ${basis.kept.rule.id} is there, this copy cannot come back and is not missed.`,
        ]
      : []),
  ];
}

function tagLoss(native: NativeRule): string[] {
  if (native.tags.length === 0) return [];
  return [`The tags ${native.tags.map((tag) => tag.Key).join(', ')} vanish with the rule; the rollback sets them again on the new id.`];
}
