import type { RuleVerdict } from '../src/core/trace/analyse-policy.ts';
import type { ActedRuleSet } from './analyze-sets.ts';

/** What comparing rules in pairs finds, against the exact verdicts. */
export interface PairwiseResult {
  /** Rules inside one earlier rule. */
  readonly covered: number;
  /** Covered rules that no single rule contains. */
  readonly missed: number;
  /** Rules called redundant (inside another rule of the same action) whose removal alone changes what is permitted. */
  readonly unsafe: number;
  /** Rules called redundant below an earlier one although others decide some of their packets otherwise: a broken intent. */
  readonly mislabelled: number;
}

/** As most tools do it: a rule inside an earlier one is shadowed or, with the same action, redundant; inside a later one of the same action too. */
export function comparePairs(set: ActedRuleSet, verdicts: readonly RuleVerdict[]): PairwiseResult {
  let covered = 0;
  let missed = 0;
  let unsafe = 0;
  let mislabelled = 0;
  for (let rule = 0; rule < set.count; rule++) {
    const verdict = verdicts[rule] as RuleVerdict;
    const earlier = findContainer(set, rule, 0, rule, false);
    const isCovered =
      verdict.kind === 'shadowed' || verdict.kind === 'duplicate' || (verdict.kind === 'redundant' && verdict.by === 'earlier');
    if (earlier >= 0) {
      covered++;
      if (set.actions[earlier] === set.actions[rule] && verdict.kind === 'shadowed') mislabelled++;
    } else if (isCovered) {
      missed++;
    } else if (findContainer(set, rule, rule + 1, set.count, true) >= 0 && verdict.kind !== 'redundant') {
      unsafe++;
    }
  }
  return { covered, missed, unsafe, mislabelled };
}

function findContainer({ bounds, actions }: ActedRuleSet, rule: number, from: number, to: number, sameAction: boolean): number {
  const at = rule * 10;
  for (let other = from, o = from * 10; other < to; other++, o += 10) {
    let holds = !sameAction || actions[other] === actions[rule];
    for (let k = 0; k < 10 && holds; k += 2)
      holds = (bounds[o + k] as number) <= (bounds[at + k] as number) && (bounds[o + k + 1] as number) >= (bounds[at + k + 1] as number);
    if (holds) return other;
  }
  return -1;
}
