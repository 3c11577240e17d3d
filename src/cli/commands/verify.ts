import { Command, Option } from 'commander';
import { type Verification, verify } from '../../verify.ts';
import type { Outcome } from '../exit.ts';
import type { Session } from '../session.ts';
import { writeStandardOutput } from '../standard-output.ts';

interface VerifyOptions {
  readonly rules: readonly string[];
  readonly inventory?: readonly string[];
  readonly proofs?: string;
  readonly defaultAction?: 'permit' | 'deny';
}

/** More problems than these are counted, not printed. */
const MOST_PROBLEMS = 20;

const PROOF_WORDS = {
  partition: 'findings proved by cases',
  comparison: 'copies proved equal to the rule that is kept',
  overlap: 'findings shown by packets that an earlier rule decides',
  merge: 'rules that one rule could stand for',
  witness: 'packets that reach their rule',
  'removal-set': 'policies whose planned removals are named',
  removal: 'steps of the plan that change nothing',
} as const;

const EXAMPLES = `
The rules are read again and every proof is evaluated on them, by code that has nothing in common with what found it. Dates of the files are taken from the audit.

Exit code 0: every proof holds. 3: the files are not those of the audit. 4: a proof or hash does not hold.

Example:
  rulesweep verify audit/audit.json --rules security-groups.json --inventory interfaces.json`;

/** `rulesweep verify`: whether what an audit claims is so. */
export function verifyCommand(session: Session, settle: (outcome: Outcome) => void): Command {
  return new Command('verify')
    .description('check the proofs of an audit against the rules, independently')
    .argument('<audit.json>', 'written by rulesweep audit --out')
    .requiredOption('--rules <path...>', 'the rule exports of the audit: [format=]PATH[@T]')
    .option('--inventory <path...>', 'its inventories: [format=]PATH[@T]')
    .option('--proofs <file>', 'the proofs (default: proofs.jsonl beside audit.json)')
    .addOption(new Option('--default-action <action>', 'as the audit was given it').choices(['permit', 'deny']))
    .addHelpText('after', EXAMPLES)
    .action(async (audit: string, options: VerifyOptions) => settle(await runVerify(audit, options, session)));
}

async function runVerify(audit: string, options: VerifyOptions, session: Session): Promise<Outcome> {
  const verification = await verify({
    audit,
    proofs: options.proofs ?? null,
    rules: options.rules,
    inventory: options.inventory ?? [],
    defaultAction: options.defaultAction ?? null,
    onProgress: session.progress.show,
    signal: session.signal,
  });
  session.progress.clear();
  if (verification.kind === 'stale') return reportStale(verification.reasons, session);
  await writeStandardOutput(toText(verification));
  return outcomeOf(verification);
}

function reportStale(reasons: readonly string[], session: Session): Outcome {
  for (const reason of reasons.slice(0, MOST_PROBLEMS)) session.say(`stale base: ${reason}`);
  const more = reasons.length === 1 ? '' : ` (and ${reasons.length - 1} more)`;
  return { code: 3, reason: `stale base: ${reasons[0] ?? ''}${more}` };
}

type Checked = Extract<Verification, { readonly kind: 'checked' }>;

function toText({ held, facts, voided, problems }: Checked): string {
  const width = Math.max(...Object.values(held), facts).toLocaleString('en-US').length;
  const line = (count: number, words: string): string => `  ${count.toLocaleString('en-US').padStart(width)}  ${words}\n`;
  const shown = problems.slice(0, MOST_PROBLEMS);
  return [
    'Proofs that hold\n',
    ...Object.entries(PROOF_WORDS).map(([type, words]) => line(held[type as keyof typeof PROOF_WORDS], `${type.padEnd(11)}  ${words}`)),
    line(facts, `${'fact'.padEnd(11)}  findings that the rules state themselves`),
    ...(voided.length === 0 ? [] : ['\nVoid\n', ...voided.map((sentence) => `  ${sentence}\n`)]),
    ...(shown.length === 0 ? [] : ['\nDoes not hold\n', ...shown.map((sentence) => `  ${sentence}\n`)]),
    ...(problems.length > shown.length ? [`  and ${problems.length - shown.length} more\n`] : []),
  ].join('');
}

function outcomeOf({ held, facts, voided, problems }: Checked): Outcome {
  const [first] = problems;
  if (first !== undefined) {
    return { code: 4, reason: `${problems.length} ${problems.length === 1 ? 'claim does' : 'claims do'} not hold; the first: ${first}` };
  }
  const count = Object.values(held).reduce((sum, each) => sum + each, 0);
  const gone =
    voided.length === 0
      ? ''
      : `; nothing is proven about ${voided.length} ${voided.length === 1 ? 'policy' : 'policies'}, whose device counters contradict it`;
  return { code: 0, reason: `${count.toLocaleString('en-US')} proofs and ${facts.toLocaleString('en-US')} facts hold${gone}` };
}
