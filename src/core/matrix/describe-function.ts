import type { MatrixPermission, ServiceFunction } from '../../model/service-matrix.ts';
import type { TraceAxes } from '../trace/trace-axes.ts';
import { LEVEL_CONDITIONS } from './box-guards.ts';
import type { ConditionReader } from './conditions.ts';
import { countServices } from './count-services.ts';
import { DENIED, type Diagrams, PERMITTED } from './diagrams.ts';
import { serviceTerms } from './service-terms.ts';

/**
 * A function in a form to read: which services under which condition, the certain ones first.
 *
 * @param asked the services that were asked for, as a diagram; the function permits nothing else
 */
export function describeFunction(axes: TraceAxes, diagrams: Diagrams, reader: ConditionReader, id: number, asked: number): ServiceFunction {
  const conditions = conditionsOf(diagrams, id);
  const permits = conditions.map((condition) => ({
    ...describeServices(axes, diagrams, servicesUnder(diagrams, id, condition, new Map()), asked),
    ...reader.read(condition),
  }));
  const extent = id === DENIED ? 'none' : id === asked ? 'all' : conditions[0] === PERMITTED ? 'some' : 'conditional';
  return { extent, serviceCount: countServices(axes, diagrams, id).toString(), permits };
}

/** The different conditions under which services are permitted: no condition first, then in the order of the services. */
function conditionsOf(diagrams: Diagrams, id: number): number[] {
  const found = new Set<number>();
  const seen = new Set<number>();
  const visit = (node: number): void => {
    if (node === DENIED || seen.has(node)) return;
    seen.add(node);
    if (diagrams.level(node) >= LEVEL_CONDITIONS) found.add(node);
    else for (const { child } of diagrams.stretches(node)) visit(child);
  };
  visit(id);
  return [...found].sort((a, b) => Number(b === PERMITTED) - Number(a === PERMITTED));
}

/** As a list, or as all that was asked for except some, whichever is shorter. */
function describeServices(
  axes: TraceAxes,
  diagrams: Diagrams,
  permitted: number,
  asked: number,
): Pick<MatrixPermission, 'services' | 'except'> {
  const services = serviceTerms(axes, diagrams, permitted);
  const wider = serviceTerms(axes, diagrams, asked);
  const except = serviceTerms(axes, diagrams, diagrams.without(asked, permitted));
  const isShorter = except.length > 0 && lengthOf(wider) + lengthOf(except) < lengthOf(services);
  return isShorter ? { services: wider, except } : { services, except: [] };
}

/** Permits just the services that the function permits under just this condition. */
function servicesUnder(diagrams: Diagrams, id: number, condition: number, known: Map<number, number>): number {
  if (diagrams.level(id) >= LEVEL_CONDITIONS) return id === condition ? PERMITTED : DENIED;
  const before = known.get(id);
  if (before !== undefined) return before;
  const stretches = diagrams.stretches(id).map(({ first, child }) => ({ first, child: servicesUnder(diagrams, child, condition, known) }));
  const found = diagrams.node(diagrams.level(id), stretches);
  known.set(id, found);
  return found;
}

function lengthOf(terms: readonly string[]): number {
  return terms.join('; ').length;
}
