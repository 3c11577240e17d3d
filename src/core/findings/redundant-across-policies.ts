import type { Coverer } from '../../model/finding.ts';
import type { Policy } from '../../model/policy.ts';
import { formatRuleRef, type Rule, type RuleRef } from '../../model/rule.ts';
import { REGION_BUDGET } from '../structure/analyse-structure.ts';
import { type LayerCover, LayerRules, parseLayerKey } from '../structure/layer-cover.ts';
import { LayerTrace } from '../trace/layers.ts';
import { type NamedCover, nameCover } from './coverers.ts';
import { type Detector, type FindingDraft, NOTHING_LOST, type PolicyFacts } from './detector.ts';
import { type EnforcementPoint, findEnforcementPoints, isOnKnownInterfaces, nameSome } from './enforcement-points.ts';
import { nameRules } from './rule-names.ts';

/**
 * Rules of `any-permit` policies that are needed in their own policy, but on every interface that carries it other policies of the same layer permit
 * all that they permit, with the same effect. It holds for the interfaces of the inventory. Each rule is judged alone: where two rely on each other,
 * both are found, and the explanation says so.
 */
export const redundantAcrossPolicies: Detector = {
  title: 'permitted by other policies too, wherever it stands',
  detect: ({ policies, attachments }) => {
    const known = new Map(policies.filter(({ policy }) => policy.evaluation === 'any-permit').map((facts) => [facts.policy.id, facts]));
    const placesOf = findEnforcementPoints(attachments);
    const candidates = [...known.values()].flatMap((facts) => {
      const points = placesOf.get(facts.policy.id) ?? [];
      const layers = distinctLayers(facts.policy, points, known);
      // Alone in a layer, it has nobody to stand in for it.
      return isOnKnownInterfaces(facts.policy, points) && layers.every((layer) => layer.length > 1) ? [{ facts, points, layers }] : [];
    });
    if (candidates.length === 0) return [];
    const search = new CoverSearch(known, candidates);
    const found = candidates.flatMap((candidate) => search.run(candidate));
    const flagged = new Set(found.map(({ rule, candidate }) => formatRuleRef({ policy: candidate.facts.policy.id, rule: rule.id })));
    return found.map((each) => toDraft(each, flagged));
  },
};

interface Candidate {
  readonly facts: PolicyFacts;
  readonly points: readonly EnforcementPoint[];
  /** The policies that permit together, its own included, sorted; each combination once. */
  readonly layers: readonly (readonly string[])[];
}

interface CoveredRule {
  readonly candidate: Candidate;
  readonly rule: Rule;
  readonly cover: NamedCover;
}

/** A policy that the exports lack, or that is no list of permissions, could only permit more; one that treats replies otherwise stands in for nothing. */
function distinctLayers({ stateful }: Policy, points: readonly EnforcementPoint[], known: ReadonlyMap<string, PolicyFacts>): string[][] {
  const counts = (id: string): boolean => known.get(id)?.policy.stateful === stateful;
  const layers = points.map(({ layer }) => [...new Set(layer.policies)].filter(counts).sort());
  return [...new Map(layers.map((layer) => [JSON.stringify(layer), layer])).values()];
}

class CoverSearch {
  readonly #known: ReadonlyMap<string, PolicyFacts>;
  readonly #trace: LayerTrace;
  readonly #rulesOf = new Map<string, LayerRules>();

  constructor(known: ReadonlyMap<string, PolicyFacts>, candidates: readonly Candidate[]) {
    this.#known = known;
    const ids = new Set(candidates.flatMap(({ layers }) => layers.flat()));
    this.#trace = new LayerTrace(this.#policies([...ids].sort()), [], REGION_BUDGET);
  }

  run(candidate: Candidate): CoveredRule[] {
    const { policy, rules, analysis } = candidate.facts;
    const [first = [], ...rest] = candidate.layers;
    const everywhere = first.filter((id) => rest.every((layer) => layer.includes(id)));
    return rules.flatMap(({ rule }) => {
      const isNeeded = analysis.verdictOf(rule.id)?.kind === 'live';
      if (!isNeeded || rule.effect.verdict !== 'permit' || rule.evaluable === 'no') return [];
      if (everywhere.length > 1 && this.#isCovered(policy, rule, everywhere)) {
        return [{ candidate, rule, cover: this.#coverIn(policy, rule, everywhere) }];
      }
      const differ = rest.length > 0 && candidate.layers.every((layer) => this.#isCovered(policy, rule, layer));
      return differ ? [{ candidate, rule, cover: this.#coverInEach(candidate, rule) }] : [];
    });
  }

  #isCovered(policy: Policy, rule: Rule, layer: readonly string[]): boolean {
    return (
      this.#trace.coveredInLayer(policy.id, rule.id, layer, (other, id) => this.#isGone(policy, { policy: other, rule: id }))?.holds ===
      true
    );
  }

  /** Copies go; and in its own policy so may the rules that others make redundant, perhaps because of this very rule. */
  #isGone(own: Policy, { policy, rule }: RuleRef): boolean {
    const kind = this.#known.get(policy)?.analysis.verdictOf(rule)?.kind;
    return kind === 'duplicate' || (kind === 'redundant' && policy === own.id);
  }

  #coverIn(policy: Policy, rule: Rule, layer: readonly string[]): NamedCover {
    const { coverage, underUnknowns } = this.#divide(policy, rule, layer);
    const { coveredBy, ...rest } = nameCover('', coverage, underUnknowns);
    return { ...rest, coveredBy: coveredBy.map((coverer) => ({ ...coverer, ...parseLayerKey(coverer.rule) })) };
  }

  /** On every interface others may have another share, so none is stated. */
  #coverInEach({ facts: { policy }, layers }: Candidate, rule: Rule): NamedCover {
    const keys = layers.flatMap((layer) => {
      const { coverage, underUnknowns } = this.#divide(policy, rule, layer);
      return [...(coverage?.deciders.map((decider) => decider.rule) ?? []), ...underUnknowns];
    });
    const coveredBy = nameCover('', null, [...new Set(keys)]).coveredBy;
    return { coveredBy: coveredBy.map((coverer): Coverer => ({ ...coverer, ...parseLayerKey(coverer.rule) })) };
  }

  #divide(policy: Policy, rule: Rule, layer: readonly string[]): LayerCover {
    const key = JSON.stringify(layer);
    const rules = this.#rulesOf.get(key) ?? new LayerRules(this.#policies(layer));
    this.#rulesOf.set(key, rules);
    return rules.coverOf({ policy: policy.id, rule: rule.id }, (other) => this.#isGone(policy, other));
  }

  #policies(ids: readonly string[]): Policy[] {
    return ids.map((id) => this.#known.get(id)?.policy).filter((policy) => policy !== undefined);
  }
}

function toDraft({ candidate: { facts, points, layers }, rule, cover }: CoveredRule, flagged: ReadonlySet<string>): FindingDraft {
  const { policy } = facts;
  const others = layers.flat().filter((id) => id !== policy.id);
  const references = cover.coveredBy.map(formatRuleRef);
  const isOne = references.length === 1 && cover.coveredByOmitted === undefined;
  const who = nameRules(
    references.map((reference) => ({ rule: reference })),
    cover.coveredByOmitted?.count,
  );
  const mutual = references.filter((reference) => flagged.has(reference));
  const caution =
    mutual.length === 0 ? '' : ` The same is said of ${nameSome(mutual)}: take one away at a time, for the next may then be needed.`;
  return {
    kind: 'redundant',
    by: 'others',
    policy: policy.id,
    rule: rule.id,
    severity: 'low',
    ...cover,
    evidence: { grade: 'C', reasons: ['INVENTORY_BOUND'] },
    removal: NOTHING_LOST,
    explanation:
      `On every interface that carries it (${nameSome(points.map(({ attachment }) => attachment))}), ${who || `rules of ${nameSome(others)}`} ` +
      `${isOne ? 'permits' : 'permit'} everything that it permits. On another interface it may be needed.${caution}`,
  };
}
