import type { ChangedArea, ChangedRule, ChangeKind, PolicyDiff, PolicyDifference } from '../../model/policy-diff.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { fitText, visibleText, wrapText } from '../escape/visible-text.ts';
import { formatQuantity } from '../number-format.ts';
import type { Paint } from '../renderers/text-paint.ts';
import { regionLines, witnessLine } from './area-lines.ts';
import { bullet, incompleteLines, noteLines } from './closing-lines.ts';
import { describeDecided, describeWhen } from './decision-words.ts';
import { areasOf, CHANGE_KINDS, CHANGE_WORDS, diffSentence, policySentence, policyTitle, RULE_GROUPS, ruleTitle } from './diff-words.ts';
import { describeCount } from './packet-part.ts';

const MOST_AREAS = 12;
const MOST_REGIONS = 8;
const MOST_CASES = 4;
const MOST_RULES = 20;

/** Which packets change and by which rules, then what changed in the text only. */
export function diffLines(diff: PolicyDiff, paint: Paint, width: number): string[] {
  const sentence = wrapText(diffSentence(diff), width, 5).map((line) => (diff.equal === true ? paint.bold(line) : paint.yellow(line)));
  return [
    ...sentence,
    ...incompleteLines(diff, paint, width),
    ...diff.policies.flatMap((policy) => ['', ...policyLines(policy, paint, width)]),
    ...noteLines(diff.notes, paint, width),
  ];
}

function policyLines(policy: PolicyDifference, paint: Paint, width: number): string[] {
  const sentence = policySentence(policy);
  return [
    paint.bold(fitText(`Policy ${policyTitle(policy)}`, width)),
    ...(sentence === '' ? [] : bullet(sentence, '  ', width)),
    ...policy.notes.flatMap((note) => bullet(note, '  - ', width)),
    ...CHANGE_KINDS.flatMap((kind) => kindLines(policy, kind, paint, width)),
    ...omittedLines(policy),
    ...RULE_GROUPS.flatMap(({ changesPackets, title }) =>
      ruleLines(
        policy.rules.filter((rule) => rule.changesPackets === changesPackets),
        title,
        paint,
        width,
      ),
    ),
    ...(policy.rulesOmitted === 0 ? [] : [`  and ${formatQuantity(policy.rulesOmitted, 'more changed rule')} that the answer leaves out`]),
  ];
}

function kindLines(policy: PolicyDifference, kind: ChangeKind, paint: Paint, width: number): string[] {
  const areas = areasOf(policy, kind);
  if (areas.length === 0) return [];
  const { title, meaning } = CHANGE_WORDS[kind];
  const total = kind === 'widened' ? describeCount(policy.widened) : kind === 'narrowed' ? describeCount(policy.narrowed) : '';
  const head = fitText(`  ${title} (${meaning})${total === '' ? '' : `: ${policy.complete ? '' : 'at least '}${total}`}`, width);
  const hidden = areas.length - MOST_AREAS;
  return [
    kind === 'widened' || kind === 'mixed' ? paint.red(head) : paint.yellow(head),
    ...areas.slice(0, MOST_AREAS).flatMap((area) => areaLines(area, paint, width)),
    ...(hidden > 0 ? [`    and ${formatQuantity(hidden, 'more area')} in --format json`] : []),
  ];
}

function areaLines(area: ChangedArea, paint: Paint, width: number): string[] {
  const count = describeCount(area.count);
  const hidden = area.cases.length - MOST_CASES;
  return [
    ...regionLines(area, MOST_REGIONS, '    ', width),
    ...area.cases
      .slice(0, MOST_CASES)
      .flatMap(({ when, before, after }) => [
        ...(when.length === 0 ? [] : bullet(`if ${describeWhen(when)}`, '      ', width)),
        ...bullet(describeDecided(before), '      before: ', width),
        ...bullet(describeDecided(after), '      after:  ', width),
      ]),
    ...(hidden > 0 ? [`      and in ${formatQuantity(hidden, 'more case')}`] : []),
    ...(count === '' ? [] : [`      ${count}`]),
    paint.dim(witnessLine(area, '      ')),
  ];
}

function omittedLines({ areasOmitted }: PolicyDifference): string[] {
  if (areasOmitted === null) return [];
  const count = describeCount(areasOmitted.packets);
  return [`  and ${formatQuantity(areasOmitted.count, 'more area')} that the answer leaves out${count === '' ? '' : `: ${count}`}`];
}

function ruleLines(rules: readonly ChangedRule[], title: string, paint: Paint, width: number): string[] {
  if (rules.length === 0) return [];
  const hidden = rules.length - MOST_RULES;
  return [
    ...bullet(title, '  ', width),
    ...rules.slice(0, MOST_RULES).flatMap((rule) => oneRule(rule, paint, width)),
    ...(hidden > 0 ? [`    and ${formatQuantity(hidden, 'more rule')} in --format json`] : []),
  ];
}

/** What the rule says, both ways where its text changed, and where it stands; places are never cut. */
function oneRule(rule: ChangedRule, paint: Paint, width: number): string[] {
  const { change, before, after } = rule;
  const texts =
    before !== null && after !== null && before.asWritten !== after.asWritten ? [`was ${before.asWritten}`, `is  ${after.asWritten}`] : [];
  const sole = texts.length === 0 ? `  ${(after ?? before)?.asWritten ?? ''}` : '';
  const places = [before, after].flatMap((side) => (side === null ? [] : [visibleText(formatSourceRef(side.sourceRef))]));
  return [
    fitText(`    ${change.padEnd(8)}${ruleTitle(rule)}${sole}`, width),
    ...texts.map((text) => fitText(`            ${text}`, width)),
    paint.dim(`            ${places.join(' → ')}`),
  ];
}
