import type { AuditResult } from '../../../model/audit-result.ts';
import { rollbackLoss } from './manifest.ts';
import type { Basis } from './select-changes.ts';
import type { Step } from './steps.ts';

/** `README.md` of a change set: what a person has to know before saying yes, and what to type then. */
export function approverReadme(result: AuditResult, id: string, steps: readonly Step[]): string {
  const groups = new Set(steps.map((step) => step.change.native.groupId));
  return `# Change set ${id}

${plural(steps.length, 'rule')} in ${plural(groups.size, 'security group')} ${steps.length === 1 ? 'goes' : 'go'}. No connection that is permitted today is refused afterwards: every rule here
is covered by rules that stay, can match nothing, or refers to a group that is gone. Proposed by ${result.tool.name} ${result.tool.version}${result.asOf === null ? '' : ` as of ${result.asOf}`}.

## Where

${accountLines(steps)}
Use credentials and a region in which these groups are visible. The scripts call \`aws ec2\` and nothing else of AWS; they need
\`ec2:DescribeSecurityGroupRules\`, \`ec2:DescribeStaleSecurityGroups\`, \`ec2:RevokeSecurityGroupIngress\`, \`ec2:RevokeSecurityGroupEgress\`, and for the
way back \`ec2:AuthorizeSecurityGroupIngress\`, \`ec2:AuthorizeSecurityGroupEgress\` and \`ec2:CreateTags\`.

## How

1. \`bash precheck.sh\` changes nothing. It stops with exit 3 when the live rules are not those of the export, 4 when a file here was altered.
2. \`bash apply.sh\` runs the pre-check and removes the rules one by one. It may be stopped anywhere: what is done by then is safe as it is.
3. \`bash rollback.sh\` creates the removed rules again, also after a part of step 2. Exit 2 means that all are back except references to groups that are gone.

\`AWS_CLI=/path/to/aws\` chooses another AWS CLI. Requests are the JSON files in \`apply/\` and \`rollback/\`; \`manifest.json\` says the same for machines.

## What

${steps.map(changeSection).join('\n')}`;
}

function accountLines(steps: readonly Step[]): string {
  const places = new Set(
    steps.map(
      ({ change }) =>
        `- account ${codeSpan(change.policy.account || 'not stated in the export')}, VPC ${codeSpan(change.policy.network || 'not stated in the export')}`,
    ),
  );
  return `${[...places].join('\n')}\n`;
}

function changeSection(step: Step): string {
  const { removal, rule, native, basis } = step.change;
  const reason = whyNothingIsLost(basis);
  return `### ${step.id}

- Removes: ${codeSpan(rule.asWritten)} from ${codeSpan(native.groupId)} (${native.direction === 'in' ? 'inbound' : 'outbound'}, rule ${codeSpan(removal.rule)})
- Description: ${native.peer.description === '' ? 'none' : codeSpan(native.peer.description)}
- Owner: ${rule.owner === '' ? 'not stated' : codeSpan(rule.owner)}; ticket: ${rule.ticket === '' ? 'not stated' : codeSpan(rule.ticket)}
- What changes: ${inline(removal.rationale.change)}
- Which signal asks for it: ${inline(removal.rationale.signal)} (${removal.because.join(', ')})
- How sure: ${inline(removal.rationale.confidence)}
- On whose authority: ${inline(removal.rationale.authority)}
- Why nothing is lost: ${reason}
${rollbackLoss(step)
  .map((loss) => `- Way back: ${inline(loss)}\n`)
  .join('')}`;
}

function whyNothingIsLost(basis: Basis): string {
  switch (basis.kind) {
    case 'duplicate':
      return `The copy ${codeSpan(basis.kept.rule.id)} stays; the pre-check looks that it is there.`;
    case 'covered':
      return `${basis.coverers.map(({ rule }) => codeSpan(rule.id)).join(', ')} permit${basis.coverers.length === 1 ? 's' : ''} all of it and stay${basis.coverers.length === 1 ? 's' : ''}; the pre-check looks for every one of them.`;
    case 'unmatchable':
      return 'No packet can match it; the pre-check looks that it is still what it was.';
    case 'stale-reference':
      return `It refers to ${codeSpan(basis.target)}; the pre-check asks EC2 whether that reference is still stale.`;
  }
}

/** Text from an export inside Markdown: control and direction characters made visible, and no backtick run that could end the span. */
export function codeSpan(text: string): string {
  const visible = makeVisible(text);
  const longest = Math.max(0, ...[...visible.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = visible.startsWith('`') || visible.endsWith('`') || visible === '' ? ' ' : '';
  return `${fence}${pad}${visible}${pad}${fence}`;
}

/** A sentence of ours that may quote an export: what Markdown or HTML would read as markup is escaped. */
function inline(text: string): string {
  return makeVisible(text).replace(/[\\`*_[\]<>|#&]/g, (character) => `\\${character}`);
}

function makeVisible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
