import { formatRuleRef } from '../../model/rule.ts';
import { gradeOfFinding } from '../finding-grade.ts';
import { formatCount } from '../number-format.ts';
import type { Summary } from '../summary.ts';
import { FINDING_KIND_WORDS } from '../words/finding-kinds.ts';
import { type Markup, markup } from './markup.ts';
import { STATIC_ROWS, type StaticColumn, staticTable } from './static-table.ts';

/** The open findings, readable without the script, which replaces the list by one that filters, sorts and opens. */
export function findingsSection({ open, settledCount }: Summary): Markup {
  const rows = open
    .slice(0, STATIC_ROWS)
    .map((finding) => [
      markup`${FINDING_KIND_WORDS[finding.kind].title}`,
      markup`<span class="badge ${finding.severity}">${finding.severity}</span>`,
      markup`<code>${formatRuleRef(finding)}</code>`,
      finding.explanation,
      markup`<span class="grade" title="${gradeOfFinding(finding).title}">${finding.evidence.grade}</span>`,
      markup`<code>${finding.id}</code>`,
    ]);
  const columns: readonly StaticColumn[] = [
    { label: 'Finding', kind: 'word' },
    { label: 'Severity', kind: 'word' },
    { label: 'Rule', kind: 'text' },
    { label: 'What was found', kind: 'text' },
    { label: 'Evidence', kind: 'word' },
    { label: 'Id', kind: 'word' },
  ];
  const settled = settledCount === 0 ? '' : ` ${formatCount(settledCount)} accepted or fixed ones are not listed.`;
  return markup`<section aria-labelledby="findings"><h2 id="findings">Findings</h2><p class="lead">Most severe first. Open a row for the evidence and what the plan does about it.${settled}</p>
<div class="card" id="finding-table">${staticTable(columns, rows, open.length, 'No open findings.')}</div></section>
<section aria-labelledby="rules"><h2 id="rules">Rules</h2><p class="lead">The whole population, in the order of evaluation. A count like 3–8 is a lower and an upper bound of the connections the rule decided.</p>
<div class="card" id="rule-table"><p class="empty">This table needs JavaScript. rules.csv holds the same rows.</p></div></section>`;
}
