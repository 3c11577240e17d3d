import type { PolicyAnalysis } from '../../../src/core/trace/analyse-policy.ts';
import { LEAF_DEFAULT, LEAF_EVALUATE, leafEntry, type SplitTree } from '../../../src/core/trace/split-tree.ts';
import { ANY_OTHER_VALUE, PACKET_AXES } from '../../../src/core/trace/trace-axes.ts';
import type { TinyOracle } from './tiny-oracle.ts';
import type { TinyPoint, TinyServicePoint } from './tiny-policy.ts';
import { cellStart } from './tiny-to-model.ts';

/**
 * Goes down the trees of every proof with every point of its rule and compares the leaf with what is enumerated: the entry it names must match,
 * and either stand before the rule or have its effect.
 */
export function checkProofs(oracle: TinyOracle, analysis: PolicyAnalysis): string[] {
  return analysis.verdicts.flatMap((verdict, place) => {
    if (verdict.proof === null) return [];
    const { firstBox, programs } = analysis.space;
    const boxes = verdict.proof.trees.map(({ box }) => box);
    if (boxes.length !== (firstBox[place + 1] as number) - (firstBox[place] as number))
      return [`the proof of ${verdict.rule} does not speak of every box`];
    const isOrdered = programs[0]?.evaluation === 'first-match';
    return oracle.pointsOf(place).flatMap((point) => {
      const ranks = ranksOf(analysis, oracle, oracle.points[point] as TinyPoint);
      const leaves = verdict.proof?.trees.filter(({ box }) => isInside(analysis, box, ranks)).map(({ tree }) => leafAt(tree, ranks)) ?? [];
      if (leaves.length === 0) return [`no tree of the proof of ${verdict.rule} speaks of one of its points`];
      return leaves.every((leaf) => leafHolds(oracle, leaf, place, point, verdict.by === 'later' || !isOrdered))
        ? []
        : [`a leaf of the proof of ${verdict.rule} is wrong`];
    });
  });
}

function leafHolds(oracle: TinyOracle, leaf: number, place: number, point: number, sameEffectSuffices: boolean): boolean {
  if (leaf === LEAF_EVALUATE) return true;
  if (leaf === LEAF_DEFAULT) return sameEffectSuffices;
  const entry = leafEntry(leaf);
  if (entry < 0 || entry === place || !oracle.matches[entry]?.[point]) return false;
  const [mine, theirs] = [oracle.rules[place], oracle.rules[entry]];
  return entry < place || (sameEffectSuffices && mine?.verdict === theirs?.verdict && mine?.attribute === theirs?.attribute);
}

function leafAt(tree: SplitTree, ranks: ReadonlyMap<number, number>): number {
  let child = tree.children[0] as number;
  while (child >= 0)
    child = tree.children[2 * child + ((ranks.get(tree.axis[child] as number) as number) < (tree.cut[child] as number) ? 0 : 1)] as number;
  return ~child;
}

function ranksOf({ space: { axes } }: PolicyAnalysis, oracle: TinyOracle, point: TinyPoint): Map<number, number> {
  const { universe } = oracle.policy;
  const service = universe.services[point.service] as TinyServicePoint;
  const ranks = new Map([
    [0, axes.source.rankOf(point.family, cellStart(point.family, point.source, universe.sourceCells))],
    [1, axes.destination.rankOf(point.family, cellStart(point.family, point.destination, universe.destinationCells))],
    [2, axes.protocol.rankOf(service.protocol)],
    [3, axes.sourcePort.rankOf(service.sourcePort)],
    [4, axes.destinationPort.rankOf(service.destinationPort)],
  ]);
  axes.extra.forEach((axis, index) => {
    if (axis.kind === 'unknown') {
      ranks.set(PACKET_AXES + index, (point.unknowns >> universe.unknowns.indexOf(axis.name)) & 1);
    } else {
      const isOther = point.state === universe.states.length - 1 || !axis.values.includes(universe.states[point.state] as string);
      ranks.set(PACKET_AXES + index, axis.values.indexOf(isOther ? ANY_OTHER_VALUE : (universe.states[point.state] as string)));
    }
  });
  return ranks;
}

function isInside({ space: { boxes } }: PolicyAnalysis, box: number, ranks: ReadonlyMap<number, number>): boolean {
  for (let axis = 0; axis < PACKET_AXES; axis++) {
    const rank = ranks.get(axis) as number;
    const at = 2 * (box * PACKET_AXES + axis);
    if (rank < (boxes.bounds[at] as number) || rank > (boxes.bounds[at + 1] as number)) return false;
  }
  for (let i = boxes.setStart[box] as number; i < (boxes.setStart[box + 1] as number); i++) {
    const rank = ranks.get(boxes.setAxis[i] as number) as number;
    const set = boxes.setId[i] as number;
    let isIn = false;
    for (let r = boxes.rangeStart[set] as number; r < (boxes.rangeStart[set + 1] as number); r++) {
      if ((boxes.rangeFirst[r] as number) <= rank && rank <= (boxes.rangeLast[r] as number)) isIn = true;
    }
    if (!isIn) return false;
  }
  return true;
}
