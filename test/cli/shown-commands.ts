/** One command of a page, with what the page says it prints. */
export interface ShownCommand {
  /** As a shell gets it: continued lines joined, the remark taken off. */
  readonly command: string;
  /** Of the page, from 1. */
  readonly line: number;
  /** 0 unless the command ends in `# exit N`. */
  readonly exitCode: number;
  /** null where the page shows no output. */
  readonly shown: string | null;
}

/**
 * The commands in the ```console blocks of a Markdown page that begin with `$ rulesweep` or `$ npm`; lines up to the next `$` are what they print
 * (standard output, then standard error). `…` stands for any text inside a line, and alone on a line for any lines.
 */
export function consoleCommands(page: string): readonly ShownCommand[] {
  const commands: ShownCommand[] = [];
  const lines = page.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    if (!/^\s*```console\s*$/.test(lines[index] ?? '')) continue;
    const end = lines.findIndex((line, at) => at > index && /^\s*```\s*$/.test(line));
    if (end < 0) throw new Error(`line ${index + 1}: the console block has no end`);
    commands.push(...commandsOfBlock(lines.slice(index + 1, end), index + 2));
    index = end;
  }
  return commands.filter(({ command }) => /^(?:rulesweep|npm)\b/.test(command));
}

function commandsOfBlock(lines: readonly string[], firstLine: number): ShownCommand[] {
  const starts = lines.flatMap((line, index) => (line.startsWith('$ ') ? [index] : []));
  return starts.map((start, number) => {
    let last = start;
    while (lines[last]?.endsWith('\\')) last += 1;
    const text = lines
      .slice(start, last + 1)
      .join('\n')
      .slice('$ '.length);
    const [, command = '', code = '0'] = /^([\s\S]*?)\s*(?:#\s*exit (\d+)\s*)?$/.exec(text) ?? [];
    const shown = lines
      .slice(last + 1, starts[number + 1] ?? lines.length)
      .join('\n')
      .trimEnd();
    return {
      command: command.replace(/\\\n\s*/g, ''),
      line: firstLine + start,
      exitCode: Number(code),
      shown: shown === '' ? null : shown,
    };
  });
}

/** Whether the output is what is shown, blanks at the ends of lines and empty lines at both ends aside. */
export function matchesShown(output: string, shown: string): boolean {
  const normalise = (text: string) => text.replace(/[ \t]+$/gm, '').replace(/^\n+|\n+$/g, '');
  const pattern = normalise(shown)
    .split('\n')
    .map((line) => (line.trim() === '…' ? '(?:.*\n)*?' : `${line.split('…').map(toPattern).join('.*?')}\n`))
    .join('');
  return new RegExp(`^${pattern}$`).test(`${normalise(output)}\n`);
}

function toPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
