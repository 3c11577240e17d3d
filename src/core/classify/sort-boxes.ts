/** Sorts the first `count` boxes, ascending. Most points match few of them, in stretches that are sorted already. */
export function sortBoxes(boxes: Uint32Array, count: number): void {
  if (count > 24) {
    boxes.subarray(0, count).sort();
    return;
  }
  for (let i = 1; i < count; i++) {
    const box = boxes[i] as number;
    let j = i - 1;
    for (; j >= 0 && (boxes[j] as number) > box; j--) boxes[j + 1] = boxes[j] as number;
    boxes[j + 1] = box;
  }
}
