import type { CheckResult, Introduced } from '../../model/check-result.ts';
import { formatCount, formatQuantity } from '../number-format.ts';

/** How a check ended, in one word and one sentence. An incomplete one never counts as passed. */
export interface CheckState {
  readonly word: 'PASSED' | 'FAILED' | 'INCOMPLETE';
  readonly sentence: string;
}

export function checkState(result: CheckResult): CheckState {
  const failing = failingItems(result).length;
  if (!result.complete) return { word: 'INCOMPLETE', sentence: incompleteSentence(result, failing) };
  if (!result.passed) return { word: 'FAILED', sentence: failedSentence(failing, result.introduced.length) };
  return { word: 'PASSED', sentence: passedSentence(result) };
}

export function failingItems({ introduced }: CheckResult): readonly Introduced[] {
  return introduced.filter(({ fails }) => fails);
}

export function otherItems({ introduced }: CheckResult): readonly Introduced[] {
  return introduced.filter(({ fails }) => !fails);
}

function incompleteSentence({ incompleteBecause: [first = 'no reason was recorded.'], introduced }: CheckResult, failing: number): string {
  const known =
    failing === 0 ? 'Nothing is wrong in what could be judged, but that is not an answer' : failedSentence(failing, introduced.length);
  return `${/[.!?]$/.test(first) ? first : `${first}.`} ${/[.!?]$/.test(known) ? known : `${known}.`}`;
}

function failedSentence(failing: number, introduced: number): string {
  if (failing === introduced) return `The change introduces ${formatQuantity(failing, 'thing')} that must not get in.`;
  return `Of ${formatCount(introduced)} things that the change introduces, ${formatCount(failing)} must not get in.`;
}

function passedSentence(result: CheckResult): string {
  const { introduced, policies } = result;
  if (introduced.length > 0) return `${introducedSentence(introduced)}, and none of it fails the check.`;
  if (policies.length === 0) return 'The change is empty: no policy differs.';
  if (policies.every(({ equal }) => equal === true))
    return 'Nothing new to object to: the texts differ, and no packet is treated differently.';
  return `Nothing new to object to in ${formatQuantity(policies.length, 'changed policy', 'changed policies')}.`;
}

function introducedSentence(introduced: readonly Introduced[]): string {
  const decided = introduced.filter(({ status }) => status === 'accepted' || status === 'known').length;
  const settled = decided === 0 ? '' : ` (${formatCount(decided)} settled by decision)`;
  return `The change introduces ${formatQuantity(introduced.length, 'thing')}${settled}`;
}
