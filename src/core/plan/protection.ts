import type { Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import type { Refusal } from './refusals.ts';

/** What guardrails say about a plan. */
export interface PlanGuardrails {
  /** Names the file and the hash of what it said. */
  readonly version: string;
  /** The clause that protects a rule, with its line, as a sentence; null for a rule that none protects. */
  protects(policy: Policy, rule: Rule): string | null;
}

/** Answers for the rules of one policy, each looked up once. */
export class Protection {
  readonly #rules: ReadonlyMap<string, Rule>;
  readonly #known = new Map<string, Refusal | null>();
  readonly #policy: Policy;
  readonly #guardrails: PlanGuardrails | null;

  constructor(policy: Policy, guardrails: PlanGuardrails | null) {
    this.#policy = policy;
    this.#guardrails = guardrails;
    this.#rules = new Map(policy.rules.map((rule) => [rule.id, rule]));
  }

  /** Why no change set may touch the rule; null when nothing protects it. */
  of(id: string): Refusal | null {
    if (this.#guardrails === null) return null;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const rule = this.#rules.get(id);
    const clause = rule === undefined ? null : this.#guardrails.protects(this.#policy, rule);
    const refusal: Refusal | null = clause === null ? null : { reason: 'PROTECTED', detail: clause };
    this.#known.set(id, refusal);
    return refusal;
  }
}
