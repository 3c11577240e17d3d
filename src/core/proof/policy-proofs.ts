import type { Match } from '../../model/match.ts';
import type { Policy } from '../../model/policy.ts';
import type { ProofPart } from '../../model/proof.ts';
import type { Action } from '../../model/rule.ts';
import type { PolicyAnalysis } from '../trace/analyse-policy.ts';
import { BAD, GOOD } from '../trace/chain-search.ts';
import { type MatchBox, toMatchBoxes } from '../trace/match-boxes.ts';
import { type Assumption, askList, askOutside, hasPoints } from '../trace/questions.ts';
import type { Region } from '../trace/region-stack.ts';
import { askWithoutEntry } from '../trace/removal.ts';
import { PACKET_AXES } from '../trace/trace-axes.ts';
import { type Answer, createTraceContext, excludeEntry, type Proof, type TraceContext } from '../trace/trace-context.ts';
import { entryOfRule } from '../trace/trace-space.ts';
import { type UnknownAnswer, writePart } from './write-tree.ts';

/** An answer with its proof written out; `found`: a region of packets for which it is not so; `budget`: too much work. */
export type WrittenAnswer =
  | { readonly kind: 'none'; readonly parts: ProofPart[] }
  | { readonly kind: 'found'; readonly region: Region }
  | { readonly kind: 'budget' };

/** A policy and what its configuration alone says. */
export interface ProvablePolicy {
  readonly policy: Policy;
  readonly analysis: PolicyAnalysis;
}

/** Asks the trace of one policy for proofs, with the copies of other rules left out where a question says so. */
export class PolicyProofs {
  readonly #context: TraceContext;
  readonly #matches: ReadonlyMap<string, Match>;
  readonly #copies: readonly number[];

  /** @param budget regions that one question may take up */
  constructor({ policy, analysis }: ProvablePolicy, copies: readonly string[], budget: number) {
    this.#context = createTraceContext(analysis.space, analysis.program, budget);
    this.#matches = new Map(policy.rules.map(({ id, match }) => [id, match]));
    this.#copies = copies.filter((copy) => this.has(copy)).map((copy) => this.#entry(copy));
  }

  get context(): TraceContext {
    return this.#context;
  }

  get isOrdered(): boolean {
    return this.#context.program.evaluation === 'first-match';
  }

  /** Whether the rule has a part in the policy. */
  has(rule: string): boolean {
    return this.#context.program.entryOf.has(rule);
  }

  /** Does an earlier rule match every packet of the rule? */
  covered(rule: string): WrittenAnswer {
    return this.#ask(rule, () => GOOD, []);
  }

  /** Besides: does the first rule that matches it have the verdict, for these values of the unknowns? */
  decidedWith(rule: string, verdict: Action, assumptions: readonly Assumption[] = []): WrittenAnswer {
    const { space } = this.#context;
    return this.#ask(rule, (other) => (space.effects[space.effectOf[other]!]?.verdict === verdict ? GOOD : BAD), assumptions);
  }

  /** Does no packet of the rule have `decider`, an earlier one, as the first that matches it? */
  neverDecidedBy(rule: string, decider: string): WrittenAnswer {
    const wanted = this.#entry(decider);
    return this.#ask(rule, (other) => (other === wanted ? BAD : GOOD), [], false);
  }

  /** A move that the trace found, written out: of the later rule up to the earlier one. */
  move(later: string, proof: Proof): ProofPart[] {
    return this.#parts(later, proof, []);
  }

  /** May the rule go when the copies are gone? */
  removable(rule: string): WrittenAnswer {
    const entry = this.#entry(rule);
    for (const copy of this.#copies) excludeEntry(this.#context, copy);
    const answer = askWithoutEntry(this.#context, entry, () => false);
    for (const copy of this.#copies) excludeEntry(this.#context, copy, false);
    return this.#write(rule, answer, []);
  }

  /** May the rule go, those that {@link remove} took away being gone? */
  removableNow(rule: string): WrittenAnswer {
    return this.#write(
      rule,
      askWithoutEntry(this.#context, this.#entry(rule), () => false),
      [],
    );
  }

  /** Takes the rule away for all later questions. */
  remove(rule: string): void {
    excludeEntry(this.#context, this.#entry(rule));
  }

  /** Is every packet of `inner` one of `outer`? */
  inside(inner: string, outer: string): WrittenAnswer {
    return this.#write(inner, askOutside(this.#context, this.#entry(inner), this.#entry(outer)), []);
  }

  /** Whether the rule matches anything for these values of the unknowns. */
  hasPackets(rule: string, assumptions: readonly Assumption[]): boolean {
    return hasPoints(this.#context, this.#entry(rule), assumptions);
  }

  #ask(rule: string, colourOf: (entry: number) => number, assumptions: readonly Assumption[], fallbackIsBad = true): WrittenAnswer {
    const { space, program } = this.#context;
    const entry = this.#entry(rule);
    const answer = askList(this.#context, entry, {
      from: program.firstBox,
      to: space.firstBox[entry]!,
      colourOf,
      fallbackIsBad,
      endsAtTaker: true,
      assumptions,
    });
    return this.#write(rule, answer, assumptions);
  }

  #write(rule: string, answer: Answer, assumptions: readonly Assumption[]): WrittenAnswer {
    return answer.kind === 'none' ? { kind: 'none', parts: this.#parts(rule, answer.proof, assumptions) } : answer;
  }

  /** The trees stand in the order of the boxes; those that the assumptions leave empty are left out. */
  #parts(rule: string, { trees }: Proof, assumptions: readonly Assumption[]): ProofPart[] {
    const { space } = this.#context;
    const first = space.firstBox[this.#entry(rule)]!;
    // In the order in which the trace numbers them.
    const boxes = toMatchBoxes(this.#matches.get(rule) as Match);
    const assuming = this.answers(assumptions);
    return trees
      .filter(({ box }) => !contradicts(boxes[box - first] as MatchBox, assuming))
      .map(({ box, tree }) => writePart(space, boxes[box - first] as MatchBox, tree, assuming));
  }

  answers(assumptions: readonly Assumption[]): UnknownAnswer[] {
    const { extra } = this.#context.space.axes;
    return assumptions.map(({ axis, first }) => ({ axis: extra[axis - PACKET_AXES]!.name, holds: first === 1 }));
  }

  #entry(rule: string): number {
    return entryOfRule(this.#context.program, rule);
  }
}

function contradicts(box: MatchBox, assuming: readonly UnknownAnswer[]): boolean {
  return assuming.some(({ axis, holds }) => !holds && box.unknowns.includes(axis));
}
