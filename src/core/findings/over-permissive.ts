import type { Severity } from '../../model/finding.ts';
import type { Policy } from '../../model/policy.ts';
import { RISKY_SERVICES, RISKY_SERVICES_VERSION, type Risk } from '../../model/risky-services.ts';
import type { Rule } from '../../model/rule.ts';
import { formatService, PROTOCOLS_WITH_PORTS, type Service } from '../../model/service.ts';
import type { RuleVerdict } from '../trace/analyse-policy.ts';
import type { Detector, FindingDraft, PolicyFacts } from './detector.ts';
import { type Breadth, isEveryService, openingsOf } from './rule-width.ts';

/** More ports in one range than this, to or from a wide network, are more than a service needs. */
const MOST_PORTS = 1024;
const MOST_NAMED = 4;

/**
 * Permit rules that are open wider than a service needs, by configuration alone: every protocol, long port ranges, or risky services, to or from wide
 * networks. Not for rules that never decide, nor for policies on no interface: there the cause is the finding.
 */
export const overPermissive: Detector = {
  title: 'open too wide',
  detect: ({ policies }) => policies.flatMap(detectIn),
};

function detectIn({ policy, rules, analysis }: PolicyFacts): FindingDraft[] {
  if (policy.attachments?.length === 0) return [];
  return rules.flatMap(({ rule }) => {
    if (rule.effect.verdict !== 'permit' || rule.evaluable === 'no' || !decides(analysis.verdictOf(rule.id))) return [];
    const excesses = excessesOf(policy, rule);
    return excesses.length === 0 ? [] : [toDraft(policy, rule, excesses)];
  });
}

function decides(verdict: RuleVerdict | null): boolean {
  if (verdict === null) return false;
  return verdict.kind === 'live' || verdict.kind === 'partly-shadowed' || verdict.kind === 'not-evaluable' || verdict.by === 'later';
}

interface Excess {
  readonly severity: Severity;
  readonly text: string;
}

function toDraft(policy: Policy, rule: Rule, excesses: readonly Excess[]): FindingDraft {
  return {
    kind: 'over-permissive',
    policy: policy.id,
    rule: rule.id,
    severity: (['high', 'medium', 'low'] as const).find((severity) => excesses.some((excess) => excess.severity === severity)) ?? 'low',
    coveredBy: [],
    evidence: { grade: 'P', reasons: [] },
    removal: { changesDecisions: true, safeAlone: true },
    explanation: `${[...new Set(excesses.map(({ text }) => text))].join(' ')} Narrow it to what is needed.`,
  };
}

function excessesOf(policy: Policy, rule: Rule): Excess[] {
  const side = policy.direction === 'out' ? 'to' : 'from';
  return openingsOf(policy, rule)
    .filter(({ breadth }) => breadth !== 'chosen')
    .flatMap(({ breadth, services }) => {
      const place = `${side} ${breadth === 'anywhere' ? 'any address' : 'a network of a /8 or more'}`;
      if (services.some(isEveryService))
        return [{ severity: severityOf(policy, breadth, 'high'), text: `Permits every protocol and port ${place}.` }];
      return [...wideSpans(policy, services, breadth, place), ...riskyOnes(policy, services, breadth, place)];
    });
}

/** A list without state needs long ranges for replies: there they say nothing. */
function wideSpans(policy: Policy, services: readonly Service[], breadth: Breadth, place: string): Excess[] {
  if (!policy.stateful) return [];
  const wide = services.filter((service) => hasPorts(service) && spanOf(service) > MOST_PORTS);
  if (wide.length === 0) return [];
  return [
    {
      severity: severityOf(policy, breadth, 'medium'),
      text: `Permits more than ${MOST_PORTS} ports (${wide.map(formatService).join(', ')}) ${place}.`,
    },
  ];
}

/** What is offered counts, so not for traffic on its way out. Long ranges are a finding of their own: the services inside are not spelled out. */
function riskyOnes(policy: Policy, services: readonly Service[], breadth: Breadth, place: string): Excess[] {
  if (policy.direction === 'out') return [];
  const narrow = services.filter((service) => spanOf(service) <= MOST_PORTS);
  const risky = RISKY_SERVICES.filter(({ protocol, ports }) => narrow.some((service) => meets(service, protocol, ports)));
  if (risky.length === 0) return [];
  const names = [...new Set(risky.map(({ name, risk }) => `${name} (${risk})`))];
  const shown = names.slice(0, MOST_NAMED).join(', ') + (names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '');
  const worst: Severity = risky.some(({ risk }) => SEVERE.includes(risk)) ? 'high' : 'medium';
  return [
    { severity: severityOf(policy, breadth, worst), text: `Risky services (list ${RISKY_SERVICES_VERSION}) are open ${place}: ${shown}.` },
  ];
}

const SEVERE: readonly Risk[] = ['remote administration', 'data store'];

/** From anywhere as it is; from a wide network, on the way out, or in a list without state, which seldom stands alone, two steps lower. */
function severityOf(policy: Policy, breadth: Breadth, severity: Severity): Severity {
  const steps = Number(breadth === 'wide') * 2 + Number(policy.direction === 'out') * 2 + Number(!policy.stateful) * 2;
  const scale: readonly Severity[] = ['low', 'medium', 'high'];
  return scale[Math.max(0, scale.indexOf(severity) - steps)] ?? 'low';
}

function hasPorts({ protocolFirst, protocolLast }: Service): boolean {
  return PROTOCOLS_WITH_PORTS.some((protocol) => protocolFirst <= protocol && protocol <= protocolLast);
}

function spanOf({ destinationPort }: Service): number {
  return destinationPort === null ? 65_536 : destinationPort.last - destinationPort.first + 1;
}

function meets(service: Service, protocol: number, ports: { readonly first: number; readonly last: number }): boolean {
  const { protocolFirst, protocolLast, destinationPort } = service;
  if (protocol < protocolFirst || protocol > protocolLast || destinationPort === null) return false;
  return destinationPort.first <= ports.last && ports.first <= destinationPort.last;
}
