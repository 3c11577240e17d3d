import { type ClauseShare, type JudgedClause, judgeClauses } from '../../../src/core/ask/judge-clauses.ts';
import type { Region } from '../../../src/model/region-notation.ts';
import { randomRules, seededRandom } from '../trace/random-policies.ts';
import { holdsPacket, packetClasses, show, termsOf } from './packet-classes.ts';
import { differ, totalOf } from './packet-totals.ts';
import { randomRegion } from './random-rule-bases.ts';
import { readRegion, readWitness } from './read-back.ts';

export interface ClausesCase {
  readonly clauses: readonly JudgedClause[];
  readonly regions: readonly Region[];
}

export type JudgeClauses = (clauses: readonly JudgedClause[], regions: readonly Region[]) => readonly ClauseShare[] | null;

/** The code under test. */
export const JUDGE_CLAUSES: JudgeClauses = (clauses, regions) => judgeClauses(clauses, regions, 1_000_000);

/**
 * Random clauses and random regions: each packet asked about is with the first clause that holds it.
 *
 * @throws {Error} with a sentence on everything that differs
 */
export function checkClauses(seed: number): void {
  const disagreements = findClauseDisagreements(randomClausesCase(seed), JUDGE_CLAUSES);
  if (disagreements.length > 0) throw new Error(disagreements.join('\n'));
}

export function randomClausesCase(seed: number): ClausesCase {
  const random = seededRandom(seed);
  const { universe } = randomRules(random);
  const regions = (most: number): Region[] =>
    Array.from({ length: 1 + Math.floor(random() * most) }, () => randomRegion(random, universe).region);
  const clauses = Array.from(
    { length: Math.floor(random() * 5) },
    (): JudgedClause => ({
      verdict: random() < 0.5 ? 'permit' : 'deny',
      regions: regions(2),
    }),
  );
  return { clauses, regions: regions(3) };
}

export function findClauseDisagreements({ clauses, regions }: ClausesCase, judge: JudgeClauses): string[] {
  const shares = judge(clauses, regions);
  if (shares === null) return ['the answer went over its budget'];
  const said = shares.map(({ packets }) => packets.regions.map(readRegion));
  const every = [...regions, ...clauses.flatMap((clause) => clause.regions), ...said.flat()];
  const classes = packetClasses(termsOf([], every));
  const clauseOf = (packet: (typeof classes)[number]): number =>
    clauses.findIndex((clause) => clause.regions.some((region) => holdsPacket(region, packet)));
  const asked = classes.filter((packet) => regions.some((region) => holdsPacket(region, packet)));
  const places = [...new Set(asked.map(clauseOf))].sort((a, b) => (a < 0 ? clauses.length : a) - (b < 0 ? clauses.length : b));
  if (shares.map(({ clause }) => clause).join() !== places.join())
    return [`clauses: expected ${places.join()}, found ${shares.map(({ clause }) => clause).join()}`];
  return shares.flatMap(({ clause, packets }, i) => {
    const own = asked.filter((packet) => clauseOf(packet) === clause);
    const isIn = (packet: Parameters<typeof holdsPacket>[1]): number =>
      said[i]?.filter((region) => holdsPacket(region, packet)).length ?? 0;
    const wrong = classes.find(
      (packet) => isIn(packet) !== Number(own.includes(packet)) && (packets.regionsOmitted === 0 || isIn(packet) > 1),
    );
    const witness = readWitness(packets.witness);
    const isShown = witness !== null && (packets.regionsOmitted > 0 || isIn(witness.packet) === 1);
    return [
      ...differ(`clause ${clause}`, packets.count, totalOf(own.map((packet) => ({ packet })))),
      ...(wrong === undefined ? [] : [`clause ${clause}: ${show(wrong)} is in ${isIn(wrong)} of its regions`]),
      ...(isShown ? [] : [`clause ${clause}: ${packets.witness} is not in it`]),
    ];
  });
}
