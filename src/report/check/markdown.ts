import type { CheckResult, Introduced, TouchedFlows } from '../../model/check-result.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { PolicyDifference } from '../../model/policy-diff.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { CHANGE_WORDS, policyTitle } from '../ask/diff-words.ts';
import { formatCount, formatDay, formatQuantity } from '../number-format.ts';
import { CHECK_KIND_WORDS } from '../words/check-kinds.ts';
import { describeCases, describeCounts, isToldByCases, summariseDifference, summariseRules } from './change-words.ts';
import { checkState, failingItems, otherItems } from './check-state.ts';
import { fitSections, type Section } from './fit-sections.ts';
import { itemStanding, itemTitle, packetLines } from './item-words.ts';
import { inline } from './markdown-inline.ts';
import { failingItemMarkdown } from './markdown-item.ts';

/** GitHub takes 65,536 characters for a comment and 1 MiB for the summary of a step; this fits both with room to spare for a line of somebody else. */
export const LONGEST_MARKDOWN = 65_000;

/** A line that nobody sees, by which a program finds its own comment to replace it. */
const MARK = '<!-- rulesweep check -->';
const IN_JSON = 'the JSON document has everything';

/** For the comment on a pull request and the summary of a step: what must not get in first. Whole things or none: what does not fit is counted. */
export function checkMarkdown(result: CheckResult): string {
  const sections = [
    headSection(result),
    failingSection(result),
    otherSection(result),
    ...changeSections(result),
    ...flowSections(result),
    countSection(result),
    noteSection(result),
    diagnosticSection(result),
    footSection(result),
  ];
  return fitSections(
    sections.filter(({ heading, blocks }) => heading !== '' || blocks.length > 0),
    LONGEST_MARKDOWN,
  );
}

function headSection(result: CheckResult): Section {
  const { word, sentence } = checkState(result);
  const alert = { PASSED: 'NOTE', FAILED: 'CAUTION', INCOMPLETE: 'WARNING' }[word];
  return {
    heading: `## Firewall check: ${word}\n\n> [!${alert}]\n> **${inline(sentence, 2_000)}**`,
    blocks: result.complete ? [] : result.incompleteBecause.slice(1).map((reason) => `> - ${inline(reason, 500)}`),
    between: '\n',
    closing: (hidden) => notShown(hidden, 'more reason', 'more reasons'),
  };
}

function failingSection(result: CheckResult): Section {
  const items = failingItems(result);
  return {
    heading: items.length === 0 ? '' : `### Must not get in: ${formatCount(items.length)}`,
    blocks: items.map((item) => failingItemMarkdown(item, result.asOf)),
    between: '\n\n',
    closing: (hidden) => notShown(hidden, 'thing that must not get in', 'things that must not get in'),
  };
}

function otherSection(result: CheckResult): Section {
  const items = otherItems(result);
  const row = (item: Introduced) => [item.severity, itemTitle(item), formatSourceRef(item.sourceRef), itemStanding(item), item.message];
  return tableSection(
    `### Introduced too, without failing the check: ${formatCount(items.length)}`,
    ['severity', 'what', 'where', 'standing', 'why'],
    items.map(row),
    (hidden) => notShown(hidden, 'other thing', 'other things'),
  );
}

const MOST_AREAS = 10;
const MOST_REGIONS = 5;
const MOST_CASES = 4;

function changeSections({ policies, unchangedPolicies }: CheckResult): Section[] {
  if (policies.length === 0) return [];
  const unchanged = unchangedPolicies === 0 ? '' : `${formatQuantity(unchangedPolicies, 'policy', 'policies')} unchanged.`;
  return [
    {
      heading: '### What the change does to packets',
      blocks: policies.map(differenceMarkdown),
      between: '\n\n',
      closing: (hidden) => [notShown(hidden, 'changed policy', 'changed policies'), unchanged].filter((text) => text !== '').join(' '),
    },
  ];
}

function differenceMarkdown(difference: PolicyDifference): string {
  const { areas, areasOmitted, notes } = difference;
  const rules = summariseRules(difference);
  const hidden = Math.max(0, areas.length - MOST_AREAS) + (areasOmitted?.count ?? 0);
  const rows = areas.slice(0, MOST_AREAS).map((area) => {
    const cases = describeCases(area);
    const moreCases = cases.length > MOST_CASES ? [`and ${formatQuantity(cases.length - MOST_CASES, 'more case')}`] : [];
    return [
      isToldByCases(area) ? area.change : inline(`${area.change}: ${CHANGE_WORDS[area.change].meaning}`, 100),
      packetLines(area, MOST_REGIONS)
        .map((line) => inline(line, 1_000))
        .join('<br>'),
      [...cases.slice(0, MOST_CASES).map((sentence) => inline(sentence, 400)), ...moreCases].join('<br>'),
    ];
  });
  return [
    `**${inline(policyTitle(difference), 300)}**: ${inline(summariseDifference(difference), 400)}${rules === '' ? '' : ` (${rules})`}`,
    ...(rows.length === 0 ? [] : [[...tableHead(['change', 'packets', 'decided']), ...rows.map(tableRow)].join('\n')]),
    ...(hidden === 0 ? [] : [notShown(hidden, 'area', 'areas')]),
    ...(notes.length === 0
      ? []
      : [
          [
            ...notes.slice(0, 10).map((note) => `- ${inline(note, 400)}`),
            ...(notes.length > 10 ? [`- ${notShown(notes.length - 10, 'note', 'notes')}`] : []),
          ].join('\n'),
        ]),
  ].join('\n\n');
}

function flowSections({ flows }: CheckResult): Section[] {
  if (flows === null) return [];
  const { window, policies } = flows;
  const title = `### Logged connections in the changed packets, ${formatDay(window.from)} to ${formatDay(window.to)} (${formatQuantity(window.days, 'day')})`;
  return [
    policies.length === 0
      ? { heading: `${title}\n\nNone.`, blocks: [], between: '\n', closing: () => '' }
      : tableSection(
          title,
          ['policy', 'connections', 'accepted then, denied now', 'rejected then, permitted now', 'busiest'],
          policies.map(touchedRow),
          (hidden) => notShown(hidden, 'policy', 'policies'),
        ),
  ];
}

function touchedRow({ policy, certain, possible, acceptedNowDenied, rejectedNowPermitted, samples: [busiest] }: TouchedFlows): string[] {
  return [
    policy,
    certain === possible ? formatCount(possible) : `${formatCount(certain)} to ${formatCount(possible)}`,
    `at most ${formatCount(acceptedNowDenied)}`,
    `at most ${formatCount(rejectedNowPermitted)}`,
    busiest === undefined ? '' : `${busiest.flow}: ${formatCount(busiest.connections)}, ${busiest.change}`,
  ];
}

function countSection({ resolved, remaining }: CheckResult): Section {
  const text = `Findings there were before: resolved ${inline(describeCounts(resolved), 1_000)}; remaining ${inline(describeCounts(remaining), 1_000)}.`;
  return { heading: text, blocks: [], between: '\n', closing: () => '' };
}

function noteSection({ notes }: CheckResult): Section {
  return {
    heading: notes.length === 0 ? '' : '### Notes\n',
    blocks: notes.map((note) => `- ${inline(note, 1_000)}`),
    between: '\n',
    closing: (hidden) => notShown(hidden, 'note', 'notes'),
  };
}

function diagnosticSection({ diagnostics }: CheckResult): Section {
  const row = ({ severity, code, path, line, message, count }: Diagnostic) => [
    severity,
    `${code}${count === undefined ? '' : ` (${formatCount(count)} times)`}`,
    `${path ?? ''}${line === undefined ? '' : `:${line}`}`,
    message,
  ];
  return tableSection('### About the inputs', ['severity', 'code', 'where', 'what'], diagnostics.map(row), (hidden) =>
    notShown(hidden, 'diagnostic', 'diagnostics'),
  );
}

function footSection({ tool, asOf, failsOn }: CheckResult): Section {
  const kinds =
    failsOn.length === 0
      ? 'Nothing makes this check fail'
      : `Fails on ${failsOn.map((kind) => CHECK_KIND_WORDS[kind].title.toLowerCase()).join(', ')}`;
  const date = asOf === null ? '' : `, as of ${formatDay(asOf)}`;
  return {
    heading: `<sub>rulesweep ${inline(tool.version, 50)}${date}. ${kinds}.</sub>\n\n${MARK}`,
    blocks: [],
    between: '\n',
    closing: () => '',
  };
}

function tableSection(
  title: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
  closing: Section['closing'],
): Section {
  return {
    heading: rows.length === 0 ? '' : [title, '', ...tableHead(header)].join('\n'),
    blocks: rows.map((cells) => tableRow(cells.map((cell) => inline(cell, 500)))),
    between: '\n',
    closing,
  };
}

function tableHead(header: readonly string[]): string[] {
  return [tableRow(header), tableRow(header.map(() => '---'))];
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function notShown(hidden: number, one: string, several: string): string {
  return hidden === 0 ? '' : `${formatQuantity(hidden, one, several)} not shown: ${IN_JSON}.`;
}
