import type { Layer, Policy } from '../../model/policy.ts';
import { REGION_BUDGET } from '../structure/analyse-structure.ts';
import { exceptionName, type LayerException, LayerTrace } from '../trace/layers.ts';
import type { Detector, FindingDraft, PolicyFacts } from './detector.ts';
import { type EnforcementPoint, findEnforcementPoints, isOnKnownInterfaces, nameSome } from './enforcement-points.ts';

/**
 * Permit rules of which everything is denied by another layer, on every interface that carries them: a group rule for what the network ACL of each of
 * its subnets denies. It holds for the interfaces of the inventory.
 */
export const deniedByNextLayer: Detector = {
  title: 'denied behind it, wherever it stands',
  detect: ({ policies, attachments }) => {
    const known = new Map(policies.map((facts) => [facts.policy.id, facts.policy]));
    const placesOf = findEnforcementPoints(attachments);
    const candidates = policies.flatMap((facts) => {
      const places = placesOf.get(facts.policy.id) ?? [];
      const points = places.map((place) => withJudges(facts.policy, place, known));
      const isCandidate = isOnKnownInterfaces(facts.policy, places) && points.every(({ others }) => others.length > 0);
      return isCandidate ? [{ facts, points }] : [];
    });
    if (candidates.length === 0) return [];
    const trace = traceOf(candidates, known);
    return candidates.flatMap((candidate) => detectIn(candidate, trace));
  },
};

interface Candidate {
  readonly facts: PolicyFacts;
  readonly points: readonly EnforcementPoint[];
}

/** What a layer without state lets pass may be a reply, which a layer with state does not look at. A layer of which a policy is missing may permit anything. */
function withJudges(policy: Policy, point: EnforcementPoint, known: ReadonlyMap<string, Policy>): EnforcementPoint {
  const judgesTheSame = ({ policies }: Layer): boolean =>
    policies.every((id) => known.has(id) && (policy.stateful || known.get(id)?.stateful === false));
  return { ...point, others: point.others.filter(judgesTheSame) };
}

function traceOf(candidates: readonly Candidate[], known: ReadonlyMap<string, Policy>): LayerTrace {
  const ids = new Set<string>();
  const exceptions = new Map<string, LayerException>();
  for (const { facts, points } of candidates) {
    ids.add(facts.policy.id);
    for (const { direction, others } of points) {
      for (const layer of others) {
        for (const id of layer.policies) ids.add(id);
        const name = exceptionName(direction, layer);
        if (name !== null) exceptions.set(name, { direction, remotes: layer.exceptRemote });
      }
    }
  }
  const policies = [...ids]
    .sort()
    .map((id) => known.get(id))
    .filter((policy) => policy !== undefined);
  return new LayerTrace(policies, [...exceptions.values()], REGION_BUDGET);
}

function detectIn({ facts: { policy, rules, analysis }, points }: Candidate, trace: LayerTrace): FindingDraft[] {
  const meetings = distinct(points);
  return rules.flatMap(({ rule }): FindingDraft[] => {
    const verdict = analysis.verdictOf(rule.id);
    if (rule.effect.verdict !== 'permit' || rule.evaluable === 'no' || verdict === null || verdict.witness === null) return [];
    if (!meetings.every((layers) => trace.deniedByLayers(policy.id, rule.id, layers)?.holds === true)) return [];
    const deniers = points.flatMap(({ others }) => others.flatMap((layer) => layer.policies)).sort();
    const interfaces = points.map(({ attachment }) => attachment);
    return [
      {
        kind: 'denied-by-next-layer',
        policy: policy.id,
        rule: rule.id,
        severity: 'medium',
        coveredBy: [],
        evidence: { grade: 'C', reasons: ['INVENTORY_BOUND'] },
        removal: { changesDecisions: false, safeAlone: true },
        explanation: `Everything that it permits is denied by ${nameSome(deniers)}, on every interface that carries it (${nameSome(interfaces)}). Either the rule is not needed, or the other layer breaks it.`,
      },
    ];
  });
}

/** Equal combinations of layers are asked once. */
function distinct(points: readonly EnforcementPoint[]): string[][][] {
  const byText = new Map<string, string[][]>();
  for (const { direction, others } of points) {
    const layers = others.map((layer) => {
      const exception = exceptionName(direction, layer);
      return exception === null ? [...layer.policies] : [...layer.policies, exception];
    });
    byText.set(JSON.stringify(layers), layers);
  }
  return [...byText.values()];
}
