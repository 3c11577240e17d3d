import type { Evaluation } from '../../model/policy.ts';
import { type AddressAxes, buildAddressAxes } from './address-axes.ts';
import { BitVectorClassifier } from './bit-vectors.ts';
import { ClassPairClassifier, pairsCanBeNumbered } from './class-pairs.ts';
import { IntervalTreeClassifier } from './interval-tree.ts';
import { LinearClassifier } from './linear.ts';
import { type PointBoxes, toPointBoxes } from './point-boxes.ts';
import { createResultSets, type ResultSet, type ResultSets } from './result-sets.ts';
import type { RuleBoxes } from './rule-boxes.ts';
import { buildServiceAxes } from './service-axes.ts';

export type { ResultSet } from './result-sets.ts';

export type Strategy = 'linear' | 'class-pairs' | 'bit-vectors' | 'interval-tree';

export interface ClassifierOptions {
  /** What source and destination of IPv6 points index: sorted, without repetition. Not looked at for IPv4. */
  readonly ipv6Addresses: readonly bigint[];
  /** What the structure may take, without the boxes and the result sets: more makes it faster, none is needed to be right. */
  readonly memoryBudgetBytes: number;
  /** For tests and benchmarks; otherwise chosen by size. */
  readonly strategy?: Strategy;
}

export interface Classifier {
  /** The structure in use; it may change while points are classified. */
  readonly strategy: Strategy;
  readonly memoryBytes: number;
  /** Of these, what the budget bounds: all but the result sets. */
  readonly structureBytes: number;
  /** By result id; grows, and equal sets share one id. */
  readonly resultSets: readonly ResultSet[];
  /**
   * Writes the result id of each of the first `count` points to `out`. Columns: source and destination as IPv4 integer, or as index into the
   * IPv6 addresses; protocol 0..256; ports (ICMP: type and code) 0..65536.
   */
  classifyBatch(
    count: number,
    source: Uint32Array,
    destination: Uint32Array,
    protocol: Uint32Array,
    sourcePort: Uint32Array,
    destinationPort: Uint32Array,
    out: Uint32Array,
  ): void;
}

/** Up to so many boxes, asking all of them is faster than anything that has to be built first (measured: bench/README.md, "classify"). */
const MOST_LINEAR_BOXES = 8;

/** Which rules match a point, for many points. Every strategy gives the same answers. */
export function buildClassifier(boxes: RuleBoxes, evaluation: Evaluation, options: ClassifierOptions): Classifier {
  return new ChosenClassifier(toPointBoxes(boxes, options.ipv6Addresses), evaluation, options);
}

/** The engines stand side by side, so that every hot loop is called from one place with one kind of arguments. */
class ChosenClassifier implements Classifier {
  readonly #boxes: PointBoxes;
  readonly #isFirstMatch: boolean;
  readonly #results: ResultSets;
  readonly #memoryBudgetBytes: number;
  #linear: LinearClassifier | null = null;
  #classPairs: ClassPairClassifier | null = null;
  #bitVectors: BitVectorClassifier | null = null;
  #intervalTree: IntervalTreeClassifier | null = null;

  constructor(boxes: PointBoxes, evaluation: Evaluation, options: ClassifierOptions) {
    this.#boxes = boxes;
    this.#isFirstMatch = evaluation === 'first-match';
    this.#results = createResultSets(boxes, evaluation);
    this.#memoryBudgetBytes = options.memoryBudgetBytes;
    this.#choose(options.strategy);
  }

  get strategy(): Strategy {
    if (this.#linear !== null) return 'linear';
    if (this.#classPairs !== null) return 'class-pairs';
    return this.#bitVectors === null ? 'interval-tree' : 'bit-vectors';
  }

  get memoryBytes(): number {
    return this.#results.memoryBytes + this.structureBytes;
  }

  get structureBytes(): number {
    const engine = this.#linear ?? this.#classPairs ?? this.#bitVectors ?? this.#intervalTree;
    return engine?.memoryBytes ?? 0;
  }

  get resultSets(): readonly ResultSet[] {
    return this.#results.sets;
  }

  classifyBatch(
    count: number,
    source: Uint32Array,
    destination: Uint32Array,
    protocol: Uint32Array,
    sourcePort: Uint32Array,
    destinationPort: Uint32Array,
    out: Uint32Array,
  ): void {
    let done = 0;
    if (this.#classPairs !== null) {
      done = this.#classPairs.classifyBatch(count, source, destination, protocol, sourcePort, destinationPort, out);
      if (done === count) return;
      this.#fallBack(this.#classPairs.axes);
    }
    this.#linear?.classifyBatch(count, source, destination, protocol, sourcePort, destinationPort, out);
    this.#bitVectors?.classifyBatch(count, source, destination, protocol, sourcePort, destinationPort, out, done);
    this.#intervalTree?.classifyBatch(count, source, destination, protocol, sourcePort, destinationPort, out, done);
  }

  #choose(strategy: Strategy | undefined): void {
    const wanted = strategy ?? (this.#boxes.count <= MOST_LINEAR_BOXES ? 'linear' : 'class-pairs');
    if (wanted === 'linear') {
      this.#linear = new LinearClassifier(this.#boxes, this.#results, this.#isFirstMatch);
      return;
    }
    // Half of the memory is for protocols and ports, and for what grows with the traffic.
    const axes = wanted === 'interval-tree' ? null : buildAddressAxes(this.#boxes, this.#memoryBudgetBytes / 2);
    if (axes === null || wanted === 'bit-vectors' || !pairsCanBeNumbered(axes)) {
      this.#fallBack(axes);
    } else {
      this.#classPairs = new ClassPairClassifier(this.#boxes, axes, this.#results, this.#isFirstMatch, this.#memoryBudgetBytes);
    }
  }

  /** To what needs no more memory than it has from the beginning. */
  #fallBack(axes: AddressAxes | null): void {
    this.#classPairs = null;
    const services = axes === null ? null : buildServiceAxes(this.#boxes, axes.bitOf, this.#memoryBudgetBytes - axes.memoryBytes);
    if (axes === null || services === null) {
      this.#intervalTree = new IntervalTreeClassifier(this.#boxes, this.#results, this.#isFirstMatch);
    } else {
      this.#bitVectors = new BitVectorClassifier(this.#boxes, axes, services, this.#results, this.#isFirstMatch);
    }
  }
}
