import { type AxisClasses, buildAxisClasses } from './axis-classes.ts';
import type { PointBoxes } from './point-boxes.ts';

/** Both address axes of a set of boxes, over the same bits. */
export interface AddressAxes {
  readonly source: AxisClasses;
  readonly destination: AxisClasses;
  readonly bitOf: Uint32Array;
  readonly boxOfBit: Uint32Array;
  readonly memoryBytes: number;
}

/** Null when the axes would take more than `mostBytes`. */
export function buildAddressAxes(boxes: PointBoxes, mostBytes: number): AddressAxes | null {
  const boxOfBit = clusterBoxes(boxes);
  const bitOf = new Uint32Array(boxes.count);
  boxOfBit.forEach((box, bit) => {
    bitOf[box] = bit;
  });
  const source = buildAxisClasses(boxes.sourceFirst, boxes.sourceLast, bitOf, mostBytes / 2);
  if (source === null) return null;
  const destination = buildAxisClasses(boxes.destinationFirst, boxes.destinationLast, bitOf, mostBytes / 2);
  if (destination === null) return null;
  const memoryBytes = source.memoryBytes + destination.memoryBytes + bitOf.byteLength + boxOfBit.byteLength;
  return { source, destination, bitOf, boxOfBit, memoryBytes };
}

/** From this size on (a /8) a range is wide: nearly every address is in some box of that kind. */
const WIDE = 2 ** 24;

/**
 * Boxes in an order that keeps what a point is in together: those with a wide source by their destination, then the others by their source.
 * Then a point's source is in many boxes of a few words only, its destination in others, and few words are left when both are intersected.
 * Inside each word the boxes ascend: the lowest bit is the lowest box.
 */
function clusterBoxes(boxes: PointBoxes): Uint32Array {
  const isWide = (box: number): boolean => (boxes.sourceLast[box] as number) - (boxes.sourceFirst[box] as number) + 1 >= WIDE;
  const wide = Uint8Array.from({ length: boxes.count }, (_, box) => (isWide(box) ? 1 : 0));
  const compare = (a: number, b: number): number => {
    if (wide[a] !== wide[b]) return (wide[b] as number) - (wide[a] as number);
    const bySource = (boxes.sourceFirst[a] as number) - (boxes.sourceFirst[b] as number);
    const byDestination = (boxes.destinationFirst[a] as number) - (boxes.destinationFirst[b] as number);
    return wide[a] === 1 ? byDestination || bySource || a - b : bySource || byDestination || a - b;
  };
  const boxOfBit = new Uint32Array(boxes.count).map((_, box) => box).sort(compare);
  for (let word = 0; word < boxes.count; word += 32) boxOfBit.subarray(word, word + 32).sort();
  return boxOfBit;
}
