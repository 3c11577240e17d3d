import type { AddressFamily } from '../../model/address.ts';
import type { ConversationBatch } from '../../model/flow.ts';
import type { Action, Rule } from '../../model/rule.ts';
import type { CompiledLayer } from './layers.ts';
import { presenceOn } from './presence.ts';
import { QueryBuffer } from './query-buffer.ts';

/** Connections inside the match of a rule that were surely decided the other way, by policy and rule. A rule that is not there was not watched. */
export type OpposedFlows = ReadonlyMap<string, ReadonlyMap<string, number>>;

/**
 * Counts, for the rules that are watched, connections that they surely match and that their layer surely decided with the other action: flows that the
 * rule would have decided otherwise, had it been asked. Costs a classification of every conversation of a layer, by its watched rules alone.
 */
export class OpposedBook {
  readonly #queries: QueryBuffer;
  readonly #asked: { layer: CompiledLayer; action: Action; day: number }[] = [];
  readonly #counts = new Map<string, Map<string, number>>();

  constructor(layers: readonly CompiledLayer[]) {
    this.#queries = new QueryBuffer(layers, 'watched');
    for (const { policy, rule } of layers.flatMap((layer) => layer.watched)) this.#countsOf(policy.id).set(rule.id, 0);
  }

  /** @param half the half that the layer judged: 0 is a→b, 1 is b→a */
  add(layer: CompiledLayer, batch: ConversationBatch, row: number, half: 0 | 1, action: Action): void {
    if (layer.watched.length === 0) return;
    const fromA = half === 0;
    this.#queries.ask(
      layer.index,
      (fromA ? batch.aAddress[row] : batch.bAddress[row]) ?? 0,
      (fromA ? batch.bAddress[row] : batch.aAddress[row]) ?? 0,
      batch.protocol[row] ?? 0,
      (fromA ? batch.aPort[row] : batch.bPort[row]) ?? 0,
      (fromA ? batch.bPort[row] : batch.aPort[row]) ?? 0,
    );
    this.#asked.push({ layer, action, day: batch.day[row] ?? -1 });
  }

  /** Answers what was asked of a batch. */
  settle(family: AddressFamily): void {
    if (this.#asked.length === 0) return;
    this.#queries.answer(family);
    this.#asked.forEach(({ layer, action, day }, query) => {
      const set = layer.watchedMatch(family).resultSets[this.#queries.results[query] ?? 0];
      for (const index of set?.certain ?? []) {
        const watched = layer.watched[index];
        if (watched === undefined || watched.rule.effect.verdict === action || !isInForce(watched.rule, day)) continue;
        const counts = this.#countsOf(watched.policy.id);
        counts.set(watched.rule.id, (counts.get(watched.rule.id) ?? 0) + 1);
      }
    });
    this.#asked.length = 0;
    this.#queries.clear();
  }

  finish(): OpposedFlows {
    return this.#counts;
  }

  #countsOf(policy: string): Map<string, number> {
    const known = this.#counts.get(policy);
    if (known !== undefined) return known;
    const counts = new Map<string, number>();
    this.#counts.set(policy, counts);
    return counts;
  }
}

/** Flows from before the rule, or from days of which nobody knows, say nothing about it. */
function isInForce(rule: Rule, day: number): boolean {
  return presenceOn(rule.presence, day) === 'present';
}
