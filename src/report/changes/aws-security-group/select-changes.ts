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
  | { readonly kind: 'duplicate'; readonly kept: KeptRule; readonly sameKey: boolean }
  | { readonly kind: 'covered'; readonly coverers: readonly KeptRule[] }
  | { readonly kind: 'unmatchable' }
  | { readonly kind: 'stale-reference'; readonly target: string; readonly vpcId: string };

/** A rule of the same group that has to stay. */
export interface KeptRule {
  readonly rule: AuditedRule;
  readonly native: NativeRule;
}

/** The rules that the removal leans on: they must be in the live group when it is made. */
export function keptRules(basis: Basis): readonly KeptRule[] {
  switch (basis.kind) {
    case 'duplicate':
      return [basis.kept];
    case 'covered':
      return basis.coverers;
    case 'unmatchable':
    case 'stale-reference':
      return [];
  }
}

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
  if (duplicate !== undefined) return duplicateBasis(context, removal, policy, native, duplicate);
  if (findings.some((finding) => finding.kind === 'unmatchable')) return { kind: 'unmatchable' };
  if (findings.some((finding) => finding.kind === 'redundant')) return coveredBasis(context, removal, policy);
  return `no pre-check on the live group exists for ${findings.map((finding) => finding.kind).join(', ')}; this release writes changes for duplicate, redundant, unmatchable and stale-reference`;
}

function staleBasis(policy: AuditedPolicy, native: NativeRule): Basis | string {
  if (native.peer.kind !== 'group')
    return `the rule refers to ${native.peer.id}, which is no security group; only stale references to groups can be checked on the live VPC`;
  if (!/^vpc-[A-Za-z0-9]+$/.test(policy.network)) {
    return `the export does not say in which VPC the group ${native.groupId} is, so nobody could check that the reference is still stale; add an export made with describe-security-groups`;
  }
  return { kind: 'stale-reference', target: native.peer.id, vpcId: policy.network };
}

function duplicateBasis(context: Context, removal: Removal, policy: AuditedPolicy, native: NativeRule, finding: Finding): Basis | string {
  const keptRef = finding.coveredBy[0];
  if (keptRef === undefined || ruleOf(context.result, keptRef) === undefined) return `the finding ${finding.id} names no copy that is kept`;
  // The copy goes as well, because others cover both.
  if (isRemoved(context.result, keptRef) && removal.coveredBy.length > 0) return coveredBasis(context, removal, policy);
  const kept = readKept(context, policy, keptRef, 'the copy that is kept');
  if (typeof kept === 'string') return kept;
  return { kind: 'duplicate', kept, sameKey: permissionKey(kept.native) === permissionKey(native) };
}

function coveredBasis(context: Context, removal: Removal, policy: AuditedPolicy): Basis | string {
  if (removal.coveredBy.length === 0) return 'the plan does not say which rules cover it, so nobody could check that they are still there';
  if (removal.coveredByOmitted !== undefined) {
    return `more than ${removal.coveredBy.length} rules cover it together, too many to check on the live group one by one; remove it after a look at them`;
  }
  const coverers: KeptRule[] = [];
  for (const ref of removal.coveredBy) {
    const kept = readKept(context, policy, ref, 'a rule that covers it');
    if (typeof kept === 'string') return kept;
    coverers.push(kept);
  }
  return { kind: 'covered', coverers };
}

/** The rule with what the live group must show of it, or the sentence that says why it cannot be leaned on. */
function readKept({ result, readNative }: Context, policy: AuditedPolicy, ref: RuleRef, role: string): KeptRule | string {
  const rule = ruleOf(result, ref);
  if (rule === undefined) return `${role}, ${formatRuleRef(ref)}, is not in the result`;
  if (ref.policy !== policy.id) return `${role}, ${formatRuleRef(ref)}, is in another policy`;
  if (isRemoved(result, ref)) return `${role}, ${formatRuleRef(ref)}, is itself in the plan; apply that change and audit again`;
  const parsed = readNative(rule);
  if (!parsed.ok) return `${role}, ${formatRuleRef(ref)}, cannot be checked: ${parsed.reason}`;
  return { rule, native: parsed.rule };
}

function isRemoved(result: AuditResult, ref: RuleRef): boolean {
  return result.plan.removals.some((removal) => removal.policy === ref.policy && removal.rule === ref.rule);
}
