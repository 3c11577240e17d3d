import type { ProgressEvent } from '../audit-request.ts';

/** One line on a terminal that says what a long run is doing, and that is gone when the run is over. */
export interface Progress {
  readonly show: (event: ProgressEvent) => void;
  readonly clear: () => void;
}

/** Shows nothing where nobody watches: without a terminal, in CI, or on a terminal that cannot erase a line. */
export function createProgress(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Progress {
  if (!stream.isTTY || isSet(environment['CI']) || environment['TERM'] === 'dumb') return { show: () => {}, clear: () => {} };
  let shown = '';
  const put = (line: string) => {
    if (line === shown) return;
    stream.write(`\r\u001b[2K${line}`);
    shown = line;
  };
  return { show: (event) => put(lineOf(event, stream.columns || 80)), clear: () => put('') };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

function lineOf({ stage, detail, fraction }: ProgressEvent, width: number): string {
  const percent = fraction === null ? '' : ` ${Math.floor(Math.min(1, Math.max(0, fraction)) * 100)} %`;
  // File names can hold anything, control characters included.
  const text = `${stage}${percent}${detail === '' ? '' : `: ${detail}`}`.replace(/\p{C}/gu, '?');
  return text.length < width ? text : `${text.slice(0, Math.max(0, width - 2))}…`;
}
