import type { Policy } from '../../src/model/policy.ts';
import type { Effect, Rule } from '../../src/model/rule.ts';
import { Questions } from './questions.ts';
import { and, not, or, SmtSpace } from './smt-match.ts';
import type { Z3 } from './z3.ts';

export type Relation = 'same' | 'opposite' | 'mixed' | 'unknown';

export interface SolverVerdict {
  readonly rule: string;
  readonly kind: 'unmatchable' | 'duplicate' | 'shadowed' | 'redundant' | 'partly-shadowed' | 'live';
  readonly by?: 'earlier' | 'later' | 'others';
  /** Of `shadowed`, over all of its points; of `partly-shadowed`, over those that do not reach it. */
  readonly relation?: Relation;
  readonly keptCopy?: string;
}

const NONE: ReadonlySet<number> = new Set();

/** Answers questions about a policy by satisfiability, straight from the definitions of the README's findings. Rules are numbered by rank. */
export class SolverOracle {
  /** Those that have a part in the policy. */
  readonly rules: readonly Rule[];
  readonly space: SmtSpace;
  readonly #policy: Policy;
  readonly #fixed: ReadonlySet<string>;
  readonly #questions: Questions;
  readonly #effects: readonly string[];

  private constructor(z3: Z3, policy: Policy, fixed: ReadonlySet<string>) {
    this.rules = policy.rules.filter((rule) => rule.enabled && rule.staleReference === null);
    this.space = new SmtSpace(this.rules);
    this.#policy = policy;
    this.#fixed = fixed;
    this.#questions = new Questions(z3);
    this.#effects = [...new Set([...this.rules.map(({ effect }) => effectText(effect)), this.#defaultEffect()])];
  }

  /** Puts the policy into the solver; whatever was there before is gone. @param fixed rules that nobody can remove */
  static async of(z3: Z3, policy: Policy, fixed: ReadonlySet<string>): Promise<SolverOracle> {
    const oracle = new SolverOracle(z3, policy, fixed);
    await z3.run(
      [
        '(reset)(set-logic QF_BV)',
        oracle.space.declarations(),
        ...oracle.rules.map(({ match }, i) => `(declare-const m${i} Bool)(assert (= m${i} ${oracle.space.match(match)}))`),
        `(declare-const permitted Bool)(assert (= permitted ${oracle.#finallyPermitted()}))`,
      ].join('\n'),
    );
    return oracle;
  }

  /** Whether the terms can hold together at some point. */
  satisfiable(...terms: readonly string[]): Promise<boolean> {
    return this.#questions.satisfiable(...terms);
  }

  async verdicts(): Promise<SolverVerdict[]> {
    const kept = await this.#keptCopies();
    return Promise.all(
      this.rules.map(async ({ id }, i): Promise<SolverVerdict> => {
        const copyOf = kept.get(i);
        if (copyOf !== undefined) return { rule: id, kind: 'duplicate', keptCopy: (this.rules[copyOf] as Rule).id };
        const copies = new Set([...kept].filter(([, keeps]) => keeps === i).map(([copy]) => copy));
        return { rule: id, ...(await this.#judge(i, copies)) };
      }),
    );
  }

  /** The kind of a rule that stays, with its copies gone. */
  async #judge(i: number, copies: ReadonlySet<number>): Promise<Omit<SolverVerdict, 'rule'>> {
    const rule = this.rules[i] as Rule;
    const [matchable, reached, taken, differs] = await Promise.all([
      this.satisfiable(matches(i)),
      this.satisfiable(this.reaches(i)),
      this.satisfiable(this.takenBefore(i)),
      this.satisfiable(matches(i), this.changed(copies, new Set([...copies, i]))),
    ]);
    if (!matchable) return { kind: 'unmatchable' };
    if (this.#policy.evaluation === 'any-permit') return differs ? { kind: 'live' } : { kind: 'redundant', by: 'others' };
    if (!reached) {
      const relation = await this.#relation(rule, matches(i));
      return relation === 'same' ? { kind: 'redundant', by: 'earlier' } : { kind: 'shadowed', relation };
    }
    if (!differs) return { kind: 'redundant', by: 'later' };
    if (!taken) return { kind: 'live' };
    return { kind: 'partly-shadowed', relation: await this.#relation(rule, this.takenBefore(i)) };
  }

  /** The verdict of the rule against what is decided at the points, for each value of the unknowns under which there are any. */
  async #relation(rule: Rule, points: string): Promise<Relation> {
    const same = this.decidedAs(rule.effect.verdict);
    const occur = (values: readonly string[]): Promise<[boolean, boolean]> =>
      Promise.all([this.satisfiable(points, ...values, same), this.satisfiable(points, ...values, not(same))]);
    const [alike, otherwise] = await occur([]);
    if (!otherwise) return 'same';
    if (!alike) return 'opposite';
    const byValues = await Promise.all(this.#valuations().map(occur));
    return byValues.every(([one, other]) => one === other) ? 'mixed' : 'unknown';
  }

  /** Every value of all unknowns. */
  #valuations(): string[][] {
    const names = this.space.unknowns.map((_, i) => `u${i}`);
    return Array.from({ length: 2 ** names.length }, (_, bits) => names.map((name, i) => ((bits >> i) & 1 ? name : not(name))));
  }

  /** For each copy that is not kept: the one that is. */
  async #keptCopies(): Promise<Map<number, number>> {
    const isOpen = (i: number): boolean => !this.#fixed.has((this.rules[i] as Rule).id);
    const pairs = this.rules.flatMap((rule, j) =>
      this.rules.slice(0, j).flatMap((other, i) => {
        const mayBeCopies = isOpen(i) && isOpen(j) && effectText(rule.effect) === effectText(other.effect);
        return mayBeCopies ? [[i, j] as const] : [];
      }),
    );
    const isCopy = await Promise.all(
      pairs.map(async ([i, j]) => {
        const [differ, meet] = await Promise.all([
          this.satisfiable(`(xor ${matches(i)} ${matches(j)})`),
          this.satisfiable(matches(i), matches(j)),
        ]);
        return meet && !differ;
      }),
    );
    const groups: number[][] = [];
    for (const [i, j] of pairs.filter((_, k) => isCopy[k])) {
      const group = groups.find((members) => members.includes(i));
      if (group === undefined) groups.push([i, j]);
      else if (!group.includes(j)) group.push(j);
    }
    return new Map(
      groups.flatMap((group) => {
        const stays = this.#policy.evaluation === 'any-permit' ? this.#mostWorth(group) : Math.min(...group);
        return group.filter((copy) => copy !== stays).map((copy) => [copy, stays] as const);
      }),
    );
  }

  /** A description counts most, then an owner, then hits, then the smaller id. */
  #mostWorth(group: readonly number[]): number {
    const rank = (i: number): [number, number, number, string] => {
      const { description, metadata, nativeHits, id } = this.rules[i] as Rule;
      return [description === '' ? 1 : 0, metadata.owner === '' ? 1 : 0, -(nativeHits ?? 0), id];
    };
    return [...group].sort((a, b) => {
      const [left, right] = [rank(a), rank(b)];
      const place = left.findIndex((value, k) => value !== right[k]);
      return (left[place] as number | string) < (right[place] as number | string) ? -1 : 1;
    })[0] as number;
  }

  /** The points that get past the rules before rule i; in any order, those that it alone gives its effect once some copies of it are gone. */
  reaches(i: number, copies: ReadonlySet<number> = NONE): string {
    if (this.#policy.evaluation === 'any-permit') return and([matches(i), this.changed(copies, new Set([...copies, i]))]);
    return and([matches(i), not(this.takenBefore(i))]);
  }

  takenBefore(i: number): string {
    return and([matches(i), or(this.rules.slice(0, i).map((_, j) => matches(j)))]);
  }

  /** The points whose final verdict it is, in a `first-match` policy. */
  decidedAs(verdict: Effect['verdict']): string {
    return verdict === 'permit' ? 'permitted' : not('permitted');
  }

  #finallyPermitted(): string {
    return this.rules.reduceRight(
      (below, { effect }, i) => `(ite ${matches(i)} ${effect.verdict === 'permit'} ${below})`,
      String(this.#policy.defaultAction === 'permit'),
    );
  }

  /** The points at which the policy without `before` has another effect than without `after`. */
  changed(before: ReadonlySet<number>, after: ReadonlySet<number>): string {
    return `(distinct ${this.#outcome(before)} ${this.#outcome(after)})`;
  }

  /** What the policy without some rules does at a point: the effect of the first rule that matches; in any order, all effects of those that do. */
  #outcome(gone: ReadonlySet<number>): string {
    const present = [...this.rules.keys()].filter((i) => !gone.has(i));
    if (this.#policy.evaluation === 'any-permit') {
      const bits = this.#effects.map((effect) => {
        const giving = present.filter((i) => effectText((this.rules[i] as Rule).effect) === effect);
        return `(ite ${or(giving.map(matches))} #b1 #b0)`;
      });
      return `(concat #b0 ${bits.join(' ')})`;
    }
    const effectNumber = (text: string): string => `(_ bv${this.#effects.indexOf(text)} 8)`;
    return present.reduceRight(
      (below, i) => `(ite ${matches(i)} ${effectNumber(effectText((this.rules[i] as Rule).effect))} ${below})`,
      effectNumber(this.#defaultEffect()),
    );
  }

  #defaultEffect(): string {
    return effectText({ verdict: this.#policy.defaultAction, attributes: {} });
  }
}

function matches(i: number): string {
  return `m${i}`;
}

/** Equal texts are equal effects. */
function effectText({ verdict, attributes }: Effect): string {
  return JSON.stringify([verdict, Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
