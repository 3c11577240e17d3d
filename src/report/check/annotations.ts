import type { CheckResult, Introduced } from '../../model/check-result.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { fitText } from '../escape/visible-text.ts';
import { type WorkflowCommand, workflowCommand } from '../escape/workflow-command.ts';
import { formatQuantity } from '../number-format.ts';
import { CHECK_KIND_WORDS } from '../words/check-kinds.ts';
import { checkState } from './check-state.ts';
import { describeClause, itemStanding, itemTitle, packetLines } from './item-words.ts';

/** GitHub shows this many annotations of each level from one step, and drops the others without a word. */
const MOST_PER_LEVEL = 10;
const LONGEST_TITLE = 200;
const LONGEST_SENTENCE = 1_000;

/**
 * Workflow commands for GitHub Actions, one line each: what fails as errors, what is new beside it and what is wrong with the inputs as warnings, what somebody
 * accepted as notices. The last line is a notice with the outcome; it counts what GitHub would not show.
 */
export function checkAnnotations(result: CheckResult): string {
  const wanted: readonly WorkflowCommand[] = [
    ...incompleteCommands(result),
    ...result.introduced.map(itemCommand),
    ...result.diagnostics.flatMap(diagnosticCommand),
  ];
  const shown = [
    ...wanted.filter(({ level }) => level === 'error').slice(0, MOST_PER_LEVEL),
    ...wanted.filter(({ level }) => level === 'warning').slice(0, MOST_PER_LEVEL),
    ...wanted.filter(({ level }) => level === 'notice').slice(0, MOST_PER_LEVEL - 1),
  ];
  return `${[...shown, outcomeCommand(result, wanted.length - shown.length)].map(workflowCommand).join('\n')}\n`;
}

function incompleteCommands({ complete, incompleteBecause }: CheckResult): WorkflowCommand[] {
  if (complete) return [];
  const sentences = incompleteBecause.length === 0 ? ['No reason was recorded.'] : incompleteBecause;
  return [
    { level: 'error', file: null, line: null, title: 'Firewall check: incomplete', sentences: sentences.slice(0, 10).map(fitSentence) },
  ];
}

function itemCommand(item: Introduced): WorkflowCommand {
  const { kind, status, fails, asWritten, clause, packets, ruleKey, sourceRef } = item;
  const level = fails ? 'error' : status === 'accepted' || status === 'known' ? 'notice' : 'warning';
  const inRepository = isRelative(sourceRef.path);
  const sentences = [
    item.message,
    `${CHECK_KIND_WORDS[kind].meaning} Cause: ${itemStanding(item)}.`,
    ...(asWritten === '' ? [] : [`As written: ${asWritten}`]),
    ...(clause === null ? [] : [`Guardrails: ${describeClause(clause)}`]),
    ...(packets === null ? [] : [`Packets: ${packetLines(packets, 3).join('; ')}. For example ${packets.witness}`]),
    ...(inRepository ? [] : [`In ${sourceRef.path}${sourceRef.line === undefined ? '' : `, line ${sourceRef.line}`}`]),
    ...(ruleKey === null ? [] : [`Rule key: ${ruleKey}`]),
  ];
  return { level, ...placeOf(sourceRef), title: fitText(itemTitle(item), LONGEST_TITLE), sentences: sentences.map(fitSentence) };
}

function diagnosticCommand({ severity, code, message, path, line, count }: Diagnostic): WorkflowCommand[] {
  if (severity === 'info') return [];
  const times = count === undefined ? '' : ` (${formatQuantity(count, 'time')})`;
  const place = path === undefined ? { file: null, line: null } : placeOf({ path, line });
  return [{ level: 'warning', ...place, title: `${code}${times}`, sentences: [fitSentence(message)] }];
}

function outcomeCommand(result: CheckResult, hidden: number): WorkflowCommand {
  const { word, sentence } = checkState(result);
  const more =
    hidden === 0
      ? []
      : [
          `${formatQuantity(hidden, 'more annotation')} not shown, because GitHub takes ${MOST_PER_LEVEL} of each level: the JSON document (--out FILE.json) has everything.`,
        ];
  return {
    level: 'notice',
    file: null,
    line: null,
    title: `Firewall check: ${word.toLowerCase()}`,
    sentences: [fitSentence(sentence), ...more],
  };
}

/** GitHub can show only files of the repository beside their lines. */
function placeOf({ path, line }: { readonly path: string; readonly line?: number | undefined }): Pick<WorkflowCommand, 'file' | 'line'> {
  return isRelative(path) ? { file: path.replace(/^(?:\.\/)+/, ''), line: line ?? null } : { file: null, line: null };
}

function isRelative(path: string): boolean {
  return path !== '-' && !/^(?:[\\/]|[A-Za-z]:|\.git\/|(?:\.\/)*\.\.(?:\/|$))/.test(path);
}

function fitSentence(text: string): string {
  return fitText(text, LONGEST_SENTENCE);
}
