import type { ProvenAudit } from '../audit.ts';
import type { AuditResult } from '../model/audit-result.ts';
import { InterruptedError } from '../model/errors.ts';
import { type OutputFormat, rendererForFormat } from '../report/renderers/index.ts';
import { AUDIT_FILES, toAuditFiles } from './audit-files.ts';
import { decisiveOutcome, type Outcome } from './exit.ts';
import { failedGates, type Gate } from './gate.ts';
import type { Session } from './session.ts';
import { wantsColor, writeStandardOutput } from './standard-output.ts';
import { writeFolder } from './write-folder.ts';

/** Where a result goes and what it is measured by. */
export interface Delivery {
  readonly format: OutputFormat;
  /** null: nothing is written. */
  readonly out: { readonly folder: string; readonly asNamed: string } | null;
  readonly gates: readonly Gate[];
}

/** Writes the folder, prints the result, says on stderr what is wrong with it, and gives the outcome of the run. */
export async function deliverAudit({ result, proofs }: ProvenAudit, delivery: Delivery, session: Session): Promise<Outcome> {
  const outDir = delivery.out?.asNamed ?? null;
  if (session.signal.aborted) throw new InterruptedError('interrupted');
  session.progress.show({ stage: 'report', detail: outDir ?? '', fraction: null });
  const printed = rendererForFormat(delivery.format).render(result, {
    color: wantsColor(),
    width: process.stdout.columns || 100,
    outDir,
  });
  if (delivery.out !== null) await writeFolder(delivery.out.folder, await toAuditFiles(result, proofs), AUDIT_FILES, session.signal);
  session.progress.clear();
  await writeStandardOutput(printed);
  const outcomes = [
    ...incompleteness(result),
    ...failedGates(delivery.gates, result.findings).map((reason): Outcome => ({ code: 1, reason })),
  ];
  for (const { reason } of outcomes) session.say(reason);
  return decisiveOutcome({ code: 0, reason: summary(result, outDir) }, ...outcomes);
}

function incompleteness(result: AuditResult): readonly Outcome[] {
  if (result.complete) return [];
  const sentences = result.incompleteBecause.length === 0 ? ['no reason was recorded'] : result.incompleteBecause;
  return sentences.map((sentence) => ({ code: 3, reason: `incomplete: ${sentence}` }));
}

function summary(result: AuditResult, outDir: string | null): string {
  const ruleCount = result.policies.reduce((sum, { rules }) => sum + rules.length, 0);
  const done = `${count(ruleCount, 'rule')} in ${count(result.policies.length, 'policy', 'policies')} audited, ${count(result.findings.length, 'finding')}`;
  const judged =
    result.window === null
      ? 'no flow logs were given, so the use of the rules was not judged'
      : `${count(result.window.days, 'day')} of traffic`;
  return [done, judged, ...(outDir === null ? [] : [`written to ${outDir}`])].join('; ');
}

function count(number: number, one: string, several = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : several}`;
}
