import { describe, expect, test, vi } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { outcomeOfError } from '../../src/cli/exit.ts';
import { version } from '../../src/version.ts';

/** The reason for which the arguments are refused; a command that is run after all would end the test. */
async function refusal(...args: readonly string[]): Promise<string> {
  const session = { signal: new AbortController().signal, progress: { show: () => {}, clear: () => {} }, say: () => {} };
  // Without a command the help goes to stderr.
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const outcome = await runCommandLine(args, session);
    throw new Error(`not refused: ${JSON.stringify(outcome)}`);
  } catch (error) {
    const { code, reason, stack } = outcomeOfError(error);
    expect({ code, stack }, reason).toEqual({ code: 2, stack: null });
    return reason;
  } finally {
    stderr.mockRestore();
  }
}

const audit = ['audit', '--rules', 'no-such-file.csv'];

describe('wrong usage ends with 2 and is explained before anything is read', () => {
  test.each([
    ['no command', [], /^no command was given$/],
    ['an unknown option', [...audit, '--flow', 'x'], /^unknown option '--flow' \(Did you mean --flows\?\)$/],
    ['no rules', ['audit'], /^required option '--rules/],
    ['rules without a value', ['audit', '--rules'], /argument missing/],
    ['a stray argument', ['audit', 'extra', '--rules', 'x'], /^too many arguments/],
    ['an unknown output format', [...audit, '--format', 'pdf'], /pdf.*Allowed choices are text, json/],
    ['an unknown default action', [...audit, '--default-action', 'drop'], /drop.*Allowed choices are permit, deny/],
    ['a day that does not exist', [...audit, '--from', '2026-02-30'], /^--from 2026-02-30 is not a time/],
    [
      'a window that ends before it begins',
      [...audit, '--from', '2026-02-01', '--to', '2026-01-01'],
      /^--from 2026-02-01.* is not before --to 2026-01-01/,
    ],
    ['an unknown gate', [...audit, '--fail-on', 'unused', 'dead'], /^--fail-on dead/],
    ['a strange amount of memory', [...audit, '--memory', 'much'], /^--memory much/],
    ['half a thread', [...audit, '--threads', '0.5'], /^--threads 0\.5/],
    ['an option of a later release', [...audit, '--counters', 'x'], /^unknown option '--counters'/],
    ['an output folder that is a file', [...audit, '--out', 'package.json'], /package\.json is a file/],
    ['an output folder below a file', [...audit, '--out', 'package.json/out'], /package\.json\/out lies below a file/],
    ['an output folder without a name', [...audit, '--out', ''], /^--out needs the name of a folder$/],
    ['an unknown format', ['formats', 'abacus'], /^there is no format abacus; there are aws/],
    ['a guardrails file without a name', ['init', '--out', ''], /^--out needs the name of a file, or - for standard output$/],
    ['a query without rules', ['query', 'tcp any -> any'], /^required option '--rules/],
    [
      'a query in a format for another answer',
      ['query', 'tcp any -> any', '--rules', 'x', '--format', 'md'],
      /Allowed choices are text, json, csv/,
    ],
    ['a picture without a matrix', ['query', '--rules', 'x', '--svg', 'x.svg'], /^--svg is the picture of a matrix; give --matrix too$/],
    ['a comparison of one side', ['diff', 'rules.csv'], /^required option '--to/],
    ['a check of nothing', ['check', '--base', 'x'], /^required option '--head/],
    ['a check without a base', ['check', '--head', 'x'], /^--base PATH is missing: .*--no-base$/],
    ['a request for nothing', ['request', '--rules', 'rules.csv'], /^missing required argument 'region'/],
    ['a request as of no day', ['request', 'tcp any -> any', '--rules', 'rules.csv', '--as-of', 'soon'], /^--as-of soon is not a time/],
    ['a report without outputs', ['report', 'audit.json'], /^required option '-o/],
    ['a report of an unknown suffix', ['report', 'audit.json', '-o', 'x.pdf'], /x\.pdf/],
  ])('%s', async (_what, args, reason) => {
    expect(await refusal(...args)).toMatch(reason);
  });

  test.each(['ingest', 'plan'])('%s, which this release does not have yet', async (command) => {
    const reason = `rulesweep ${version} does not have the command ${command} yet; rulesweep --help lists what it has`;
    expect(await refusal(command, '--rules', 'x')).toBe(reason);
    expect(await refusal(command, '--help')).toBe(reason);
    expect(await refusal('help', command)).toBe(reason);
  });
});
