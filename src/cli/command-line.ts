import { Command, CommanderError } from 'commander';
import { UsageError } from '../model/errors.ts';
import { version } from '../version.ts';
import { auditCommand } from './commands/audit.ts';
import { checkCommand } from './commands/check.ts';
import { demoCommand } from './commands/demo.ts';
import { diffCommand } from './commands/diff.ts';
import { explainCommand } from './commands/explain.ts';
import { formatsCommand } from './commands/formats.ts';
import { initCommand } from './commands/init.ts';
import { queryCommand } from './commands/query.ts';
import { reportCommand } from './commands/report.ts';
import { requestCommand } from './commands/request.ts';
import { verifyCommand } from './commands/verify.ts';
import { EXIT_CODES, type Outcome } from './exit.ts';
import type { Session } from './session.ts';

/** Commands of the contract that later releases bring. */
const LATER_COMMANDS = ['ingest', 'plan'];

const HELP = `
Exit codes:
${EXIT_CODES.map(({ code, meaning }) => `  ${String(code).padEnd(5)}${meaning}`).join('\n')}
The last line on standard error says why.

Examples:
  rulesweep demo --out demo
  rulesweep formats aws-vpc
  rulesweep audit --rules exports/ --flows logs/ --out audit`;

/**
 * Parses the arguments and runs the command they name.
 *
 * @returns null when only help or the version was asked for
 * @throws {UsageError} for arguments that cannot be understood; whatever the command throws
 */
export async function runCommandLine(args: readonly string[], session: Session): Promise<Outcome | null> {
  refuseLaterCommands(args);
  let outcome: Outcome | null = null;
  const program = buildProgram(session, (settled) => {
    outcome = settled;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw new UsageError(usageMessage(error), { cause: error });
  }
  return outcome;
}

/** Options before the command have no values, so that the first word without a dash is the command, or the one help is asked for. */
function refuseLaterCommands(args: readonly string[]): void {
  const [first, second] = args.filter((arg) => !arg.startsWith('-'));
  const wanted = first === 'help' ? second : first;
  if (wanted === undefined || !LATER_COMMANDS.includes(wanted)) return;
  throw new UsageError(`rulesweep ${version} does not have the command ${wanted} yet; rulesweep --help lists what it has`);
}

function buildProgram(session: Session, settle: (outcome: Outcome) => void): Command {
  const program = new Command('rulesweep')
    .description(
      'Says which firewall rules nobody needs, proves it, and writes the change that removes them.\nReads files; needs no network, no agent and no credentials.',
    )
    .version(version, '-V, --version')
    .helpCommand(true)
    .exitOverride()
    // The reason is the last line on stderr, and said once.
    .configureOutput({ outputError: () => {} })
    .addHelpText('after', HELP);
  const commands = [
    auditCommand(session, settle),
    reportCommand(session, settle),
    explainCommand(session, settle),
    queryCommand(session, settle),
    diffCommand(session, settle),
    requestCommand(session, settle),
    checkCommand(session, settle),
    verifyCommand(session, settle),
    demoCommand(session, settle),
    formatsCommand(settle),
    initCommand(session, settle),
  ];
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  return program;
}

/** Commander says "error: …" over several lines, and shows the whole help on stderr where no command was given. */
function usageMessage(error: CommanderError): string {
  if (error.code === 'commander.help') return 'no command was given';
  return error.message
    .replace(/^error: /, '')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '');
}
