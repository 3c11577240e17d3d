import { Command, Option } from 'commander';
import { explain } from '../../explain.ts';
import { InterruptedError } from '../../model/errors.ts';
import type { Explanation } from '../../model/explanation.ts';
import { EXPLANATION_FORMATS, type ExplanationFormat, renderExplanation } from '../../report/explain/index.ts';
import type { Outcome } from '../exit.ts';
import type { Session } from '../session.ts';
import { wantsColor, writeStandardOutput } from '../standard-output.ts';

interface ExplainOptions {
  readonly rules?: readonly string[];
  readonly inventory?: readonly string[];
  readonly audit?: string;
  readonly interface?: string;
  readonly direction?: 'in' | 'out';
  readonly defaultAction?: 'permit' | 'deny';
  readonly format: ExplanationFormat;
}

const EXAMPLES = `
A packet is written in quotes: "protocol SOURCE[:PORT] -> DESTINATION[:PORT]", IPv6 in brackets, "icmp A -> B type 8 code 0".
A rule is POLICY/RULE, or a rule id that is unique; a finding is F-….

Examples:
  rulesweep explain "tcp 10.1.2.3:40000 -> 10.9.0.5:443" --rules exports/
  rulesweep explain "tcp 192.0.2.7 -> 10.9.0.5:22" --rules exports/ --interface eni-0a1b --direction in
  rulesweep explain sg-1:in/sgr-7 --rules exports/ --audit audit/audit.json
  rulesweep explain F-0123456789abcdef --audit audit/audit.json`;

/** `rulesweep explain`: who decides a packet and why, what a rule really does, what a finding rests on. */
export function explainCommand(session: Session, settle: (outcome: Outcome) => void): Command {
  return new Command('explain')
    .description('say who decides a packet and why, what a rule does, or what a finding rests on')
    .argument('<subject...>', 'a packet, POLICY/RULE, or the id of a finding')
    .option('--rules <path...>', 'rule exports: [format=]PATH[@T]')
    .option('--inventory <path...>', 'what the rules are attached to and refer to: [format=]PATH[@T]')
    .option('--audit <file>', 'the audit.json that holds the rule or finding')
    .option('--interface <id>', 'for a packet: only this interface')
    .addOption(new Option('--direction <direction>', 'for a packet: only this direction').choices(['in', 'out']))
    .addOption(new Option('--default-action <action>', 'for rule exports that state none').choices(['permit', 'deny']))
    .addOption(new Option('--format <format>', 'what goes to standard output').choices(EXPLANATION_FORMATS).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(async (words: readonly string[], options: ExplainOptions) => settle(await runExplain(words.join(' '), options, session)));
}

async function runExplain(subject: string, options: ExplainOptions, session: Session): Promise<Outcome> {
  const explanation = await explain({
    subject,
    rules: options.rules ?? [],
    inventory: options.inventory ?? [],
    audit: options.audit ?? null,
    interface: options.interface ?? null,
    direction: options.direction ?? null,
    defaultAction: options.defaultAction ?? null,
    onProgress: session.progress.show,
    signal: session.signal,
  });
  if (session.signal.aborted) throw new InterruptedError('interrupted');
  session.progress.clear();
  await writeStandardOutput(renderExplanation(explanation, options.format, { color: wantsColor(), width: process.stdout.columns || 100 }));
  const [incomplete] = explanation.incompleteBecause;
  return incomplete === undefined ? { code: 0, reason: summary(explanation) } : { code: 3, reason: `incomplete: ${incomplete}` };
}

function summary(explanation: Explanation): string {
  switch (explanation.subject) {
    case 'packet':
      return `${explanation.packet}: ${explanation.verdict ?? 'not judged'}`;
    case 'rule':
      return `rule ${explanation.ref.policy}/${explanation.ref.rule} explained${explanation.window === null ? '; no flow logs were given, so its use was not judged' : ''}`;
    case 'finding':
      return `finding ${explanation.finding.id} explained`;
  }
}
