import type { AddressFamily } from '../../model/address.ts';
import type { Classifier } from '../classify/classifier.ts';
import type { CompiledLayer } from './layers.ts';

/** Whom to ask: who decides, every rule that matches, or those of the watched rules that do. */
export type Matching = 'deciding' | 'every' | 'watched';

/** The layer is not evaluated for this packet: there is no result. */
export const NO_RESULT = 0xffff_ffff;

/**
 * Questions to classifiers, asked row by row and answered layer by layer, because a classifier is quickest on many points at a time.
 * Columns grow by doubling; `clear` keeps them.
 */
export class QueryBuffer {
  count = 0;
  /** Result id per question after `answer`, {@link NO_RESULT} where no layer was asked. */
  results = new Uint32Array(1024);
  #layer = new Int32Array(1024);
  #source = new Uint32Array(1024);
  #destination = new Uint32Array(1024);
  #protocol = new Uint32Array(1024);
  #sourcePort = new Uint32Array(1024);
  #destinationPort = new Uint32Array(1024);
  #sorted = sortedColumns(1024);
  readonly #layers: readonly CompiledLayer[];
  readonly #matching: Matching;

  constructor(layers: readonly CompiledLayer[], matching: Matching) {
    this.#layers = layers;
    this.#matching = matching;
  }

  clear(): void {
    this.count = 0;
  }

  /** Returns the index of the question; a layer of -1 asks nobody. */
  ask(layer: number, source: number, destination: number, protocol: number, sourcePort: number, destinationPort: number): number {
    const at = this.count;
    if (at === this.results.length) this.#grow();
    this.#layer[at] = layer;
    this.#source[at] = source;
    this.#destination[at] = destination;
    this.#protocol[at] = protocol;
    this.#sourcePort[at] = sourcePort;
    this.#destinationPort[at] = destinationPort;
    this.count += 1;
    return at;
  }

  answer(family: AddressFamily): void {
    const { count } = this;
    const perLayer = new Uint32Array(this.#layers.length + 1);
    for (let at = 0; at < count; at += 1) {
      const layer = this.#layer[at] ?? -1;
      if (layer >= 0) perLayer[layer + 1] = (perLayer[layer + 1] ?? 0) + 1;
      else this.results[at] = NO_RESULT;
    }
    for (let layer = 0; layer < this.#layers.length; layer += 1) perLayer[layer + 1] = (perLayer[layer + 1] ?? 0) + (perLayer[layer] ?? 0);
    const starts = perLayer.slice();
    if (this.#sorted.at.length < count) this.#sorted = sortedColumns(this.results.length);
    const sorted = this.#sorted;
    for (let at = 0; at < count; at += 1) {
      const layer = this.#layer[at] ?? -1;
      if (layer < 0) continue;
      const to = starts[layer] ?? 0;
      starts[layer] = to + 1;
      sorted.at[to] = at;
      sorted.source[to] = this.#source[at] ?? 0;
      sorted.destination[to] = this.#destination[at] ?? 0;
      sorted.protocol[to] = this.#protocol[at] ?? 0;
      sorted.sourcePort[to] = this.#sourcePort[at] ?? 0;
      sorted.destinationPort[to] = this.#destinationPort[at] ?? 0;
    }
    for (let layer = 0; layer < this.#layers.length; layer += 1) {
      const start = perLayer[layer] ?? 0;
      const end = perLayer[layer + 1] ?? 0;
      if (end > start) this.#answerLayer(layer, family, start, end);
    }
    for (let to = 0; to < (perLayer[this.#layers.length] ?? 0); to += 1) this.results[sorted.at[to] ?? 0] = sorted.out[to] ?? 0;
  }

  #answerLayer(layer: number, family: AddressFamily, start: number, end: number): void {
    const compiled = this.#layers[layer];
    if (compiled === undefined) return;
    const classifier = classifierOf(compiled, this.#matching, family);
    const { source, destination, protocol, sourcePort, destinationPort, out } = this.#sorted;
    classifier.classifyBatch(
      end - start,
      source.subarray(start, end),
      destination.subarray(start, end),
      protocol.subarray(start, end),
      sourcePort.subarray(start, end),
      destinationPort.subarray(start, end),
      out.subarray(start, end),
    );
  }

  #grow(): void {
    const capacity = this.results.length * 2;
    this.results = grown(this.results, capacity);
    const layer = new Int32Array(capacity);
    layer.set(this.#layer);
    this.#layer = layer;
    this.#source = grown(this.#source, capacity);
    this.#destination = grown(this.#destination, capacity);
    this.#protocol = grown(this.#protocol, capacity);
    this.#sourcePort = grown(this.#sourcePort, capacity);
    this.#destinationPort = grown(this.#destinationPort, capacity);
  }
}

function classifierOf(layer: CompiledLayer, matching: Matching, family: AddressFamily): Classifier {
  if (matching === 'deciding') return layer.classifier(family);
  return matching === 'every' ? layer.everyMatch(family) : layer.watchedMatch(family);
}

function grown(column: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(column);
  return larger;
}

function sortedColumns(length: number) {
  return {
    at: new Uint32Array(length),
    source: new Uint32Array(length),
    destination: new Uint32Array(length),
    protocol: new Uint32Array(length),
    sourcePort: new Uint32Array(length),
    destinationPort: new Uint32Array(length),
    out: new Uint32Array(length),
  };
}
