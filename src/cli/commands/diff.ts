import { Command, Option } from 'commander';
import { diff } from '../../diff.ts';
import { InterruptedError } from '../../model/errors.ts';
import type { PolicyDiff } from '../../model/policy-diff.ts';
import { countKinds, DIFF_FORMATS, type DiffFormat, renderDiff } from '../../report/ask/index.ts';
import type { Outcome } from '../exit.ts';
import type { Session } from '../session.ts';
import { wantsColor, writeStandardOutput } from '../standard-output.ts';

interface DiffOptions {
  readonly to: readonly string[];
  readonly inventory?: readonly string[];
  readonly defaultAction?: 'permit' | 'deny';
  readonly format: DiffFormat;
}

const EXAMPLES = `
The two sides may come from different platforms. Policies are compared by what they do with packets, not by their text.

Examples:
  rulesweep diff before/ --to after/
  rulesweep diff acl.json --to acl-new.json --inventory inventory/ --format md`;

/** `rulesweep diff`: which packets a change of rules permits, denies or treats otherwise. */
export function diffCommand(session: Session, settle: (outcome: Outcome) => void): Command {
  return new Command('diff')
    .description('say which packets change verdict or effect between two versions of the rules')
    .argument('<old...>', 'rule exports before the change: [format=]PATH[@T]')
    .requiredOption('--to <path...>', 'rule exports after it: [format=]PATH[@T]')
    .option('--inventory <path...>', 'what the rules of both sides are attached to and refer to: [format=]PATH[@T]')
    .addOption(new Option('--default-action <action>', 'for rule exports that state none').choices(['permit', 'deny']))
    .addOption(new Option('--format <format>', 'what goes to standard output').choices(DIFF_FORMATS).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(async (before: readonly string[], options: DiffOptions) => settle(await runDiff(before, options, session)));
}

async function runDiff(before: readonly string[], options: DiffOptions, session: Session): Promise<Outcome> {
  const difference = await diff({
    before,
    after: options.to,
    inventory: options.inventory ?? [],
    defaultAction: options.defaultAction ?? null,
    onProgress: session.progress.show,
    signal: session.signal,
  });
  if (session.signal.aborted) throw new InterruptedError('interrupted');
  session.progress.clear();
  await writeStandardOutput(renderDiff(difference, options.format, { color: wantsColor(), width: process.stdout.columns || 100 }));
  const [incomplete] = difference.incompleteBecause;
  return incomplete === undefined ? { code: 0, reason: summary(difference) } : { code: 3, reason: `incomplete: ${incomplete}` };
}

/** `2 policies differ: widened in 1`. */
function summary({ equal, policies, unchangedPolicies }: PolicyDiff): string {
  const count = (number: number): string => `${number} ${number === 1 ? 'policy' : 'policies'}`;
  if (equal === true) return `equal: no packet changes in ${count(policies.length + unchangedPolicies)}`;
  const changed = policies.filter((policy) => policy.equal === false);
  if (changed.length === 0) return 'not decided: the comparison exceeds its budget';
  const kinds = countKinds(changed);
  return `${count(changed.length)} ${changed.length === 1 ? 'differs' : 'differ'}${kinds === '' ? '' : `: ${kinds}`}`;
}
