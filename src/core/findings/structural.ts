import type { Finding } from '../../model/finding.ts';
import type { Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import type { RuleVerdict } from '../trace/analyse-policy.ts';
import { formatWitness } from '../trace/witness.ts';
import { type NamedCover, nameCover } from './coverers.ts';
import { type Detector, type FindingDraft, NOTHING_LOST, type PolicyFacts } from './detector.ts';
import { exampleOf, explainCopy, explainRedundant, explainShadowed, UNMATCHABLE } from './structural-words.ts';

/**
 * Rules that configuration alone proves to be without effect, or that never get to decide: `unmatchable`, `duplicate`, `shadowed`, `redundant`, by the
 * exact trace. At most one of them per rule. A rule that could not be read is never the subject, for nothing is claimed about it.
 */
export const structural: Detector = {
  title: 'without effect, or never reached',
  detect: ({ policies }) => policies.flatMap(detectIn),
};

/** The kind of finding that a verdict comes to, without asking who covers the rule, which costs far more; null for none. */
export function structuralKind(rule: Rule, verdict: RuleVerdict | null): 'unmatchable' | 'duplicate' | 'shadowed' | 'redundant' | null {
  if (verdict === null || rule.evaluable === 'no') return null;
  const { kind } = verdict;
  return kind === 'unmatchable' || kind === 'duplicate' || kind === 'shadowed' || kind === 'redundant' ? kind : null;
}

function detectIn({ policy, rules, analysis }: PolicyFacts): FindingDraft[] {
  return rules.flatMap(({ rule }) => {
    const verdict = analysis.verdictOf(rule.id);
    const draft =
      verdict === null || structuralKind(rule, verdict) === null
        ? null
        : toDraft(policy, rule, verdict, () => coverOf(policy, analysis, verdict));
    return draft === null ? [] : [draft];
  });
}

function coverOf(policy: Policy, analysis: PolicyFacts['analysis'], { rule, kind, by }: RuleVerdict): NamedCover {
  const isCovered = kind === 'shadowed' || (kind === 'redundant' && by === 'earlier');
  const coverage = analysis.coverOf(rule);
  const leansOnUnknowns = coverage === null || coverage.undecided.ipv4 > 0n || coverage.undecided.ipv6 > 0n;
  return nameCover(policy.id, coverage, isCovered && leansOnUnknowns ? analysis.coversUnderUnknowns(rule) : []);
}

function toDraft(policy: Policy, rule: Rule, verdict: RuleVerdict, cover: () => NamedCover): FindingDraft | null {
  const base = { policy: policy.id, rule: rule.id, evidence: PROVEN, removal: NOTHING_LOST } as const;
  switch (verdict.kind) {
    case 'unmatchable':
      return { ...base, kind: 'unmatchable', severity: 'medium', coveredBy: [], explanation: UNMATCHABLE };
    case 'duplicate':
      return { ...base, kind: 'duplicate', severity: 'low', ...cover(), explanation: explainCopy(policy, rule, verdict.keptCopy ?? '') };
    case 'shadowed': {
      const named = cover();
      const relation = verdict.relation ?? 'unknown';
      return {
        ...base,
        kind: 'shadowed',
        relation,
        severity: relation === 'opposite' ? 'high' : 'medium',
        ...named,
        explanation: `${explainShadowed(rule, relation, named)}${exampleOf(verdict)}`,
      };
    }
    case 'redundant': {
      const named = cover();
      const by = verdict.by ?? 'earlier';
      return {
        ...base,
        kind: 'redundant',
        by,
        severity: 'low',
        ...named,
        ...(verdict.witness === null ? {} : { witness: formatWitness(verdict.witness) }),
        explanation: explainRedundant(rule, by, named),
      };
    }
    default:
      return null;
  }
}

const PROVEN: Finding['evidence'] = { grade: 'P', reasons: [] };
