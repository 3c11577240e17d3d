import type { Coverer, Finding } from '../model/finding.ts';
import { formatRuleRef } from '../model/rule.ts';
import { formatPercent } from './number-format.ts';

/** The rules that decide its packets, with their share where it is known: `acl-1:in/10 (25 %)`. */
export function describeCoverers(finding: Finding): string[] {
  return finding.coveredBy.map((coverer) => `${formatRuleRef(coverer)}${describeShare(coverer)}`);
}

/** A share is rounded down: one of zero with packets in it is small, not nothing. */
function describeShare({ share, packets }: Coverer): string {
  if (share === null) return '';
  const isTiny = Number(share) === 0 && packets !== null && packets !== '0';
  return ` (${isTiny ? '< 0.1 %' : formatPercent(share)})`;
}

/** The parts that carried nothing, beside those that did: `service: nothing on tcp/80 (used: tcp/443)`. */
export function describeUnusedParts(finding: Finding): string[] {
  return (finding.unusedParts ?? []).map((part) => {
    const used = part.usedValues.length === 0 ? '' : ` (used: ${part.usedValues.join(', ')})`;
    return `${part.axis}: nothing on ${part.values.join(', ')}${used}`;
  });
}
