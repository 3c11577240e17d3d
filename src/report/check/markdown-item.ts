import type { Introduced } from '../../model/check-result.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { visibleText } from '../escape/visible-text.ts';
import { CHECK_KIND_WORDS } from '../words/check-kinds.ts';
import { decisionEntry } from './decision-entry.ts';
import { describeClause, describeOpponents, itemStanding, itemTitle, packetLines } from './item-words.ts';
import { inline } from './markdown-inline.ts';

const LONGEST_RULE = 2_000;
const MOST_REGIONS = 6;

/** One thing that must not get in: what it is, why, the rule, where, which packets, and what accepting it would take. */
export function failingItemMarkdown(item: Introduced, asOf: string | null): string {
  const { severity, kind, message, asWritten, clause, packets, sourceRef, id } = item;
  const opponents = describeOpponents(item);
  return [
    `#### ${severity}: ${inline(itemTitle(item), 300)}`,
    inline(message, 2_000),
    ...(asWritten === '' ? [] : [codeBlock(asWritten, '')]),
    [
      `- **Where:** ${inline(formatSourceRef(sourceRef), 500)}`,
      `- **What it is:** ${inline(CHECK_KIND_WORDS[kind].meaning, 500)}`,
      `- **Cause:** ${inline(itemStanding(item), 200)}`,
      ...(opponents === '' ? [] : [`- **Against:** ${inline(opponents, 1_000)}`]),
      ...(clause === null ? [] : [`- **Guardrails:** ${inline(describeClause(clause), 500)}`]),
      ...(packets === null ? [] : packetMarkdown(packets)),
      `- **Id:** ${id}`,
    ].join('\n'),
    ...acceptance(item, asOf),
  ].join('\n\n');
}

function packetMarkdown(packets: NonNullable<Introduced['packets']>): string[] {
  return [
    '- **Packets:**',
    ...packetLines(packets, MOST_REGIONS).map((line) => `  - ${inline(line, 500)}`),
    `- **For example:** ${inline(packets.witness, 500)}`,
  ];
}

function acceptance(item: Introduced, asOf: string | null): string[] {
  const entry = decisionEntry(item, asOf);
  if (entry === null) return [];
  const summary = '<details><summary>If it has to stay: entry for the decisions file</summary>';
  return [summary, 'Below `decisions:`, with a reason and an owner:', codeBlock(null, 'yaml', entry), '</details>'];
}

/** The fence is longer than any run of backticks inside, so that nothing in it ends it. A text is cut visibly; lines are ours and escaped already. */
function codeBlock(text: string | null, language: string, lines: readonly string[] = []): string {
  const cut = text === null ? null : cutRule(text);
  const content = cut === null ? lines.join('\n') : cut;
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${content}\n${fence}`;
}

function cutRule(text: string): string {
  const characters = [...visibleText(text)];
  if (characters.length <= LONGEST_RULE) return characters.join('');
  return `${characters.slice(0, LONGEST_RULE).join('')}… (${characters.length - LONGEST_RULE} more characters: the JSON document has them)`;
}
