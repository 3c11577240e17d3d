import type { Policy } from '../../model/policy.ts';
import { formatRegion, type Region, toMatchProducts } from '../../model/region-notation.ts';
import { formatRuleRef, type Rule } from '../../model/rule.ts';
import { PROTOCOLS_WITH_PORTS } from '../../model/service.ts';
import { toTotal } from '../ask/areas.ts';
import { holdsRanges, holdsServices } from '../ask/restrict-policy.ts';
import type { AskedLayer } from './asked-layers.ts';
import type { PolicyTask } from './policy-tasks.ts';
import { type Change, verifyChange } from './verify-change.ts';
import { isPlainPermit, permitsPlainly } from './widen-rule.ts';

const MOST_NOTES = 3;

/** Rules that were surely meant to permit it: those that are switched off, and those that do not get to decide. */
export function explainDenials(task: PolicyTask, wanted: Region, request: Region, budget: number): string[] {
  return [...switchedOff(task, wanted, request, budget), ...neverReached(task.policy, wanted)];
}

function switchedOff({ policy, layers }: PolicyTask, wanted: Region, request: Region, budget: number): string[] {
  const off = policy.rules.filter((rule) => !rule.enabled && rule.staleReference === null && permitsPlainly(rule) && permits(rule, wanted));
  return off.slice(0, MOST_NOTES).flatMap((rule) => {
    const verified = verifyChange(toSwitch(policy, rule), layers, request, { regions: budget, rules: Number.POSITIVE_INFINITY });
    if (verified === null) return [];
    const { others, otherPackets } = verified;
    const also = others === null ? 'nothing else' : `${toTotal(otherPackets).packets} other packets`;
    return [`Rule ${nameOf(policy, rule)} is switched off; switching it on would grant all of it and change ${also}.`];
  });
}

function toSwitch(policy: Policy, rule: Rule): Change {
  return {
    policies: [policy],
    touched: rule.match.products,
    kept: new Set([rule.id]),
    change: (changed) =>
      changed.id === policy.id
        ? { ...changed, rules: changed.rules.map((each) => (each.id === rule.id ? { ...each, enabled: true } : each)) }
        : changed,
  };
}

/** Only in a list: without order every rule that permits is heard. */
function neverReached(policy: Policy, wanted: Region): string[] {
  if (policy.evaluation === 'any-permit') return [];
  return policy.rules
    .filter((rule) => isPlainPermit(rule) && permits(rule, wanted))
    .slice(0, MOST_NOTES)
    .map((rule) => `Rule ${nameOf(policy, rule)} permits what is missing, but rules before it deny some of it first.`);
}

function permits({ match }: Rule, wanted: Region): boolean {
  return toMatchProducts(wanted).every((want) =>
    match.products.some(
      (own) =>
        own.family === want.family &&
        holdsRanges(own.source.ranges, want.source.ranges) &&
        holdsRanges(own.destination.ranges, want.destination.ranges) &&
        holdsServices(own.services, want.services),
    ),
  );
}

function nameOf(policy: Policy, rule: Rule): string {
  return formatRuleRef({ policy: policy.id, rule: rule.id });
}

/** Policies that judge every packet by itself: what they permit one way says nothing about the replies. */
export function noteReplies(layers: readonly AskedLayer[], request: Region): string[] {
  const stateless = [
    ...new Set(layers.flatMap(({ layer }) => layer.policies.filter((policy) => !policy.stateful).map(({ id }) => id))),
  ].sort();
  if (stateless.length === 0) return [];
  const replies = toReplies(request);
  const ask = replies === null ? '' : ` Ask for them as well: ${formatRegion(replies).join(' and ')}.`;
  return [
    `${stateless.join(', ')} judge${stateless.length === 1 ? 's' : ''} every packet by itself: replies need to be permitted too.${ask}`,
  ];
}

/** The packets that answer; null where only a person can say which they are. */
function toReplies({ families, source, destination, services }: Region): Region | null {
  const hasPorts = services.every(
    ({ protocolFirst, protocolLast }) => protocolFirst === protocolLast && PROTOCOLS_WITH_PORTS.includes(protocolFirst),
  );
  if (!hasPorts) return null;
  return {
    families,
    source: destination,
    destination: source,
    services: services.map((service) => ({ ...service, sourcePort: service.destinationPort, destinationPort: service.sourcePort })),
  };
}
