import type { Attachment, Direction, Layer, Policy } from '../../model/policy.ts';
import { REGION_BUDGET } from '../structure/analyse-structure.ts';
import { exceptionName, type LayerException, LayerTrace } from '../trace/layers.ts';
import type { Detector, FindingDraft, PolicyFacts } from './detector.ts';

/** More interfaces than these are counted, not named. */
const MOST_NAMED = 3;

/**
 * Permit rules of which everything is denied by another layer, on every interface that carries them: a group rule for what the network ACL of each of
 * its subnets denies. It holds for the interfaces of the inventory.
 */
export const deniedByNextLayer: Detector = {
  title: 'denied behind it, wherever it stands',
  detect: ({ policies, attachments }) => {
    const known = new Map(policies.map((facts) => [facts.policy.id, facts.policy]));
    const pointsOf = collectPoints(attachments, known);
    const candidates = policies.filter(({ policy }) => isOnKnownInterfaces(policy, pointsOf.get(policy.id)));
    if (candidates.length === 0) return [];
    const trace = traceOf(candidates, pointsOf, known);
    return candidates.flatMap((facts) => detectIn(facts, pointsOf.get(facts.policy.id) ?? [], trace));
  },
};

/** The layers beside that of a policy, at one interface in one direction; names of exceptions stand beside those of policies. */
interface MeetingPoint {
  readonly attachment: string;
  readonly direction: Direction;
  readonly others: readonly Layer[];
}

function collectPoints(attachments: readonly Attachment[], known: ReadonlyMap<string, Policy>): Map<string, MeetingPoint[]> {
  const points = new Map<string, MeetingPoint[]>();
  for (const attachment of attachments) {
    for (const direction of ['in', 'out'] as const) {
      for (const layer of attachment[direction]) {
        for (const id of layer.policies) {
          const policy = known.get(id);
          if (policy === undefined) continue;
          const others = attachment[direction].filter((other) => other !== layer && judgesTheSame(policy, other, known));
          points.set(id, [...(points.get(id) ?? []), { attachment: attachment.id, direction, others }]);
        }
      }
    }
  }
  return points;
}

/** What a layer without state lets pass may be a reply, which a layer with state does not look at. A layer of which a policy is missing may permit anything. */
function judgesTheSame(policy: Policy, { policies }: Layer, known: ReadonlyMap<string, Policy>): boolean {
  return policies.every((id) => known.has(id) && (policy.stateful || known.get(id)?.stateful === false));
}

function isOnKnownInterfaces(policy: Policy, points: readonly MeetingPoint[] | undefined): boolean {
  if (points === undefined || policy.attachments === null || policy.attachments.length === 0) return false;
  const met = new Set(points.map(({ attachment }) => attachment));
  return policy.attachments.every((attachment) => met.has(attachment)) && points.every(({ others }) => others.length > 0);
}

function traceOf(
  candidates: readonly PolicyFacts[],
  pointsOf: ReadonlyMap<string, readonly MeetingPoint[]>,
  known: ReadonlyMap<string, Policy>,
): LayerTrace {
  const ids = new Set<string>();
  const exceptions = new Map<string, LayerException>();
  for (const { policy } of candidates) {
    ids.add(policy.id);
    for (const { direction, others } of pointsOf.get(policy.id) ?? []) {
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

function detectIn({ policy, rules, analysis }: PolicyFacts, points: readonly MeetingPoint[], trace: LayerTrace): FindingDraft[] {
  const meetings = distinct(points);
  return rules.flatMap(({ rule }): FindingDraft[] => {
    const verdict = analysis.verdictOf(rule.id);
    if (rule.effect.verdict !== 'permit' || rule.evaluable === 'no' || verdict === null || verdict.witness === null) return [];
    if (!meetings.every((layers) => trace.deniedByLayers(policy.id, rule.id, layers)?.holds === true)) return [];
    const deniers = [...new Set(points.flatMap(({ others }) => others.flatMap((layer) => layer.policies)))].sort();
    const interfaces = [...new Set(points.map(({ attachment }) => attachment))];
    return [
      {
        kind: 'denied-by-next-layer',
        policy: policy.id,
        rule: rule.id,
        severity: 'medium',
        coveredBy: [],
        evidence: { grade: 'C', reasons: ['INVENTORY_BOUND'] },
        removal: { changesDecisions: false, safeAlone: true },
        explanation: `Everything that it permits is denied by ${shorten(deniers)}, on every interface that carries it (${shorten(interfaces)}). Either the rule is not needed, or the other layer breaks it.`,
      },
    ];
  });
}

/** Equal combinations of layers are asked once. */
function distinct(points: readonly MeetingPoint[]): string[][][] {
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

function shorten(names: readonly string[]): string {
  return names.length <= MOST_NAMED ? names.join(', ') : `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`;
}
