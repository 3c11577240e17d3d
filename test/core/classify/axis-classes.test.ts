import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AxisClasses, buildAxisClasses } from '../../../src/core/classify/axis-classes.ts';
import { scanStab } from '../../support/reference.ts';

test('the class of a value has the bits of exactly the boxes that hold it, and equal sets of boxes are one class', () => {
  fc.assert(
    fc.property(arbIntervals(), fc.array(arbValue(), { minLength: 1, maxLength: 40 }), (intervals, values) => {
      const first = intervals.map((interval) => interval[0]);
      const last = intervals.map((interval) => interval[1]);
      // Bits in reverse, so that a box and its bit are different numbers.
      const bitOf = Uint32Array.from(intervals, (_, box) => intervals.length - 1 - box);
      const axis = buildAxisClasses(Uint32Array.from(first), Uint32Array.from(last), bitOf, 1 << 20) as AxisClasses;
      const classes = new Uint32Array(values.length);
      axis.locate(Uint32Array.from(values), 0, values.length, classes);
      const classOfSet = new Map<string, number>();
      values.forEach((value, i) => {
        const held = scanStab(first, last, value);
        const id = classes[i] as number;
        expect(boxesOf(axis, id, bitOf)).toEqual(held);
        expect(classOfSet.get(held.join()) ?? id).toBe(id);
        classOfSet.set(held.join(), id);
      });
    }),
    { numRuns: 300 },
  );
});

test('the summary marks exactly the words that are not 0', () => {
  const count = 2000;
  const first = Uint32Array.from({ length: count }, (_, box) => box * 3);
  const last = first.map((value) => value + 10);
  const axis = buildAxisClasses(
    first,
    last,
    first.map((_, box) => box),
    1 << 24,
  ) as AxisClasses;
  const marked: boolean[] = [];
  const used: boolean[] = [];
  for (let id = 0; id < axis.classCount; id++) {
    for (let word = 0; word < axis.wordCount; word++) {
      marked.push((((axis.summary[id * axis.summaryCount + (word >>> 5)] as number) >>> (word & 31)) & 1) === 1);
      used.push(axis.bits[id * axis.wordCount + word] !== 0);
    }
  }
  expect(marked.join()).toBe(used.join());
  expect(used).toContain(true);
});

test('an axis that would take more memory than it is given is not built', () => {
  const first = Uint32Array.from({ length: 1000 }, (_, box) => box * 2);
  expect(
    buildAxisClasses(
      first,
      first,
      first.map((_, box) => box),
      10_000,
    ),
  ).toBeNull();
});

function boxesOf(axis: AxisClasses, id: number, bitOf: Uint32Array): number[] {
  const isSet = (bit: number): boolean => (((axis.bits[id * axis.wordCount + (bit >>> 5)] as number) >>> (bit & 31)) & 1) === 1;
  return [...bitOf.keys()].filter((box) => isSet(bitOf[box] as number));
}

function arbValue(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 0x0a000000, max: 0x0a000020 }),
    fc.constantFrom(0, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  );
}

function arbIntervals(): fc.Arbitrary<[number, number][]> {
  return fc.array(
    fc.tuple(arbValue(), arbValue()).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]),
    { maxLength: 70 },
  );
}
