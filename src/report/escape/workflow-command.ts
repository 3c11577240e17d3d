import { visibleText } from './visible-text.ts';

/** What a workflow command of GitHub Actions says, and where. Parts that are null are left out. */
export interface WorkflowCommand {
  readonly level: 'error' | 'warning' | 'notice';
  readonly file: string | null;
  readonly line: number | null;
  readonly title: string;
  /** Each becomes a line of the message. */
  readonly sentences: readonly string[];
}

/** One line that a runner reads as an annotation: `::error file=rules.csv,line=3,title=any-any::…`. Nothing in the texts can end it or begin another. */
export function workflowCommand({ level, file, line, title, sentences }: WorkflowCommand): string {
  const properties = [
    ...(file === null ? [] : [`file=${toProperty(file)}`]),
    ...(line === null ? [] : [`line=${line}`]),
    `title=${toProperty(title)}`,
  ];
  return `::${level} ${properties.join(',')}::${sentences.map(toData).join('%0A')}`;
}

function toData(text: string): string {
  return visibleText(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function toProperty(text: string): string {
  return toData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
