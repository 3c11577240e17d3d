import type { PacketSet } from '../../model/packet-area.ts';
import { type Region, toMatchProducts } from '../../model/region-notation.ts';
import type { Action } from '../../model/rule.ts';
import { divide } from '../trace/divide.ts';
import { ProgramEvaluator, Trails } from '../trace/program-evaluator.ts';
import { DECIDE, type TraceEntry, type TraceSource } from '../trace/trace-source.ts';
import { compileTrace, type TraceProgram } from '../trace/trace-space.ts';
import { groupPieces, toPacketSet } from './areas.ts';

/** A clause as far as packets are concerned: in a list, the first one that holds a packet decides it. */
export interface JudgedClause {
  readonly verdict: Action;
  readonly regions: readonly Region[];
}

export interface ClauseShare {
  /** Index into the list; -1: no clause speaks of these packets. */
  readonly clause: number;
  readonly packets: PacketSet;
}

/**
 * Which clause of a list decides which packets of the regions, exactly.
 *
 * @returns by clause, those of no clause last; null beyond the budget
 */
export function judgeClauses(clauses: readonly JudgedClause[], regions: readonly Region[], budget: number): ClauseShare[] | null {
  const list: TraceSource = {
    name: 'clauses',
    evaluation: 'first-match',
    defaultEffect: { verdict: 'permit', attributes: {} },
    chains: [{ name: 'clauses', entries: clauses.map(({ verdict, regions: own }, i) => toEntry(String(i), verdict, own)) }],
  };
  const asked: TraceSource = {
    name: 'asked',
    evaluation: 'any-permit',
    defaultEffect: { verdict: 'deny', attributes: {} },
    chains: [{ name: 'asked', entries: [toEntry('asked', 'permit', regions)] }],
  };
  const space = compileTrace([list, asked]);
  const [program, domain] = space.programs as unknown as readonly [TraceProgram, TraceProgram];
  const trails = new Trails({ keepsNotes: false });
  const evaluator = new ProgramEvaluator(space, program, trails, {
    labelOf: Int32Array.from({ length: space.entries.length }, (_, entry) => entry),
    ofDefault: -1,
    removed: new Uint8Array(space.entries.length),
  });
  const pieces = divide(space, [evaluator], {
    domain: Array.from({ length: domain.endBox - domain.firstBox }, (_, i) => domain.firstBox + i),
    budget,
    isWanted: () => true,
  });
  if (pieces === null) return null;
  const place = (clause: number): number => (clause < 0 ? clauses.length : clause);
  return groupPieces(space, pieces, () => [])
    .map((group): ClauseShare => {
      const entry = trails.labelOf(group.cases[0]?.outcomes[0] ?? 0);
      return { clause: entry < 0 ? -1 : entry - program.firstEntry, packets: toPacketSet(space, group) };
    })
    .sort((a, b) => place(a.clause) - place(b.clause));
}

function toEntry(id: string, verdict: Action, regions: readonly Region[]): TraceEntry {
  return { id, match: { products: regions.flatMap(toMatchProducts) }, effect: { verdict, attributes: {} }, control: DECIDE };
}
