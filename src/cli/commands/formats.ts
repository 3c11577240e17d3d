import { Command } from 'commander';
import { type FormatListing, listFormats } from '../../formats.ts';
import { UsageError } from '../../model/errors.ts';
import type { Outcome } from '../exit.ts';
import { writeStandardOutput } from '../standard-output.ts';

/** `rulesweep formats`: what can be read, and the vendor commands that produce it. */
export function formatsCommand(settle: (outcome: Outcome) => void): Command {
  return new Command('formats')
    .description('list what can be read; with a name, the vendor commands that produce it')
    .argument('[format]', 'a name in the list, or what several names begin with')
    .action(async (name: string | undefined) => settle(await (name === undefined ? listAll() : describeOne(name))));
}

async function listAll(): Promise<Outcome> {
  const formats = listFormats();
  const width = Math.max(...formats.map(({ name }) => name.length));
  await writeStandardOutput(
    `${formats.map(({ name, options, title }) => `${name.padEnd(width)}  ${options.join(' ').padEnd(19)}  ${title}`).join('\n')}\n`,
  );
  return { code: 0, reason: `${formats.length} formats; rulesweep formats FORMAT shows how to get the files` };
}

async function describeOne(name: string): Promise<Outcome> {
  const formats = listFormats();
  const exact = formats.filter((format) => format.name === name);
  const found = exact.length > 0 ? exact : formats.filter((format) => format.name.startsWith(`${name}-`));
  if (found.length === 0)
    throw new UsageError(`there is no format ${name}; there are ${[...new Set(formats.map((format) => format.name))].join(', ')}`);
  await writeStandardOutput(found.map(describe).join('\n'));
  return { code: 0, reason: `format ${name} described` };
}

function describe({ name, title, options, vendorCommands }: FormatListing): string {
  const commands = vendorCommands.map(({ produces, command }) => `\n# ${produces}\n${command}\n`);
  return `${name}: ${title}\nUsed as ${options.map((option) => `${option} PATH`).join(', ')}.\n${commands.join('')}`;
}
