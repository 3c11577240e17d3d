import type { Severity } from '../model/finding.ts';
import type { ExcusableKind, GuardrailException, Guardrails, MatrixEntry, ServiceEntry } from '../model/guardrails.ts';
import type { Region } from '../model/region-notation.ts';
import type { Action } from '../model/rule.ts';
import { ANY_SERVICE, formatService, type Service } from '../model/service.ts';
import { isExpired } from './expiry.ts';
import { MATRIX_DEFAULT } from './guardrails.ts';
import { intersectRegions, toRegionBetween } from './region-sets.ts';
import { divideByZone, type ZoneAddresses } from './zones.ts';

/** One statement of the guardrails, as packets with a verdict. */
export interface Clause {
  /** Of the entry: `web -> card`, `tcp/23`, `FW-2026-014`. What an entry permits and what it denies have the same. */
  readonly id: string;
  readonly title: string;
  readonly kind: 'exception' | 'standard-request' | ExcusableKind;
  readonly verdict: Action;
  /** Their union. Empty when no packet can be meant: zones without a family in common. */
  readonly regions: readonly Region[];
  /** Of the entry; null: from the list that rulesweep has. */
  readonly line: number | null;
  /** Of a violation; `info` for what permits. */
  readonly severity: Severity;
  /** Empty where the file gives none; so is the owner. */
  readonly reason: string;
  readonly owner: string;
}

/** Each list is read like a first-match policy; packets that no clause holds are not spoken about. */
export interface Clauses {
  readonly obligations: readonly Clause[];
  readonly standardRequests: readonly Clause[];
  readonly insecure: readonly Clause[];
  readonly risky: readonly Clause[];
}

/**
 * The guardrails as lists of clauses of which the first that holds a packet decides.
 *
 * In `obligations` come the exceptions that excuse the whole matrix, then its entries, narrow ones first (see `orderMatrix`): of each what it allows, then
 * the exceptions for it alone, then a denial of everything else between its zones. At the end stands the default, where it denies. `insecure` and `risky` are
 * exceptions, then one denial for each service, behind the exceptions for it alone. An exception never reaches further than the clause it names.
 *
 * `standardRequests` are permits only: what they hold passes by itself only where the other lists deny nothing of it.
 *
 * @param asOf epoch seconds by which expiry is judged; without it nobody can tell, and no exception holds
 */
export function toClauses(guardrails: Guardrails, asOf: number | null): Clauses {
  const addresses = divideByZone(guardrails.zones);
  const valid = guardrails.exceptions.filter(({ expires }) => asOf !== null && !isExpired(expires, asOf));
  const exceptions = valid.map((exception): Excuse => ({ exception, clause: toExceptionClause(exception, addresses) }));
  const services = (kind: 'insecure-service' | 'risky-service', entries: readonly ServiceEntry[]): readonly Clause[] => [
    ...excusesOfKind(exceptions, kind),
    ...entries.flatMap((entry) => withExcuses(exceptions, toServiceClause(kind, entry, addresses))),
  ];
  return {
    obligations: [
      ...excusesOfKind(exceptions, 'zone-matrix'),
      ...guardrails.zoneMatrix.flatMap((entry) => matrixClauses(entry, exceptions, addresses)),
      ...defaultClauses(guardrails, exceptions, addresses),
    ],
    standardRequests: guardrails.standardRequests.map(({ id, from, to, services: wanted, reason, owner, line }) => ({
      id,
      title: `standard request ${id}`,
      kind: 'standard-request',
      verdict: 'permit',
      regions: between(addresses, { from, to }, wanted),
      line,
      severity: 'info',
      reason,
      owner,
    })),
    insecure: services('insecure-service', guardrails.insecureServices),
    risky: services('risky-service', guardrails.riskyServices),
  };
}

/** A valid exception with its packets. */
interface Excuse {
  readonly exception: GuardrailException;
  readonly clause: Clause;
}

function toExceptionClause(exception: GuardrailException, addresses: ZoneAddresses): Clause {
  const { id, expires, services, line, reason, owner } = exception;
  return {
    id,
    title: `exception ${id}, until ${expires}`,
    kind: 'exception',
    verdict: 'permit',
    regions: between(addresses, exception, services),
    line,
    severity: 'info',
    reason,
    owner,
  };
}

function excusesOfKind(exceptions: readonly Excuse[], kind: ExcusableKind): readonly Clause[] {
  return exceptions
    .filter(({ exception: { excuses } }) => excuses === null || (excuses.kind === kind && excuses.id === null))
    .map(({ clause }) => clause);
}

/** The denial, behind the exceptions for it alone. */
function withExcuses(exceptions: readonly Excuse[], denial: Clause): readonly Clause[] {
  const own = exceptions.filter(({ exception: { excuses } }) => excuses?.kind === denial.kind && excuses.id === denial.id);
  const within = own.map(
    ({ clause }): Clause => ({
      ...clause,
      regions: clause.regions.flatMap((region) => denial.regions.flatMap((denied) => intersectRegions(region, denied) ?? [])),
    }),
  );
  return [...within, denial];
}

function matrixClauses(entry: MatrixEntry, exceptions: readonly Excuse[], addresses: ZoneAddresses): readonly Clause[] {
  const { id, allow, line, severity, reason } = entry;
  const common = { id, kind: 'zone-matrix', line, reason, owner: '' } as const;
  const shown = allow?.map(formatService).join(', ') ?? 'any';
  const permit: Clause = {
    ...common,
    title: `zone matrix ${id}: ${shown} allowed`,
    verdict: 'permit',
    regions: between(addresses, entry, allow ?? [ANY_SERVICE]),
    severity: 'info',
  };
  if (allow === null) return [permit];
  const denial: Clause = {
    ...common,
    title: `zone matrix ${id}: ${allow.length === 0 ? 'nothing allowed' : `nothing but ${shown} allowed`}`,
    verdict: 'deny',
    regions: between(addresses, entry, [ANY_SERVICE]),
    severity,
  };
  return [...(allow.length === 0 ? [] : [permit]), ...withExcuses(exceptions, denial)];
}

function defaultClauses({ zoneMatrixDefault }: Guardrails, exceptions: readonly Excuse[], addresses: ZoneAddresses): readonly Clause[] {
  if (zoneMatrixDefault.allow === 'unconstrained') return [];
  const anywhere = { from: [{ kind: 'any' }], to: [{ kind: 'any' }] } as const;
  return withExcuses(exceptions, {
    id: MATRIX_DEFAULT,
    title: 'zone matrix: nothing allowed between zones without an entry',
    kind: 'zone-matrix',
    verdict: 'deny',
    regions: between(addresses, anywhere, [ANY_SERVICE]),
    line: zoneMatrixDefault.line,
    severity: 'high',
    reason: '',
    owner: '',
  });
}

function toServiceClause(kind: 'insecure-service' | 'risky-service', entry: ServiceEntry, addresses: ZoneAddresses): Clause {
  return {
    id: entry.id,
    title: `${kind === 'insecure-service' ? 'insecure' : 'risky'} service ${entry.name} (${entry.id})`,
    kind,
    verdict: 'deny',
    regions: between(addresses, entry, [entry.service]),
    line: entry.line,
    severity: entry.severity,
    reason: entry.reason,
    owner: '',
  };
}

function between(
  addresses: ZoneAddresses,
  { from, to }: Pick<MatrixEntry, 'from' | 'to'>,
  services: readonly Service[],
): readonly Region[] {
  const region = toRegionBetween(addresses.of(from), addresses.of(to), services);
  return region === null ? [] : [region];
}
