import type { CheckKind } from '../../model/check-result.ts';
import type { Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import { notEvaluable } from '../findings/configuration.ts';
import { detectFindings, type KeyedFinding } from '../findings/detect-findings.ts';
import type { DetectionContext, Detector, PolicyFacts, RuleFacts } from '../findings/detector.ts';
import { overPermissive } from '../findings/over-permissive.ts';
import { ruleKey } from '../findings/rule-key.ts';
import { isCleanUp } from '../findings/rule-width.ts';
import { structural, structuralKind } from '../findings/structural.ts';
import { analyseStructure } from '../structure/analyse-structure.ts';
import { type ChangedPolicy, causeOf } from './changed-policy.ts';
import type { IntroducedDraft } from './draft.ts';

export interface ComparedFindings {
  readonly introduced: readonly IntroducedDraft[];
  /** By kind: what is gone, and what stays, among the rules that the change can touch. */
  readonly resolved: readonly CheckKind[];
  readonly remaining: readonly CheckKind[];
}

/**
 * Findings that hold after the change and did not before, by configuration alone: cheap enough for every change, and of use without traffic. A finding is
 * the same one when kind and content of the rule are: a rule that moves or is renamed keeps it, an edited one does not. Only rules that meet something
 * that changed are looked at: nothing can change for the others.
 */
export function compareFindings(changed: ChangedPolicy): ComparedFindings {
  const { pair, traced } = changed;
  const before = look(pair.before, traced.touched.before);
  const after = look(pair.after, traced.touched.after);
  const known = new Map<string, number>();
  for (const found of before.found) known.set(found.key, (known.get(found.key) ?? 0) + 1);
  const fresh: FoundKind[] = [];
  const remaining: CheckKind[] = [];
  // Of several with one content, those that the change did not add are the ones that were there before.
  const oldFirst = [...after.found].sort((a, b) => Number(isAdded(changed, a.rule)) - Number(isAdded(changed, b.rule)));
  for (const found of oldFirst) {
    const left = known.get(found.key) ?? 0;
    if (left === 0) fresh.push(found);
    else {
      known.set(found.key, left - 1);
      remaining.push(found.kind);
    }
  }
  const resolved = before.found.flatMap(({ key, kind }): CheckKind[] => {
    const left = known.get(key) ?? 0;
    known.set(key, left - 1);
    return left > 0 ? [kind] : [];
  });
  return { introduced: describe(changed, after.facts, fresh), resolved, remaining };
}

/** That a rule has a finding of a kind. */
interface FoundKind {
  readonly rule: Rule;
  readonly kind: CheckKind;
  /** The same before and after for the same finding. */
  readonly key: string;
}

interface Looked {
  readonly facts: PolicyFacts | null;
  /** By rank. */
  readonly found: readonly FoundKind[];
}

const NOTHING: Looked = { facts: null, found: [] };

/** The kinds of all findings; who covers whom is asked later, for those that are new. */
function look(policy: Policy | null, touched: ReadonlySet<string>): Looked {
  if (policy === null || touched.size === 0) return NOTHING;
  const rules = policy.rules.filter(({ id }) => touched.has(id));
  const facts: PolicyFacts = {
    // A new group is on no interface yet: in an audit that is the finding, here it is what the group is about to permit.
    policy: policy.attachments?.length === 0 ? { ...policy, attachments: null } : policy,
    analysis: analyseStructure(policy, () => 0, touched),
    rules: rules.map((rule): RuleFacts => ({ policy, rule, usage: null, graded: null, exposure: null })),
  };
  const others = new Map<string, CheckKind[]>();
  for (const { finding } of detect(facts, [overPermissive, notEvaluable])) {
    others.set(finding.rule, [...(others.get(finding.rule) ?? []), finding.kind as CheckKind]);
  }
  const found = rules.flatMap((rule): FoundKind[] => {
    const own = structuralKind(rule, facts.analysis.verdictOf(rule.id));
    const kinds = [...(own === null ? [] : [own]), ...(others.get(rule.id) ?? [])];
    return kinds.map((kind) => ({ rule, kind: kindOf(kind, rule), key: JSON.stringify([kind, ruleKey(rule)]) }));
  });
  return { facts, found };
}

function detect(facts: PolicyFacts, detectors: readonly Detector[]): readonly KeyedFinding[] {
  const context: DetectionContext = { policies: [facts], attachments: [], opposed: new Map(), windowDays: null, logsShowAnswers: false };
  return detectFindings(context, detectors);
}

function kindOf(kind: CheckKind, rule: Rule): CheckKind {
  return kind === 'over-permissive' && isCleanUp(rule) ? 'any-any' : kind;
}

function isAdded({ traced }: ChangedPolicy, rule: Rule): boolean {
  return traced.rules.some(({ change, after }) => change === 'added' && after?.id === rule.id);
}

function describe(changed: ChangedPolicy, facts: PolicyFacts | null, fresh: readonly FoundKind[]): IntroducedDraft[] {
  if (facts === null || fresh.length === 0) return [];
  const ids = new Set(fresh.map(({ rule }) => rule.id));
  const keyed = detect({ ...facts, rules: facts.rules.filter(({ rule }) => ids.has(rule.id)) }, [structural, overPermissive, notEvaluable]);
  return keyed.flatMap(({ finding, contentKey }): IntroducedDraft[] => {
    const found = fresh.find(({ rule, kind }) => rule.id === finding.rule && kind === kindOf(finding.kind as CheckKind, rule));
    return found === undefined ? [] : [toDraft(changed, { finding, contentKey }, found)];
  });
}

function toDraft(changed: ChangedPolicy, { finding, contentKey }: KeyedFinding, { rule, kind }: FoundKind): IntroducedDraft {
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
