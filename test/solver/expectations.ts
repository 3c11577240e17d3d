import { type RandomPolicy, randomPolicy } from './random-policies.ts';
import { SolverOracle, type SolverVerdict } from './solver-oracle.ts';
import type { Z3 } from './z3.ts';

/** What the definitions say about a policy, as the solver found it. */
export interface Expectations extends RandomPolicy {
  readonly seed: number;
  /** Answers until the next policy is put into the solver. */
  readonly oracle: SolverOracle;
  readonly verdicts: readonly SolverVerdict[];
  readonly removals: readonly ReadonlySet<number>[];
  /** For each of the removals: whether it changes no effect. */
  readonly safe: readonly boolean[];
}

export async function expectationsOf(z3: Z3, seed: number): Promise<Expectations> {
  const random = randomPolicy(seed);
  const oracle = await SolverOracle.of(z3, random.policy, random.fixed);
  const verdicts = await oracle.verdicts();
  const removals = removalsOf(random, oracle, verdicts);
  const changes = await Promise.all(removals.map((removed) => oracle.satisfiable(oracle.changed(new Set(), removed))));
  return { ...random, seed, oracle, verdicts, removals, safe: changes.map((change) => !change) };
}

/** Besides sets of any rules: everything that may go one by one, and parts of that, which often may not go together. */
function removalsOf(random: RandomPolicy, oracle: SolverOracle, verdicts: readonly SolverVerdict[]): ReadonlySet<number>[] {
  const mayGo = [...verdicts.keys()].filter((i) => !['live', 'partly-shadowed'].includes((verdicts[i] as SolverVerdict).kind));
  const everyThird = mayGo.filter((_, k) => k % 3 !== 0);
  const any = random.removals.map((places) => new Set([...places].filter((i) => i < oracle.rules.length)));
  const parts = any.map((places) => new Set(mayGo.filter((i) => !places.has(i))));
  return [new Set(mayGo), new Set(everyThird), ...parts, ...any];
}
