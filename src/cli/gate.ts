import { type Finding, type FindingKind, type Severity, severitySchema } from '../model/finding.ts';

/** One `--fail-on`: fails when more than `limit` unsuppressed findings are of the kind, or of the severity and above. */
export interface Gate {
  readonly asWritten: string;
  readonly counts: { readonly kind: FindingKind } | { readonly severity: Severity };
  readonly limit: number;
}

/** @returns one sentence per gate that failed, in the given order; a finding that somebody accepted, or that is fixed, counts for none */
export function failedGates(gates: readonly Gate[], findings: readonly Finding[]): readonly string[] {
  const unsuppressed = findings.filter(({ status }) => status === 'new' || status === 'known' || status === 'regressed');
  return gates.flatMap((gate) => {
    const counted = unsuppressed.filter((finding) => isCounted(gate, finding)).length;
    if (counted <= gate.limit) return [];
    return [
      `gate ${gate.asWritten} failed: ${counted} ${counted === 1 ? 'finding' : 'findings'} ${criterion(gate)}, at most ${gate.limit} allowed`,
    ];
  });
}

function isCounted({ counts }: Gate, finding: Finding): boolean {
  if ('kind' in counts) return finding.kind === counts.kind;
  return severitySchema.options.indexOf(finding.severity) >= severitySchema.options.indexOf(counts.severity);
}

function criterion({ counts }: Gate): string {
  return 'kind' in counts ? `of kind ${counts.kind}` : `of severity ${counts.severity} or above`;
}
