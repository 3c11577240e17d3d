import type { Policy } from '../../model/policy.ts';
import type { RuleRef } from '../../model/rule.ts';
import type { Coverage } from '../trace/analyse-policy.ts';
import { decisionsOf } from '../trace/decisions.ts';
import { irredundantCover } from '../trace/irredundant-cover.ts';
import { askWithoutEntry } from '../trace/removal.ts';
import { createTraceContext, excludeEntry, type TraceContext } from '../trace/trace-context.ts';
import { type TraceSource, toTraceSource } from '../trace/trace-source.ts';
import { compileTrace, entryOfRule } from '../trace/trace-space.ts';

/** Regions that the division of one rule among the others may take up. */
const BUDGET = 1_000_000;

/** Who permits the packets of a rule once it is gone. Rules stand as {@link layerKey}. */
export interface LayerCover {
  /** Null for want of budget. */
  readonly coverage: Coverage | null;
  /** Rules that are needed although they surely decide no packet: what they take depends on an unknown. */
  readonly underUnknowns: readonly string[];
}

/** The rules of `any-permit` policies that permit together, as one policy: for questions about who stands in for whom across them. */
export class LayerRules {
  readonly #context: TraceContext;

  /** @param policies of one layer; of equal parts the earlier policy has the share */
  constructor(policies: readonly Policy[]) {
    const space = compileTrace([mergePolicies(policies)]);
    const program = space.programs[0];
    if (program === undefined) throw new Error('a source compiles to a program');
    this.#context = createTraceContext(space, program, BUDGET);
  }

  /**
   * Divides the packets of a rule among the others of the same effect.
   *
   * @param isGone rules that are not to count
   */
  coverOf(rule: RuleRef, isGone: (other: RuleRef) => boolean): LayerCover {
    const { space, program } = this.#context;
    const own = entryOfRule(program, layerKey(rule));
    const aside: number[] = [];
    for (let entry = program.firstEntry; entry < program.endEntry; entry++) {
      const counts =
        entry !== own && space.effectOf[entry] === space.effectOf[own] && !isGone(parseLayerKey(space.entries[entry]?.id ?? ''));
      if (!counts) aside.push(entry);
    }
    for (const entry of aside) excludeEntry(this.#context, entry);
    try {
      return this.#divide(own);
    } finally {
      for (const entry of aside) excludeEntry(this.#context, entry, false);
    }
  }

  #divide(own: number): LayerCover {
    const idOf = (entry: number): string => this.#context.space.entries[entry]?.id ?? '';
    const decisions = decisionsOf(this.#context, own);
    const deciders = (decisions?.deciders ?? []).map(({ entry, packets }) => ({ rule: idOf(entry), packets }));
    const coverage = decisions === null ? null : { deciders, undecided: decisions.undecided, total: decisions.total };
    if (coverage !== null && coverage.undecided.ipv4 === 0n && coverage.undecided.ipv6 === 0n) return { coverage, underUnknowns: [] };
    const answer = askWithoutEntry(this.#context, own, () => false);
    const cover = answer.kind === 'none' ? (irredundantCover(this.#context, own, answer.proof) ?? []) : [];
    const named = new Set(deciders.map(({ rule }) => rule));
    return { coverage, underUnknowns: cover.map(idOf).filter((rule) => !named.has(rule)) };
  }
}

/** A rule of one of several policies as one text. */
function layerKey({ policy, rule }: RuleRef): string {
  return JSON.stringify([policy, rule]);
}

/** Only for texts that {@link layerKey} made. */
export function parseLayerKey(key: string): RuleRef {
  const [policy, rule] = JSON.parse(key) as [string, string];
  return { policy, rule };
}

function mergePolicies(policies: readonly Policy[]): TraceSource {
  const entries = policies.flatMap((policy) =>
    toTraceSource(policy).chains.flatMap((chain) =>
      chain.entries.map((entry) => ({ ...entry, id: layerKey({ policy: policy.id, rule: entry.id }) })),
    ),
  );
  const defaultEffect = { verdict: 'deny', attributes: {} } as const;
  return { name: 'layer', evaluation: 'any-permit', defaultEffect, chains: [{ name: 'layer', entries }] };
}
