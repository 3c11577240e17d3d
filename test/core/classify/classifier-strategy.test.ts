import { describe, expect, test } from 'vitest';
import { buildClassifier, type Classifier, type ResultSet, type Strategy } from '../../../src/core/classify/classifier.ts';
import type { Ipv4Boxes } from '../../../src/core/classify/rule-boxes.ts';
import type { Evaluation } from '../../../src/model/policy.ts';

// Policies too large for a scan over the model; the linear classifier, which agrees with it on small ones, is the twin here.

const PLENTY = 1 << 28;
const EVALUATIONS: readonly Evaluation[] = ['first-match', 'any-permit'];

describe.each(EVALUATIONS)('%s', (evaluation) => {
  test.each([
    ['all boxes are certain', 0],
    ['a quarter of the boxes are only possible', 0.25],
  ])('every strategy agrees with the scan when lists are long and %s', (_, possibleShare) => {
    const boxes = randomBoxes(600, possibleShare);
    const points = randomPoints(3000, { addressCount: 12 });
    const expected = classify(build(boxes, evaluation, PLENTY, 'linear'), points);
    for (const strategy of ['class-pairs', 'bit-vectors', 'interval-tree'] as const) {
      const classifier = build(boxes, evaluation, PLENTY, strategy);
      // Often enough for lists to be written out.
      for (let pass = 0; pass < 4; pass++) expect(classify(classifier, points)).toEqual(expected);
      expect(classifier.strategy).toBe(strategy);
      expectNoTwoEqual(classifier.resultSets);
    }
  });

  test('class pairs that outgrow their memory become bit vectors in the middle of a batch, and the answers stay the same', () => {
    const boxes = randomBoxes(600, 0.1);
    const points = randomPoints(6000, { addressCount: 60 });
    const budget = 420_000;
    const classifier = build(boxes, evaluation, budget);
    expect(classifier.strategy).toBe('class-pairs');
    expect(classify(classifier, points)).toEqual(classify(build(boxes, evaluation, PLENTY, 'linear'), points));
    expect(classifier.strategy).toBe('bit-vectors');
    expectNoTwoEqual(classifier.resultSets);
  });

  test('the structure never takes more memory than it is given', () => {
    const boxes = randomBoxes(600, 0.1);
    for (const budget of [100_000, 400_000, 700_000, 1_000_000, 2_000_000, 8_000_000]) {
      const classifier = build(boxes, evaluation, budget);
      for (let pass = 0; pass < 3; pass++) {
        classify(classifier, randomPoints(3000, { addressCount: 60, seed: pass }));
        expect(classifier.structureBytes).toBeLessThanOrEqual(budget);
      }
    }
  });
});

test('a handful of boxes is asked one by one', () => {
  expect(build(randomBoxes(8, 0), 'any-permit', PLENTY).strategy).toBe('linear');
  expect(build(randomBoxes(9, 0), 'any-permit', PLENTY).strategy).toBe('class-pairs');
});

test('sets of boxes that do not fit the memory are asked through an interval tree', () => {
  expect(build(randomBoxes(600, 0), 'first-match', 50_000).strategy).toBe('interval-tree');
});

test('a policy without rules leaves every point to the default', () => {
  const classifier = build(randomBoxes(0, 0), 'first-match', PLENTY, 'class-pairs');
  expect(classify(classifier, randomPoints(1, { addressCount: 1 }))).toEqual(['{"certain":[],"possible":[],"decider":-1}']);
});

function build(boxes: Ipv4Boxes, evaluation: Evaluation, memoryBudgetBytes: number, strategy?: Strategy): Classifier {
  return buildClassifier(boxes, evaluation, { ipv6Addresses: [], memoryBudgetBytes, ...(strategy === undefined ? {} : { strategy }) });
}

interface Points {
  readonly count: number;
  readonly source: Uint32Array;
  readonly destination: Uint32Array;
  readonly protocol: Uint32Array;
  readonly sourcePort: Uint32Array;
  readonly destinationPort: Uint32Array;
}

/** What the rules say about each point, as text. */
function classify(classifier: Classifier, points: Points): (string | undefined)[] {
  const out = new Uint32Array(points.count);
  classifier.classifyBatch(
    points.count,
    points.source,
    points.destination,
    points.protocol,
    points.sourcePort,
    points.destinationPort,
    out,
  );
  const texts = classifier.resultSets.map((set) => JSON.stringify(set));
  return Array.from(out, (id) => texts[id]);
}

function expectNoTwoEqual(sets: readonly ResultSet[]): void {
  expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(sets.length);
}

/** Prefixes of all lengths inside 10.0.0.0/8, a third of them everything; rules of one to three boxes, their certain boxes first. */
function randomBoxes(count: number, possibleShare: number): Ipv4Boxes {
  const random = seededRandom(42);
  const column = (): Uint32Array => new Uint32Array(count);
  const boxes = {
    rule: column(),
    certain: new Uint8Array(count),
    sourceFirst: column(),
    sourceLast: column(),
    destinationFirst: column(),
    destinationLast: column(),
    protocolFirst: column(),
    protocolLast: column(),
    sourcePortFirst: column(),
    sourcePortLast: column(),
    destinationPortFirst: column(),
    destinationPortLast: column(),
  };
  let rule = -1;
  for (let box = 0; box < count; box++) {
    const wasPossible = box > 0 && boxes.certain[box - 1] === 0;
    boxes.certain[box] = random() < possibleShare ? 0 : 1;
    if (box === 0 || random() < 0.6 || (wasPossible && boxes.certain[box] === 1)) rule++;
    boxes.rule[box] = rule;
    [boxes.sourceFirst[box], boxes.sourceLast[box]] = randomPrefix(random);
    [boxes.destinationFirst[box], boxes.destinationLast[box]] = randomPrefix(random);
    const protocol = random() < 0.02 ? [0, 256] : random() < 0.7 ? [6, 6] : [17, 17];
    [boxes.protocolFirst[box], boxes.protocolLast[box]] = protocol as [number, number];
    [boxes.sourcePortFirst[box], boxes.sourcePortLast[box]] = random() < 0.8 ? [0, 65536] : randomPorts(random);
    [boxes.destinationPortFirst[box], boxes.destinationPortLast[box]] = random() < 0.1 ? [0, 65536] : randomPorts(random);
  }
  const { sourceFirst, sourceLast, destinationFirst, destinationLast, ...others } = boxes;
  return { family: 4, count, ruleCount: rule + 1, addresses: { sourceFirst, sourceLast, destinationFirst, destinationLast }, ...others };
}

function randomPrefix(random: () => number): [number, number] {
  if (random() < 0.33) return [0, 0xffffffff];
  const size = 2 ** Math.floor(random() * 25);
  const first = 0x0a000000 + Math.floor((random() * 2 ** 24) / size) * size;
  return [first, first + size - 1];
}

function randomPorts(random: () => number): [number, number] {
  const first = Math.floor(random() * 100);
  return [first, first + Math.floor(random() * 20)];
}

/** The fewer addresses, the more often pairs of them repeat. */
function randomPoints(count: number, { addressCount, seed = 7 }: { addressCount: number; seed?: number }): Points {
  const random = seededRandom(seed);
  const addresses = Array.from({ length: addressCount }, () =>
    random() < 0.1 ? Math.floor(random() * 2 ** 32) : 0x0a000000 + Math.floor(random() * 2 ** 24),
  );
  const column = (value: () => number): Uint32Array => Uint32Array.from({ length: count }, value);
  const address = (): number => addresses[Math.floor(random() * addresses.length)] as number;
  const port = (): number => (random() < 0.05 ? 65536 : Math.floor(random() * 130));
  return {
    count,
    source: column(address),
    destination: column(address),
    protocol: column(() => (random() < 0.7 ? 6 : random() < 0.8 ? 17 : 256)),
    sourcePort: column(port),
    destinationPort: column(port),
  };
}

/** Mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
