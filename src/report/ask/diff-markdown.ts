import type { ChangedArea, ChangedRule, PolicyDiff, PolicyDifference } from '../../model/policy-diff.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { markdownText } from '../escape/markdown-escape.ts';
import { markdownTable } from '../escape/markdown-table.ts';
import { formatCount, formatQuantity } from '../number-format.ts';
import { describeDecided, describeWhen } from './decision-words.ts';
import { areasOf, CHANGE_KINDS, CHANGE_WORDS, diffSentence, policySentence, policyTitle, RULE_GROUPS, ruleTitle } from './diff-words.ts';
import { describeCount } from './packet-part.ts';

const MOST_AREAS = 50;
const MOST_REGIONS = 8;
const MOST_RULES = 100;

/** The difference as it goes into a change ticket. Long lists are cut, and say so. */
export function diffMarkdown(diff: PolicyDiff): string {
  const sections = [
    '# Policy difference',
    `**${markdownText(diffSentence(diff))}**`,
    diff.complete ? '' : list(diff.incompleteBecause, '> **INCOMPLETE: this answer is missing something.**', '> - '),
    ...diff.policies.flatMap(policySections),
    list(diff.notes, '## Notes\n', '- '),
    '## Inputs',
    markdownTable(
      ['side', 'role', 'file', 'format', 'SHA-256'],
      diff.inputs.map(({ side, input }) => [side, input.role, input.path, input.format, input.sha256]),
    ),
    `rulesweep ${markdownText(diff.tool.version)}`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function policySections(policy: PolicyDifference): string[] {
  const { areasOmitted, rulesOmitted } = policy;
  const packets = areasOmitted === null ? '' : describeCount(areasOmitted.packets);
  return [
    `## Policy ${markdownText(policyTitle(policy))}`,
    markdownText(policySentence(policy)),
    list(policy.notes, '', '- '),
    ...CHANGE_KINDS.map((kind) => {
      const areas = areasOf(policy, kind);
      if (areas.length === 0) return '';
      const { title, meaning } = CHANGE_WORDS[kind];
      const cut = cutSentence(areas.length, MOST_AREAS);
      return `### ${title}: ${meaning}\n\n${markdownTable(['packets', 'if', 'before', 'after', 'example'], areas.slice(0, MOST_AREAS).flatMap(areaRows))}${cut}`;
    }),
    areasOmitted === null ? '' : `Left out: ${formatQuantity(areasOmitted.count, 'more area')}${packets === '' ? '' : ` (${packets})`}.`,
    ...RULE_GROUPS.map(({ changesPackets, title }) => {
      const rules = policy.rules.filter((rule) => rule.changesPackets === changesPackets);
      if (rules.length === 0) return '';
      return `### ${title}\n\n${markdownTable(['change', 'rule', 'before', 'after'], rules.slice(0, MOST_RULES).map(ruleRow))}${cutSentence(rules.length, MOST_RULES)}`;
    }),
    rulesOmitted === 0 ? '' : `Left out: ${formatQuantity(rulesOmitted, 'more changed rule')}.`,
  ];
}

/** One row for each case. */
function areaRows({ regions, regionsOmitted, count, cases, witness }: ChangedArea): string[][] {
  const shown = regions.slice(0, MOST_REGIONS);
  const hidden = regions.length - shown.length + regionsOmitted;
  const number = describeCount(count);
  const packets = `${shown.join('; ')}${hidden === 0 ? '' : ` and ${formatQuantity(hidden, 'more region')}`}${number === '' ? '' : ` (${number})`}`;
  return cases.map(({ when, before, after }, index) => [
    index === 0 ? packets : 'the same packets',
    when.length === 0 ? '' : describeWhen(when),
    describeDecided(before),
    describeDecided(after),
    index === 0 ? witness : '',
  ]);
}

function ruleRow(rule: ChangedRule): string[] {
  const side = (of: ChangedRule['before']): string => (of === null ? '' : `${of.asWritten} (${formatSourceRef(of.sourceRef)})`);
  return [rule.change, ruleTitle(rule), side(rule.before), side(rule.after)];
}

function cutSentence(total: number, most: number): string {
  return total > most ? `\n\nThe first ${formatCount(most)} of ${formatCount(total)}; the rest is in the JSON answer.` : '';
}

function list(sentences: readonly string[], lead: string, mark: string): string {
  if (sentences.length === 0) return lead.startsWith('>') ? lead : '';
  return [...(lead === '' ? [] : [lead]), ...sentences.map((sentence) => `${mark}${markdownText(sentence)}`)].join('\n');
}
