import type { ServiceEntry } from '../model/guardrails.ts';
import { RISKY_SERVICES, type Risk } from '../model/risky-services.ts';
import { formatService, serviceOf } from '../model/service.ts';

/** Services that travel in clear text, wherever they go: the list of guardrails that have no `insecureServices`. */
export function listedInsecureServices(): readonly ServiceEntry[] {
  return RISKY_SERVICES.filter(({ risk }) => risk === 'clear text').map((listed) => toEntry(listed, 'any', 'medium'));
}

/** Remote administration, data stores and often attacked services, from outside: the list of guardrails that have no `riskyServices`. */
export function listedRiskyServices(): readonly ServiceEntry[] {
  return RISKY_SERVICES.filter(({ risk }) => risk !== 'clear text').map((listed) =>
    toEntry(listed, 'outside', SEVERE.includes(listed.risk) ? 'high' : 'medium'),
  );
}

const SEVERE: readonly Risk[] = ['remote administration', 'data store'];

function toEntry(
  { protocol, ports, name, risk }: (typeof RISKY_SERVICES)[number],
  from: 'any' | 'outside',
  severity: ServiceEntry['severity'],
): ServiceEntry {
  const service = serviceOf(protocol, ports);
  return { id: formatService(service), service, name, reason: risk, from: [{ kind: from }], to: [{ kind: 'any' }], severity, line: null };
}
