import type { RemovalAnswer, RuleVerdict } from '../../src/core/trace/analyse-policy.ts';
import type { Witness } from '../../src/core/trace/witness.ts';
import type { Rule } from '../../src/model/rule.ts';
import type { Expectations } from './expectations.ts';
import { and, equals, not, type SmtSpace } from './smt-match.ts';
import type { SolverVerdict } from './solver-oracle.ts';

/** What is compared with the solver: the engine, or something that should not pass for it. */
export interface Analyser {
  readonly verdicts: readonly RuleVerdict[];
  relationOfPart(rule: string): string | null;
  removalIsSafe(removed: ReadonlySet<string>): RemovalAnswer;
}

/** Every answer that differs from what the definitions say, as sentences. */
export function findDisagreements(expected: Expectations, analyser: Analyser): string[] {
  return [...compareVerdicts(expected, analyser), ...compareRemovals(expected, analyser)];
}

function compareVerdicts({ verdicts }: Expectations, analyser: Analyser): string[] {
  const wanted = verdicts.map(formatVerdict);
  const found = analyser.verdicts.map((verdict) => formatVerdict(comparable(verdict, analyser)));
  if (found.length !== wanted.length) return [`expected ${wanted.length} verdicts, found ${found.length}`];
  return wanted.flatMap((text, i) => (text === found[i] ? [] : [`expected ${text}, found ${found[i]}`]));
}

function comparable(
  { rule, kind, by, relation, keptCopy }: RuleVerdict,
  analyser: Analyser,
): SolverVerdict | { rule: string; kind: string } {
  const part = kind === 'partly-shadowed' ? analyser.relationOfPart(rule) : relation;
  return { rule, kind, by, relation: part, keptCopy } as SolverVerdict;
}

function formatVerdict(verdict: Partial<SolverVerdict> | { rule: string; kind: string }): string {
  const { rule, kind, by, relation, keptCopy } = verdict as SolverVerdict;
  return [rule, kind, by && `by ${by}`, relation, keptCopy && `of ${keptCopy}`].filter((part) => part !== undefined).join(' ');
}

export function compareRemovals({ oracle, removals, safe }: Expectations, analyser: Pick<Analyser, 'removalIsSafe'>): string[] {
  return removals.flatMap((removed, k) => {
    const ids = new Set([...removed].map((i) => (oracle.rules[i] as Rule).id));
    const answer = analyser.removalIsSafe(ids);
    return answer.safe === safe[k] ? [] : [`removing ${[...ids].join()}: expected safe ${safe[k]}, found ${answer.safe}`];
  });
}

/** A claim that holds at every point a witness stands for, and the sentence to say when it does not. */
interface Claim {
  readonly witness: Witness;
  readonly holds: string;
  readonly sentence: string;
}

/** The witnesses of the engine, put into the definitions in place of the packet. Conditions that a witness does not name must not matter. */
export async function findFalseWitnesses(
  expected: Expectations,
  analyser: Analyser,
): Promise<{ readonly checked: number; readonly false: string[] }> {
  const { oracle } = expected;
  const claims = [...claimsOfVerdicts(expected, analyser), ...claimsOfRemovals(expected, analyser)];
  const proven = await Promise.all(
    claims.map(async ({ witness, holds }) => {
      const points = pointsOf(oracle.space, witness);
      const [somewhere, notEverywhere] = await Promise.all([oracle.satisfiable(points, holds), oracle.satisfiable(points, not(holds))]);
      return somewhere && !notEverywhere;
    }),
  );
  return { checked: claims.length, false: claims.filter((_, k) => !proven[k]).map(({ sentence }) => sentence) };
}

function claimsOfVerdicts({ oracle, verdicts }: Expectations, analyser: Analyser): Claim[] {
  return analyser.verdicts.flatMap(({ rule, kind, witness, disagreement }, i): Claim[] => {
    const copies = new Set([...verdicts.keys()].filter((j) => (verdicts[j] as SolverVerdict).keptCopy === rule));
    const { effect } = oracle.rules[i] as Rule;
    const decidedAsSaid = oracle.decidedAs(effect.verdict);
    const missing = witness === null && (kind === 'live' || kind === 'partly-shadowed');
    if (missing) throw new Error(`rule ${rule} is ${kind} and has no witness`);
    return [
      ...(witness === null ? [] : [{ witness, holds: oracle.reaches(i, copies), sentence: `the witness of ${rule} does not reach it` }]),
      ...(disagreement === undefined
        ? []
        : [
            { witness: disagreement.same, holds: and([`m${i}`, decidedAsSaid]), sentence: `a packet of ${rule} is not decided as it says` },
            {
              witness: disagreement.opposite,
              holds: and([`m${i}`, not(decidedAsSaid)]),
              sentence: `a packet of ${rule} is decided as it says`,
            },
          ]),
    ];
  });
}

function claimsOfRemovals({ oracle, removals }: Expectations, analyser: Analyser): Claim[] {
  return removals.flatMap((removed): Claim[] => {
    const ids = [...removed].map((i) => (oracle.rules[i] as Rule).id);
    const answer = analyser.removalIsSafe(new Set(ids));
    if (answer.safe !== false) return [];
    return [
      {
        witness: answer.witness,
        holds: oracle.changed(new Set(), removed),
        sentence: `no effect changes at the witness against removing ${ids.join()}`,
      },
    ];
  });
}

/** The packet with the values of finite axes and unknowns that the witness names. */
function pointsOf(space: SmtSpace, { family, source, destination, protocol, finite, unknowns, ...above }: Witness): string {
  const bits = family === 4 ? 32 : 128;
  return and([
    family === 6 ? 'v6' : '(not v6)',
    equals(`s${family}`, source, bits),
    equals(`d${family}`, destination, bits),
    equals('p', protocol, 8),
    ...[above.sourcePort ?? above.icmpType].flatMap((value) => (value === null ? [] : [equals('sp', value, 16)])),
    ...[above.destinationPort ?? above.icmpCode].flatMap((value) => (value === null ? [] : [equals('dp', value, 16)])),
    ...finite.map(({ axis, value }) => space.finiteValue(axis, value)),
    ...unknowns.map(({ axis, value }) => (value ? space.unknown(axis) : not(space.unknown(axis)))),
  ]);
}
