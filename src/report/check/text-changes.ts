import type { CheckResult, TouchedFlows } from '../../model/check-result.ts';
import type { ChangedArea, ChangeKind, PolicyDifference } from '../../model/policy-diff.ts';
import { CHANGE_WORDS, policyTitle } from '../ask/diff-words.ts';
import { fitText, visibleText } from '../escape/visible-text.ts';
import { formatCount, formatDay, formatQuantity } from '../number-format.ts';
import type { Paint } from '../renderers/text-paint.ts';
import { describeCases, isToldByCases, summariseDifference, summariseRules } from './change-words.ts';
import { packetLines } from './item-words.ts';
import { hiddenLines, indented } from './text-lines.ts';

const MOST_POLICIES = 50;
const MOST_AREAS = 10;
const MOST_REGIONS = 4;
const MOST_CASES = 4;
const MOST_SAMPLES = 10;

const SIGNS: Readonly<Record<ChangeKind, string>> = { widened: '+', narrowed: '-', mixed: '~', effect: '~' };

/** Which packets are treated differently, policy by policy. */
export function changeLines({ policies, unchangedPolicies }: CheckResult, paint: Paint, width: number): string[] {
  if (policies.length === 0) return [];
  return [
    '',
    paint.bold('What the change does to packets'),
    ...policies.slice(0, MOST_POLICIES).flatMap((policy) => differenceLines(policy, paint, width)),
    ...hiddenLines(policies.length - MOST_POLICIES, 'changed policy', 'changed policies'),
    ...(unchangedPolicies === 0 ? [] : [`  ${formatQuantity(unchangedPolicies, 'policy', 'policies')} unchanged`]),
  ];
}

function differenceLines(difference: PolicyDifference, paint: Paint, width: number): string[] {
  const { areas, areasOmitted, notes } = difference;
  const hidden = Math.max(0, areas.length - MOST_AREAS) + (areasOmitted?.count ?? 0);
  const rules = summariseRules(difference);
  return [
    ...indented(`${policyTitle(difference)}: ${summariseDifference(difference)}${rules === '' ? '' : `; ${rules}`}`, '  ', width, 3),
    ...areas.slice(0, MOST_AREAS).flatMap((area) => areaLines(area, paint, width)),
    ...(hidden === 0
      ? []
      : [`    ${formatQuantity(hidden, 'more area')} not shown: --format json has ${areasOmitted === null ? 'them' : 'more of them'}.`]),
    ...notes.flatMap((note) => indented(note, '    ', width, 3)),
  ];
}

function areaLines(area: ChangedArea, paint: Paint, width: number): string[] {
  const cases = describeCases(area);
  return [
    ...packetLines(area, MOST_REGIONS).map((line, index) => `    ${index === 0 ? SIGNS[area.change] : ' '} ${visibleText(line)}`),
    ...(isToldByCases(area) ? [] : indented(CHANGE_WORDS[area.change].meaning, '        ', width, 2).map(paint.dim)),
    ...cases.slice(0, MOST_CASES).flatMap((sentence) => indented(sentence, '        ', width, 4)),
    ...(cases.length > MOST_CASES ? [`        and ${formatQuantity(cases.length - MOST_CASES, 'more case')}`] : []),
  ];
}

/** Which logged connections lie in these packets; nothing where no flows were given. */
export function flowLines({ flows }: CheckResult, paint: Paint, width: number): string[] {
  if (flows === null) return [];
  const { window, policies } = flows;
  const title = `Logged connections in the changed packets, ${formatDay(window.from)} to ${formatDay(window.to)} (${formatQuantity(window.days, 'day')})`;
  return [
    '',
    paint.bold(fitText(title, width)),
    ...(policies.length === 0 ? ['  none'] : policies.flatMap((touched) => touchedLines(touched, width))),
  ];
}

function touchedLines(
  { policy, certain, possible, acceptedNowDenied, rejectedNowPermitted, samples }: TouchedFlows,
  width: number,
): string[] {
  const connections = certain === possible ? formatCount(possible) : `${formatCount(certain)} to ${formatCount(possible)}`;
  const turned = `at most ${formatCount(acceptedNowDenied)} were accepted and are denied now, ${formatCount(rejectedNowPermitted)} were rejected and are permitted now`;
  const hidden = samples.length - MOST_SAMPLES;
  return [
    ...indented(`${policy}: ${connections}; ${turned}`, '  ', width, 3),
    ...samples
      .slice(0, MOST_SAMPLES)
      .map((sample) => fitText(`    ${formatCount(sample.connections)} × ${sample.flow}: ${sample.change}`, width)),
    ...(hidden > 0 ? [`    ${formatQuantity(hidden, 'more sample')} not shown: --format json has them.`] : []),
  ];
}
