import type { Severity } from '../../model/finding.ts';
import type { Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import type { OpposingRule, Overlap } from '../structure/overlaps.ts';
import { formatShare, shareOf } from '../structure/packet-shares.ts';
import { formatWitness } from '../trace/witness.ts';
import { nameCover } from './coverers.ts';
import type { Detector, FindingDraft, PolicyFacts, RuleFacts } from './detector.ts';
import { nameRules, sentenceCase } from './rule-names.ts';
import { isCleanUp } from './rule-width.ts';

/** A rule that loses this part of its packets, or more, to rules with the other action is a finding whatever the traffic says. */
const LARGE_SHARE = 0.5;

/**
 * Rules that lose part of their packets to earlier rules with the other action. All of them have it as a column; a finding is what matters: half of the
 * packets or more are lost (`partly-shadowed`), or connections were decided by the exception (`generalization`) or by the rule that partly overlaps
 * (`correlation`), one finding for the rule and kind. Clean-up rules are there to be overlapped.
 */
export const overlapping: Detector = {
  title: 'in part decided otherwise by earlier rules',
  detect: ({ policies, opposed }) => policies.flatMap((facts) => detectIn(facts, opposed.get(facts.policy.id))),
};

function detectIn({ policy, rules, analysis }: PolicyFacts, opposed: ReadonlyMap<string, number> | undefined): FindingDraft[] {
  const factsOf = new Map(rules.map((facts) => [facts.rule.id, facts]));
  return rules.flatMap(({ rule }) => {
    if (rule.evaluable === 'no' || isCleanUp(rule)) return [];
    const overlap = analysis.overlapOf(rule.id);
    if (overlap === null || overlap.opposing.length === 0) return [];
    const witness = analysis.verdictOf(rule.id)?.witness ?? null;
    const base = {
      ...BASE,
      evidence: { grade: 'P' as const, reasons: [] },
      policy: policy.id,
      rule: rule.id,
      witness: witness === null ? null : formatWitness(witness),
    };
    if (isMostlyLost(rule, overlap)) return [{ ...base, ...partlyShadowed(policy, rule, overlap) }];
    const flows = opposed?.get(rule.id) ?? 0;
    if (flows === 0) return [];
    return (['generalization', 'correlation'] as const).flatMap((kind) => {
      const pairs = overlap.opposing.filter((other) => other.kind === kind && isUsed(factsOf.get(other.rule)));
      return pairs.length === 0 ? [] : [{ ...base, ...pairFinding(policy, rule, kind, pairs, overlap, flows) }];
    });
  });
}

/** Whether the rule surely loses half of its packets or more to the other action, and is not there to be overlapped. */
export function isMostlyLost(rule: Rule, { coverage, opposed }: Overlap): boolean {
  return coverage !== null && !isCleanUp(rule) && shareOf(opposed, coverage.total) >= LARGE_SHARE;
}

const BASE = { removal: { changesDecisions: true, safeAlone: true } } as const;

/** Whether connections were surely decided by the rule. Of an exception they lie in the rule that holds it; of a partial overlap some of them may. */
function isUsed(facts: RuleFacts | undefined): boolean {
  return (facts?.usage?.certain ?? 0) > 0;
}

type OverlapDraft = Pick<FindingDraft, 'kind' | 'relation' | 'severity' | 'coveredBy' | 'coveredByOmitted' | 'undecided' | 'explanation'>;

function partlyShadowed(policy: Policy, rule: Rule, overlap: Overlap): OverlapDraft {
  const cover = nameCover(policy.id, overlap.coverage, [], rule.id);
  const { verdict } = rule.effect;
  const share = overlap.coverage === null ? '' : `${percent(formatShare(overlap.opposed, overlap.coverage.total))} of `;
  const names = nameRules(overlap.opposing);
  const does =
    verdict === 'permit' ? (overlap.opposing.length === 1 ? 'denies' : 'deny') : overlap.opposing.length === 1 ? 'permits' : 'permit';
  return {
    kind: 'partly-shadowed',
    relation: overlap.relation ?? 'unknown',
    severity: 'medium',
    ...cover,
    explanation: `${sentenceCase(names)} ${does} ${share}its packets before it is asked; only the rest is ${verdict === 'permit' ? 'permitted' : 'denied'} by it. Check that the order is meant so.`,
  };
}

function pairFinding(
  policy: Policy,
  rule: Rule,
  kind: OpposingRule['kind'],
  pairs: readonly OpposingRule[],
  overlap: Overlap,
  flows: number,
): OverlapDraft {
  const total = overlap.coverage?.total ?? null;
  const cover = nameCover(
    policy.id,
    total === null ? null : { deciders: pairs, undecided: NONE, total },
    total === null ? pairs.map((pair) => pair.rule) : [],
  );
  const names = sentenceCase(nameRules(pairs));
  const one = pairs.length === 1;
  const opposite = rule.effect.verdict === 'permit' ? (one ? 'denies' : 'deny') : one ? 'permits' : 'permit';
  const severity: Severity = kind === 'generalization' ? 'info' : 'low';
  const seen = `${flows} ${flows === 1 ? 'connection' : 'connections'} inside it ${flows === 1 ? 'was' : 'were'} decided the other way.`;
  const explanation =
    kind === 'generalization'
      ? `${names} ${one ? 'is an exception' : 'are exceptions'} that ${opposite} part of what it matches; ${seen} Usually that is meant so.`
      : `${names} ${one ? 'overlaps' : 'overlap'} it in part with the other action, so that their order decides; ${seen}`;
  return { kind, relation: 'opposite', severity, ...cover, explanation };
}

const NONE = { ipv4: 0n, ipv6: 0n } as const;

function percent(share: string): string {
  return `${Math.floor(Number(share) * 1000) / 10} %`;
}
