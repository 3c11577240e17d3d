import { and } from './smt-match.ts';
import type { Z3 } from './z3.ts';

interface Question {
  readonly terms: readonly string[];
  readonly resolve: (isSatisfiable: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Questions to the solver about what it has been told. Those asked at the same time go over in one script: each crossing costs milliseconds. */
export class Questions {
  readonly #z3: Z3;
  #waiting: Question[] = [];
  #turn: Promise<void> = Promise.resolve();

  constructor(z3: Z3) {
    this.#z3 = z3;
  }

  /** Whether all terms can hold together. */
  satisfiable(...terms: readonly string[]): Promise<boolean> {
    if (this.#waiting.length === 0) this.#turn = this.#turn.then(() => this.#flush());
    return new Promise((resolve, reject) => this.#waiting.push({ terms, resolve, reject }));
  }

  async #flush(): Promise<void> {
    const questions = this.#waiting;
    this.#waiting = [];
    try {
      const answers = await this.#z3.run(questions.map(({ terms }) => `(push)(assert ${and(terms)})(check-sat)(pop)`).join('\n'));
      if (answers.length !== questions.length)
        throw new Error(`the solver gives ${answers.length} answers to ${questions.length} questions`);
      const unclear = answers.find((answer) => answer !== 'sat' && answer !== 'unsat');
      if (unclear !== undefined) throw new Error(`the solver answers "${unclear}"; expected sat or unsat`);
      questions.forEach(({ resolve }, i) => {
        resolve(answers[i] === 'sat');
      });
    } catch (error) {
      for (const { reject } of questions) reject(error);
    }
  }
}
