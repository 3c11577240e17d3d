import type { CheckKind } from '../../model/check-result.ts';
import type { Attachment, Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import { notEvaluable } from '../findings/configuration.ts';
import { detectFindings, type KeyedFinding } from '../findings/detect-findings.ts';
import type { PolicyFacts, RuleFacts } from '../findings/detector.ts';
import { overPermissive } from '../findings/over-permissive.ts';
import { isCleanUp } from '../findings/rule-width.ts';
import { structural } from '../findings/structural.ts';
import { analyseStructure } from '../structure/analyse-structure.ts';
import { type ChangedPolicy, causeOf } from './changed-policy.ts';
import type { IntroducedDraft } from './draft.ts';

/** What configuration alone says about single rules: cheap enough for every change, and of use without traffic. */
const DETECTORS = [structural, overPermissive, notEvaluable];

export interface ComparedFindings {
  readonly introduced: readonly IntroducedDraft[];
  /** By kind: what is gone, and what stays, among the rules that the change can touch. */
  readonly resolved: readonly CheckKind[];
  readonly remaining: readonly CheckKind[];
}

/**
 * Findings that hold after the change and did not before. A finding is the same one when kind and content of the rule are: a rule that moves or is
 * renamed keeps it, an edited one does not. Only rules that meet something that changed are looked at: nothing can change for the others.
 */
export function compareFindings(changed: ChangedPolicy, attachments: readonly Attachment[]): ComparedFindings {
  const { pair, traced } = changed;
  const before = findIn(pair.before, traced.touched.before, attachments);
  const after = findIn(pair.after, traced.touched.after, attachments);
  const known = new Map<string, number>();
  for (const { keyed } of before) known.set(keyOf(keyed), (known.get(keyOf(keyed)) ?? 0) + 1);
  const introduced: IntroducedDraft[] = [];
  const remaining: CheckKind[] = [];
  // Of several with one content, those that the change did not add are the ones that were there before.
  const oldFirst = [...after].sort((a, b) => Number(isAdded(changed, a.rule)) - Number(isAdded(changed, b.rule)));
  for (const { keyed, rule } of oldFirst) {
    const left = known.get(keyOf(keyed)) ?? 0;
    const kind = kindOf(keyed, rule);
    if (left > 0) {
      known.set(keyOf(keyed), left - 1);
      remaining.push(kind);
    } else {
      introduced.push(toDraft(changed, keyed, rule, kind));
    }
  }
  const resolved = before.flatMap(({ keyed, rule }): CheckKind[] => {
    const left = known.get(keyOf(keyed)) ?? 0;
    if (left === 0) return [];
    known.set(keyOf(keyed), left - 1);
    return [kindOf(keyed, rule)];
  });
  return { introduced, resolved, remaining };
}

interface FoundInRule {
  readonly keyed: KeyedFinding;
  readonly rule: Rule;
}

function findIn(policy: Policy | null, touched: ReadonlySet<string>, attachments: readonly Attachment[]): FoundInRule[] {
  if (policy === null) return [];
  // What is switched off meets nothing, so it is in no trace; its use is asked by no detector here.
  const rules = policy.rules.filter(({ id }) => touched.has(id));
  const facts: PolicyFacts = {
    policy,
    analysis: analyseStructure(policy, () => 0, touched),
    rules: rules.map((rule): RuleFacts => ({ policy, rule, usage: null, graded: null, exposure: null })),
  };
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const context = { policies: [facts], attachments, opposed: new Map(), windowDays: null, logsShowAnswers: false };
  return detectFindings(context, DETECTORS).flatMap((keyed): FoundInRule[] => {
    const rule = byId.get(keyed.finding.rule);
    return rule === undefined ? [] : [{ keyed, rule }];
  });
}

function keyOf({ finding, contentKey }: KeyedFinding): string {
  return JSON.stringify([finding.kind, contentKey]);
}

function isAdded({ traced }: ChangedPolicy, rule: Rule): boolean {
  return traced.rules.some(({ change, after }) => change === 'added' && after?.id === rule.id);
}

function kindOf({ finding }: KeyedFinding, rule: Rule): CheckKind {
  switch (finding.kind) {
    case 'over-permissive':
      return isCleanUp(rule) ? 'any-any' : 'over-permissive';
    case 'shadowed':
    case 'redundant':
    case 'duplicate':
    case 'unmatchable':
    case 'not-evaluable':
      return finding.kind;
    default:
      throw new Error(`a check has no place for findings of the kind ${finding.kind}`);
  }
}

function toDraft(changed: ChangedPolicy, { finding, contentKey }: KeyedFinding, rule: Rule, kind: CheckKind): IntroducedDraft {
  return {
    kind,
    severity: kind === 'any-any' ? 'critical' : kind === 'not-evaluable' ? 'medium' : finding.severity,
    policy: finding.policy,
    rule: rule.id,
    ruleKey: contentKey,
    asWritten: rule.asWritten,
    sourceRef: rule.sourceRef,
    cause: causeOf(changed, rule),
    message:
      kind === 'any-any' ? 'Permits every protocol and port from any address to any address. Name what is needed.' : finding.explanation,
    clause: null,
    packets: null,
    finding,
  };
}
