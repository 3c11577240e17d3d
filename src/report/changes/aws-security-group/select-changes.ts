import { type AuditedPolicy, type AuditedRule, type AuditResult, type Removal, ruleOf } from '../../../model/audit-result.ts';
import type { Finding } from '../../../model/finding.ts';
import { formatRuleRef, type RuleRef } from '../../../model/rule.ts';
import type { RefusedChange } from '../change-emitter.ts';
import { type NativeRule, type ParsedNativeRule, parseNativeRule } from './native-rule.ts';
import { permissionKey } from './permission-key.ts';

/** One rule to be revoked, with everything its pre-check leans on. */
export interface GroupChange {
  readonly removal: Removal;
  readonly policy: AuditedPolicy;
  readonly rule: AuditedRule;
  readonly native: NativeRule;
  readonly findings: readonly Finding[];
  readonly basis: Basis;
}

/** Why the removal changes nothing, as far as the live group can show it. */
export type Basis =
  | { readonly kind: 'duplicate'; readonly kept: AuditedRule; readonly keptNative: NativeRule; readonly sameKey: boolean }
  | { readonly kind: 'stale-reference'; readonly target: string; readonly vpcId: string };

export interface SelectedChanges {
  readonly changes: readonly GroupChange[];
  readonly refused: readonly RefusedChange[];
}

/** Divides the planned removals into changes that can be written, checked and taken back, and refusals with their reason. Keeps the order. */
export function selectChanges(result: AuditResult, removals: readonly Removal[]): SelectedChanges {
  const changes: GroupChange[] = [];
  const refused: RefusedChange[] = [];
  const context: Context = { result, readNative: rememberNatives() };
  for (const removal of removals) {
    const selected = selectChange(context, removal);
    if (typeof selected === 'string')
      refused.push({ policy: removal.policy, rule: removal.rule, because: removal.because, reason: selected });
    else changes.push(selected);
  }
  return { changes, refused };
}

interface Context {
  readonly result: AuditResult;
  readonly readNative: (rule: AuditedRule) => ParsedNativeRule;
}

/** Every rule is compared with all others of its group: read each only once. */
function rememberNatives(): Context['readNative'] {
  const known = new Map<AuditedRule, ParsedNativeRule>();
  return (rule) => {
    const before = known.get(rule);
    if (before !== undefined) return before;
    const parsed = parseNativeRule(rule);
    known.set(rule, parsed);
    return parsed;
  };
}

/** The change, or the sentence that says why there is none. */
function selectChange(context: Context, removal: Removal): GroupChange | string {
  const { result, readNative } = context;
  const policy = result.policies.find((candidate) => candidate.id === removal.policy);
  const rule = ruleOf(result, removal);
  if (policy === undefined || rule === undefined) return `the result has no rule ${formatRuleRef(removal)}`;
  if (removal.effect !== 'none')
    return 'the removal narrows what is permitted, so it has to be staged and observed first; this release writes no staged change for security groups';
  const native = readNative(rule);
  if (!native.ok) return native.reason;
  const managed = native.rule.tags.find((tag) => tag.Key.startsWith('aws:'));
  if (managed !== undefined)
    return `the tag "${managed.Key}" says that the rule is managed elsewhere; remove it where it is born, not from the group`;
  const mistakable = findMistakable(context, policy, rule, native.rule);
  if (mistakable !== null) return mistakable;
  const findings = result.findings.filter((finding) => removal.because.includes(finding.id));
  const basis = basisOf(context, removal, policy, native.rule, findings);
  if (typeof basis === 'string') return basis;
  return { removal, policy, rule, native: native.rule, findings, basis };
}

/** A sentence when the revoke could take another rule of the group with it; null when it cannot. */
function findMistakable({ readNative }: Context, policy: AuditedPolicy, rule: AuditedRule, native: NativeRule): string | null {
  for (const other of policy.rules) {
    if (other.id === rule.id) continue;
    const parsed = readNative(other);
    if (native.ruleId !== null) {
      if (parsed.ok && parsed.rule.ruleId === native.ruleId)
        return `the export gives the id ${native.ruleId} to the rule ${other.id} as well, so it names neither`;
      continue;
    }
    if (!parsed.ok)
      return `the export gives no sgr- id, and a revoke by content could also take the rule ${other.id}, which cannot be compared; export the rules with describe-security-group-rules`;
    if (permissionKey(parsed.rule) === permissionKey(native)) {
      return `the export gives no sgr- id, and a revoke by content would also take the rule ${other.id}, which EC2 cannot tell from this one; export the rules with describe-security-group-rules`;
    }
  }
  return null;
}

function basisOf(
  context: Context,
  removal: Removal,
  policy: AuditedPolicy,
  native: NativeRule,
  findings: readonly Finding[],
): Basis | string {
  if (findings.length < removal.because.length) return `the result lacks a finding that the plan names: ${removal.because.join(', ')}`;
  if (findings.some((finding) => finding.kind === 'stale-reference')) return staleBasis(policy, native);
  const duplicate = findings.find((finding) => finding.kind === 'duplicate');
  if (duplicate !== undefined) return duplicateBasis(context, policy, native, duplicate);
  return `no pre-check on the live group exists for ${findings.map((finding) => finding.kind).join(', ')}; this release writes changes for duplicate and stale-reference`;
}

function staleBasis(policy: AuditedPolicy, native: NativeRule): Basis | string {
  if (native.peer.kind !== 'group')
    return `the rule refers to ${native.peer.id}, which is no security group; only stale references to groups can be checked on the live VPC`;
  if (!/^vpc-[A-Za-z0-9]+$/.test(policy.network)) {
    return `the export does not say in which VPC the group ${native.groupId} is, so nobody could check that the reference is still stale; add an export made with describe-security-groups`;
  }
  return { kind: 'stale-reference', target: native.peer.id, vpcId: policy.network };
}

function duplicateBasis({ result, readNative }: Context, policy: AuditedPolicy, native: NativeRule, finding: Finding): Basis | string {
  const keptRef = finding.coveredBy[0];
  const kept = keptRef === undefined ? undefined : ruleOf(result, keptRef);
  if (keptRef === undefined || kept === undefined) return `the finding ${finding.id} names no copy that is kept`;
  if (keptRef.policy !== policy.id) return `the copy that is kept, ${formatRuleRef(keptRef)}, is in another policy`;
  if (isRemoved(result, keptRef))
    return `the copy that is kept, ${formatRuleRef(keptRef)}, is itself in the plan; apply that change and audit again`;
  const keptNative = readNative(kept);
  if (!keptNative.ok) return `the copy that is kept, ${formatRuleRef(keptRef)}, cannot be checked: ${keptNative.reason}`;
  return { kind: 'duplicate', kept, keptNative: keptNative.rule, sameKey: permissionKey(keptNative.rule) === permissionKey(native) };
}

function isRemoved(result: AuditResult, ref: RuleRef): boolean {
  return result.plan.removals.some((removal) => removal.policy === ref.policy && removal.rule === ref.rule);
}
