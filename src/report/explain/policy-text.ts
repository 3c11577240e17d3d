import type { ConsideredPolicy, ConsideredRule, PacketVerdict } from '../../model/explanation.ts';
import { fitText, visibleText, wrapText } from '../escape/visible-text.ts';
import { formatQuantity } from '../number-format.ts';
import type { Paint } from '../renderers/text-paint.ts';
import { describeAlternatives, describeMismatch } from './words.ts';

const MOST_MATCHING = 12;
const MOST_NEAR = 5;

/** One policy: the rules that match or may match, near misses where they are worth a look, the other misses counted, and who decides. */
export function policyLines(policy: ConsideredPolicy, layerVerdict: PacketVerdict, paint: Paint, width: number): string[] {
  const matching = policy.considered.filter(({ answer }) => answer !== 'no');
  const missing = policy.considered.filter(({ answer }) => answer === 'no');
  // Where any rule is enough and one permits, the others are beside the point.
  const near = policy.evaluation === 'any-permit' && layerVerdict === 'permitted' ? [] : missing.filter(isNear);
  const shownNear = near.slice(0, MOST_NEAR);
  const name = policy.name === '' || policy.name === policy.policy ? '' : ` (${policy.name})`;
  const how = policy.evaluation === 'first-match' ? 'the first that matches decides' : 'any that permits is enough';
  if (matching.length === 0 && policy.evaluation === 'any-permit' && layerVerdict === 'permitted') {
    return [
      fitText(
        `    ${policy.policy}${name}: ${policy.ruleCount === 1 ? 'its only rule does not match' : `none of its ${formatQuantity(policy.ruleCount, 'rule')} matches`}`,
        width,
      ),
    ];
  }
  const shown = matching.slice(0, MOST_MATCHING);
  const idWidth = Math.min(30, Math.max(4, ...[...shown, ...shownNear].map(({ rule }) => [...visibleText(rule)].length)));
  return [
    fitText(`    ${policy.policy}${name}: ${formatQuantity(policy.ruleCount, 'rule')}, ${how}`, width),
    ...shown.flatMap((rule) => matchingLines(rule, policy, idWidth, paint, width)),
    ...(matching.length > shown.length ? [`      ${formatQuantity(matching.length - shown.length, 'more rule')} may match`] : []),
    ...shownNear.map((rule) =>
      paint.dim(
        fitText(`      near  ${column(rule.rule, idWidth)}  ${describeMismatch(rule.mismatches[0] ?? NEVER)} [${rule.asWritten}]`, width),
      ),
    ),
    ...countLines(missing.length - shownNear.length, shownNear.length, policy).map((line) => paint.dim(line)),
    ...defaultLines(policy, paint),
  ];
}

const NEVER = { axis: 'nothing', seen: '', expected: [], expectedOmitted: 0 } as const satisfies ConsideredRule['mismatches'][number];

/** Fails on one axis only, and not because it is for the other family. */
function isNear({ mismatches }: ConsideredRule): boolean {
  const [only] = mismatches;
  return mismatches.length === 1 && only !== undefined && only.axis !== 'family' && only.axis !== 'nothing';
}

function matchingLines(rule: ConsideredRule, policy: ConsideredPolicy, idWidth: number, paint: Paint, width: number): string[] {
  const outcome = policy.outcomes.find((each) => each.rule === rule.rule);
  const mark = outcome === undefined ? '' : rule.action === 'permit' ? 'permits' : 'denies';
  const head = `      ${rule.answer === 'certain' ? '*    ' : '?    '} ${column(rule.rule, idWidth)}  ${rule.asWritten}`;
  if (rule.answer === 'certain') {
    const line = fitText(head, width - 12);
    return [mark === '' ? line : `${line}  ${rule.action === 'permit' ? paint.bold(mark) : paint.red(mark)}`];
  }
  const effect = mark === '' ? 'changes nothing' : mark;
  const indent = ' '.repeat(14);
  const clause = wrapText(`${effect} if ${describeAlternatives(rule.conditions)}`, width - indent.length, 3);
  return [fitText(head, width), ...clause.map((line) => paint.yellow(`${indent}${line}`))];
}

function column(text: string, width: number): string {
  return fitText(text, width).padEnd(width);
}

function countLines(missed: number, near: number, { notReached }: ConsideredPolicy): string[] {
  return [
    ...(missed > 0 ? [`      ${formatQuantity(missed, near > 0 ? 'other rule' : 'rule')} ${missed === 1 ? 'does' : 'do'} not match`] : []),
    ...(notReached > 0 ? [`      ${formatQuantity(notReached, 'rule')} behind it ${notReached === 1 ? 'is' : 'are'} not reached`] : []),
  ];
}

function defaultLines({ outcomes, defaultAction }: ConsideredPolicy, paint: Paint): string[] {
  if (outcomes.every(({ rule }) => rule !== 'default')) return [];
  const word = defaultAction === 'permit' ? 'permits' : 'denies';
  const line = `      ${outcomes.length > 1 ? 'otherwise' : 'no rule matches:'} the default ${word}`;
  return [defaultAction === 'permit' ? line : paint.red(line)];
}
