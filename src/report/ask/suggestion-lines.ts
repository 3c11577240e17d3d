import type { AppendedRule, RequestAnswer, Suggestion } from '../../model/request-answer.ts';
import { DEFAULT_RULE, formatRuleRef } from '../../model/rule.ts';
import { fitText } from '../escape/visible-text.ts';
import { formatPercent, formatQuantity } from '../number-format.ts';
import type { Paint } from '../renderers/text-paint.ts';
import { regionLines, witnessLine } from './area-lines.ts';
import { bullet } from './closing-lines.ts';
import { nameRule } from './decision-words.ts';
import { describeCount, describePart } from './packet-part.ts';
import { describeNames } from './point-lines.ts';

const MOST_COVERERS = 5;
const MOST_REGIONS = 4;
const MOST_SUGGESTIONS = 12;

/** What would become of a rule for exactly the request, behind all others: the usual way to get a rule nobody needs. */
export function appendedLines({ appended }: RequestAnswer, paint: Paint, width: number): string[] {
  if (appended.length === 0) return [];
  return [
    '',
    paint.bold('A rule for exactly this, behind all others'),
    ...appended.flatMap((rule) => bullet(describeAppended(rule), '  - ', width)),
  ];
}

function describeAppended({ policy, outcome, coveredBy }: AppendedRule): string {
  const shown = coveredBy
    .slice(0, MOST_COVERERS)
    .map((coverer) => `${nameRule(coverer)}${coverer.share === null ? '' : ` (${formatPercent(coverer.share)})`}`);
  const more = coveredBy.length - shown.length;
  const who = `${shown.join(', ')}${more === 0 ? '' : ` and ${formatQuantity(more, 'more rule')}`}`;
  const by = who === '' ? '' : `: ${who}`;
  switch (outcome) {
    case 'decides all':
      return `${policy}: it would decide all its packets.`;
    case 'decides some':
      return `${policy}: it would decide some of its packets; the others are decided before it${by}.`;
    case 'shadowed':
      return `${policy}: it would be shadowed, because rules before it take all its packets and do not permit them all${by}.`;
    case 'redundant':
      return `${policy}: it would be redundant, because all its packets are permitted without it${by}.`;
    case 'unknown':
      return `${policy}: what would become of it is not known; the question exceeds the budget.`;
  }
}

/** Ways to grant the request, the smallest change first; every policy that stands in the way needs one. */
export function suggestionLines(answer: RequestAnswer, paint: Paint, width: number): string[] {
  const { suggestions } = answer;
  if (suggestions.length === 0) return [];
  const policies = [...new Set(suggestions.map(({ policy }) => policy))];
  const shown = suggestions.slice(0, MOST_SUGGESTIONS);
  const hidden = suggestions.length - shown.length;
  return [
    '',
    paint.bold('To grant it, the smallest change first'),
    ...(policies.length > 1 ? bullet(`Each of these policies needs one change: ${policies.join(', ')}.`, '  ', width) : []),
    ...shown.flatMap((suggestion, index) => oneSuggestion(suggestion, index + 1, answer, paint, width)),
    ...(hidden > 0 ? [`  and ${formatQuantity(hidden, 'more way')} in --format json`] : []),
  ];
}

function oneSuggestion(suggestion: Suggestion, number: number, answer: RequestAnswer, paint: Paint, width: number): string[] {
  const { explanation, alsoChanges, otherAttachments } = suggestion;
  const mark = `  ${number}. `;
  const indent = ' '.repeat(mark.length);
  return [
    ...bullet(describeSuggestion(suggestion), mark, width).map((line) => paint.bold(line)),
    ...bullet(describeMatch(suggestion), indent, width),
    ...(explanation === '' ? [] : bullet(explanation, indent, width)),
    `${indent}${fitText(grantSentence(suggestion, answer), width - indent.length)}`,
    ...(alsoChanges === null
      ? [`${indent}changes nothing else`]
      : [
          paint.yellow(`${indent}also changes${countIn(alsoChanges.count)}`),
          ...regionLines(alsoChanges, MOST_REGIONS, `${indent}  `, width),
          paint.dim(witnessLine(alsoChanges, `${indent}  `)),
        ]),
    ...(otherAttachments.length === 0
      ? []
      : bullet(
          `the policy is on ${formatQuantity(otherAttachments.length, 'other interface')} too, where the same changes: ${describeNames(otherAttachments)}`,
          indent,
          width,
        ).map((line) => paint.yellow(line))),
  ];
}

function countIn(count: Suggestion['grants']): string {
  const text = describeCount(count);
  return text === '' ? '' : ` ${text}`;
}

/** What to do, and where in the order. */
function describeSuggestion({ kind, policy, rule, group, before }: Suggestion): string {
  switch (kind) {
    case 'new-rule':
      if (before === null) return `Add a rule to ${policy}`;
      return before === DEFAULT_RULE ? `Add a rule to ${policy}, behind all others` : `Add a rule to ${policy}, directly before ${before}`;
    case 'widen-rule':
      return rule === null ? `Make a rule of ${policy} wider` : `Make ${formatRuleRef(rule)} wider`;
    case 'group-member':
      return `Add a member to ${group ?? 'the group'}${rule === null ? '' : `, to which ${formatRuleRef(rule)} refers`}`;
  }
}

const MOST_VALUES = 8;

function describeMatch({ kind, match }: Suggestion): string {
  const list = (values: readonly string[]): string => {
    const more = values.length - MOST_VALUES;
    return `${values.slice(0, MOST_VALUES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  };
  const { source, destination, services } = match;
  if (kind === 'group-member') return `new member: ${list([...new Set([...source, ...destination])])}`;
  return `permit ${list(services)} from ${list(source)} to ${list(destination)}${kind === 'widen-rule' ? ' (as it reads afterwards)' : ''}`;
}

/** Of what was asked at the first point that has the policy. */
function grantSentence({ grants, policy }: Suggestion, { points }: RequestAnswer): string {
  const point = points.find(({ layers }) => layers.some((policies) => policies.includes(policy)));
  if (point === undefined) return `grants packets of the request${countIn(grants) === '' ? '' : `:${countIn(grants)}`}`;
  const missing = describePart(grants, point.asked);
  return `grants ${missing === 'every packet' ? 'every packet asked for' : `${missing} asked for`}`;
}
