import {
  type CalendarEntry,
  EXCUSABLE_KINDS,
  type GuardrailException,
  type Guardrails,
  type GuardrailsText,
  guardrailsSchema,
  type MatrixEntry,
  type PlaceReference,
  type ProtectedRule,
  type ServiceEntry,
  type StandardRequest,
} from '../model/guardrails.ts';
import { nearestNames } from '../model/nearest-names.ts';
import { ANY_SERVICE, formatService, type Service } from '../model/service.ts';
import { parseService } from '../model/service-notation.ts';
import { createGuardrailsReader, type GuardrailsReader } from './guardrails-reader.ts';
import { listedInsecureServices, listedRiskyServices } from './listed-services.ts';
import { orderMatrix } from './matrix-order.ts';
import { formatPlaces, parsePlaces } from './places.ts';
import type { Place } from './strict-yaml.ts';
import { parseStrictYaml } from './strict-yaml.ts';
import { readZones } from './zone-definitions.ts';

/**
 * Reads a guardrails file, YAML or JSON.
 *
 * @param path for error messages only
 * @throws {InputError} with the line: text that is no YAML, a repeated or unknown key, a missing or wrong value, an address or service that cannot be
 *   read, an unknown zone or tag, one network in two zones, a repeated id, entries of the matrix that contradict each other
 */
export function parseGuardrails(text: string, path: string): Guardrails {
  const { value, lineOf } = parseStrictYaml(text, { path, name: 'the guardrails', schema: guardrailsSchema });
  const zones = readZones(value, path, lineOf);
  const reader = createGuardrailsReader(path, lineOf, zones);
  const insecureServices = value.insecureServices?.map((entry, index) => readService(entry, ['insecureServices', index], reader));
  const riskyServices = value.riskyServices?.map((entry, index) => readService(entry, ['riskyServices', index], reader));
  const guardrails = {
    path,
    zones,
    zoneMatrix: readMatrix(value, reader),
    zoneMatrixDefault: { allow: value.zoneMatrixDefault ?? 'unconstrained', line: lineOf([], 'zoneMatrixDefault') },
    insecureServices: insecureServices ?? listedInsecureServices(),
    riskyServices: riskyServices ?? listedRiskyServices(),
    standardRequests: (value.standardRequests ?? []).map((entry, index) => readRequest(entry, ['standardRequests', index], reader)),
    protectedRules: (value.protectedRules ?? []).map((entry, index) => readProtected(entry, lineOf(['protectedRules', index]))),
    calendar: readCalendar(value, reader),
  } as const;
  reader.refuseRepeated('insecureServices', insecureServices ?? [], 'entry for');
  reader.refuseRepeated('riskyServices', riskyServices ?? [], 'entry for');
  const clauses = clauseNames(guardrails);
  const exceptions = (value.exceptions ?? []).map((entry, index) => readException(entry, ['exceptions', index], clauses, reader));
  reader.refuseRepeated('standardRequests', guardrails.standardRequests, 'entry with the id');
  reader.refuseRepeated('exceptions', exceptions, 'entry with the id');
  return { ...guardrails, exceptions };
}

function readMatrix({ zoneMatrix = [] }: GuardrailsText, reader: GuardrailsReader): readonly MatrixEntry[] {
  const entries = zoneMatrix.map(({ from, to, allow, reason = '', severity = 'high' }, index): MatrixEntry => {
    const place: Place = ['zoneMatrix', index];
    const sides = { from: readSide(from, [...place, 'from'], 'refused', reader), to: readSide(to, [...place, 'to'], 'refused', reader) };
    const services = allow === 'any' ? null : allow === 'none' ? [] : readServices(allow, [...place, 'allow'], reader);
    // A list that holds `any` sets no limit.
    const isUnlimited = services?.some((service) => formatService(service) === 'any') === true;
    const id = `${formatPlaces(sides.from)} -> ${formatPlaces(sides.to)}`;
    return { id, ...sides, allow: isUnlimited ? null : services, reason, severity, line: reader.lineOf(place) };
  });
  reader.refuseRepeated('zoneMatrix', entries, 'entry for');
  const ordered = orderMatrix(entries, reader.zones);
  if (ordered.ok) return ordered.entries;
  const { earlier, later, from, to } = ordered.conflict;
  const isPair = [earlier.id, later.id].includes(`${from} -> ${to}`);
  throw reader.error(
    ['zoneMatrix', entries.indexOf(later)],
    `${later.id} and ${earlier.id} on line ${earlier.line} both hold ${from} -> ${to}, allow different services, and neither is narrower; ${isPair ? 'keep one of them' : `add an entry for ${from} -> ${to}`}`,
  );
}

function readSide(
  written: string | readonly string[],
  place: Place,
  addresses: 'allowed' | 'refused',
  reader: GuardrailsReader,
): PlaceReference {
  const parsed = parsePlaces(typeof written === 'string' ? [written] : written, reader.zones, { addresses });
  if (!parsed.ok) throw reader.error(place, parsed.reason);
  reader.refuseEmptyZones(parsed.value, place);
  return parsed.value;
}

function readServices(texts: readonly string[], place: Place, reader: GuardrailsReader): readonly Service[] {
  return texts.map((text, index) => {
    const parsed = parseService(text);
    if (!parsed.ok) throw reader.error([...place, index], parsed.reason, place);
    return parsed.value;
  });
}

const ANYWHERE: PlaceReference = [{ kind: 'any' }];
const FROM_OUTSIDE: PlaceReference = [{ kind: 'outside' }];

function readService(
  entry: NonNullable<GuardrailsText['insecureServices']>[number],
  place: readonly ['insecureServices' | 'riskyServices', number],
  reader: GuardrailsReader,
): ServiceEntry {
  const isRisky = place[0] === 'riskyServices';
  const { name, reason, severity = isRisky ? 'high' : 'medium' } = entry;
  const [service = ANY_SERVICE] = readServices([entry.service], [...place, 'service'], reader);
  const from = entry.from === undefined ? null : readSide(entry.from, [...place, 'from'], 'allowed', reader);
  const to = entry.to === undefined ? null : readSide(entry.to, [...place, 'to'], 'allowed', reader);
  const sides = { from: from ?? (isRisky ? FROM_OUTSIDE : ANYWHERE), to: to ?? ANYWHERE };
  const where = from === null && to === null ? '' : ` ${formatPlaces(sides.from)} -> ${formatPlaces(sides.to)}`;
  return { id: `${formatService(service)}${where}`, service, name, reason, ...sides, severity, line: reader.lineOf(place) };
}

function readRequest(
  { id, from, to, services, reason, owner }: NonNullable<GuardrailsText['standardRequests']>[number],
  place: Place,
  reader: GuardrailsReader,
): StandardRequest {
  const sides = { from: readSide(from, [...place, 'from'], 'allowed', reader), to: readSide(to, [...place, 'to'], 'allowed', reader) };
  reader.refuseStrangers(sides, place);
  return { id, ...sides, services: readServices(services, [...place, 'services'], reader), reason, owner, line: reader.lineOf(place) };
}

function readException(
  entry: NonNullable<GuardrailsText['exceptions']>[number],
  place: Place,
  clauses: readonly string[],
  reader: GuardrailsReader,
): GuardrailException {
  const request = readRequest(entry, place, reader);
  const excuses = entry.clause === undefined ? null : readClause(entry.clause, [...place, 'clause'], clauses, reader);
  return { ...request, excuses, expires: entry.expires };
}

function readClause(text: string, place: Place, clauses: readonly string[], reader: GuardrailsReader): GuardrailException['excuses'] {
  const written = text.trim().replace(/\s+/g, ' ');
  const kind = EXCUSABLE_KINDS.find((each) => written === each || written.startsWith(`${each} `));
  if (kind !== undefined && clauses.includes(written)) {
    return { kind, id: written === kind ? null : written.slice(kind.length + 1) };
  }
  const nearest = nearestNames(written, clauses);
  const hint =
    nearest.length > 0 ? `did you mean ${nearest.join(', or ')}?` : `expected ${EXCUSABLE_KINDS.join(', ')}, or one of them with an id`;
  throw reader.error(place, `there is no clause "${text}"; ${hint}`);
}

/** The id of what is denied because no entry of the matrix holds it. */
export const MATRIX_DEFAULT = 'default';

function clauseNames(
  guardrails: Pick<Guardrails, 'zoneMatrix' | 'zoneMatrixDefault' | 'insecureServices' | 'riskyServices'>,
): readonly string[] {
  return [
    ...EXCUSABLE_KINDS,
    ...guardrails.zoneMatrix.map(({ id }) => `zone-matrix ${id}`),
    ...(guardrails.zoneMatrixDefault.allow === 'none' ? [`zone-matrix ${MATRIX_DEFAULT}`] : []),
    ...guardrails.insecureServices.map(({ id }) => `insecure-service ${id}`),
    ...guardrails.riskyServices.map(({ id }) => `risky-service ${id}`),
  ];
}

function readCalendar({ calendar = [] }: GuardrailsText, reader: GuardrailsReader): readonly CalendarEntry[] {
  const entries = calendar.map(
    ({ name, date, reason = '' }, index): CalendarEntry => ({ name, date, reason, line: reader.lineOf(['calendar', index]) }),
  );
  const named = entries.map(({ name, date, line }) => ({ id: `${name} on ${date}`, line }));
  reader.refuseRepeated('calendar', named, 'entry for');
  return entries;
}

function readProtected(
  { policy, rule, ruleKey, name, description, ruleOwner, reason }: NonNullable<GuardrailsText['protectedRules']>[number],
  line: number,
): ProtectedRule {
  return {
    policy: policy ?? null,
    rule: rule ?? null,
    ruleKey: ruleKey ?? null,
    name: name ?? null,
    description: description ?? null,
    ruleOwner: ruleOwner ?? null,
    reason,
    line,
  };
}
