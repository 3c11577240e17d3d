import type { Finding } from '../../model/finding.ts';
import { findingKindSchema } from '../../model/finding.ts';
import { type DetectionContext, type Detector, type FindingDraft, type PolicyFacts, WHOLE_POLICY } from './detector.ts';
import { detectors } from './index.ts';
import { findingId, policyKey, ruleKey } from './rule-key.ts';

/** A finding with the key of the content it speaks of, so that decisions on file can be matched to it. */
export interface KeyedFinding {
  readonly finding: Finding;
  readonly contentKey: string;
}

/** Runs every detector, or those given. Ordered by policy, rank and kind; status is `new` until decisions are applied. */
export function detectFindings(context: DetectionContext, chosen: readonly Detector[] = detectors): readonly KeyedFinding[] {
  const places = new Map<string, Place>();
  for (const facts of context.policies) addPlaces(places, facts);
  return withoutConsequences(chosen.flatMap((detector) => detector.detect(context)))
    .map((draft) => toKeyed(draft, places))
    .sort((a, b) => a.order - b.order || kindOrder(a.keyed.finding) - kindOrder(b.keyed.finding))
    .map(({ keyed }) => keyed);
}

/** A rule that never decides because of another rule has no hits for that reason: the cause is reported, not its consequence. */
const CAUSES: readonly Finding['kind'][] = ['duplicate', 'shadowed', 'unmatchable'];
const CONSEQUENCES: readonly Finding['kind'][] = ['unused', 'partly-unused', 'unanswered'];

function withoutConsequences(drafts: readonly FindingDraft[]): FindingDraft[] {
  const explained = new Set(drafts.filter(explainsSilence).map(({ policy, rule }) => placeOf(policy, rule)));
  return drafts.filter(({ kind, policy, rule }) => !CONSEQUENCES.includes(kind) || !explained.has(placeOf(policy, rule)));
}

/** Whether a finding says why its rule never decides: no use of it is then to be expected. */
export function explainsSilence({ kind, by }: Pick<FindingDraft, 'kind' | 'by'>): boolean {
  return CAUSES.includes(kind) || (kind === 'redundant' && by === 'earlier');
}

interface Place {
  /** Hashes content, which is worth nothing for a rule without findings. */
  readonly readKey: () => string;
  readonly order: number;
}

function addPlaces(places: Map<string, Place>, { policy, rules }: PolicyFacts): void {
  places.set(placeOf(policy.id, WHOLE_POLICY), { readKey: () => policyKey(policy), order: places.size });
  for (const { rule } of rules) places.set(placeOf(policy.id, rule.id), { readKey: () => ruleKey(rule), order: places.size });
}

function placeOf(policy: string, rule: string): string {
  return JSON.stringify([policy, rule]);
}

function toKeyed(draft: FindingDraft, places: ReadonlyMap<string, Place>): { keyed: KeyedFinding; order: number } {
  const place = places.get(placeOf(draft.policy, draft.rule));
  if (place === undefined) throw new Error(`a detector named the rule ${draft.policy}/${draft.rule}, which does not exist`);
  const contentKey = place.readKey();
  const finding: Finding = {
    id: findingId(draft.kind, draft.policy, draft.rule, contentKey),
    kind: draft.kind,
    policy: draft.policy,
    rule: draft.rule,
    ...(draft.relation === undefined ? {} : { relation: draft.relation }),
    ...(draft.by === undefined ? {} : { by: draft.by }),
    ...(draft.usage === undefined ? {} : { usage: draft.usage }),
    severity: draft.severity,
    status: 'new',
    coveredBy: [...draft.coveredBy],
    ...(draft.coveredByOmitted === undefined ? {} : { coveredByOmitted: draft.coveredByOmitted }),
    ...(draft.undecided === undefined ? {} : { undecided: draft.undecided }),
    ...(draft.mergeWith === undefined ? {} : { mergeWith: draft.mergeWith }),
    ...(draft.unusedParts === undefined ? {} : { unusedParts: [...draft.unusedParts] }),
    witness: draft.witness ?? null,
    proof: null,
    evidence: draft.evidence,
    removal: draft.removal,
    explanation: draft.explanation,
  };
  return { keyed: { finding, contentKey }, order: place.order };
}

function kindOrder(finding: Finding): number {
  return findingKindSchema.options.indexOf(finding.kind);
}
