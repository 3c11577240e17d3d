import type { AuditResult, Conservation } from '../../model/audit-result.ts';
import { formatCount } from '../number-format.ts';
import type { Summary } from '../summary.ts';
import { stackedBar } from './charts.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { STATIC_ROWS, type StaticColumn, staticTable } from './static-table.ts';

/** Where every logged connection went: per interface the terms add up, and what no rule explains is shown. */
export function trafficSection({ traffic }: AuditResult, { logs }: Summary): Markup {
  if (traffic === null) return NOTHING;
  const flows = traffic.unexplainedFlows.slice(0, STATIC_ROWS);
  const unexplained = flows.map((flow) => [
    markup`<code>${flow.flow}</code>`,
    `${flow.attachment} ${flow.direction ?? ''}`,
    flow.loggedAction || 'no action',
    formatCount(flow.connections),
    flow.reason,
  ]);
  const flowColumns: readonly StaticColumn[] = [
    { label: 'Flow', kind: 'text' },
    { label: 'Interface', kind: 'text' },
    { label: 'Logged', kind: 'word' },
    { label: 'Connections', kind: 'number' },
    { label: 'Why', kind: 'text' },
  ];
  const apart = [
    `${formatCount(traffic.unattributable)} on interfaces without known rules${traffic.unattributableAttachments.length === 0 ? '' : ` (${listSome(traffic.unattributableAttachments)})`}`,
    `${formatCount(traffic.unexplained)} no rule explains`,
    `${formatCount(traffic.outsideWindow)} outside the window`,
  ].join(', ');
  const skipped =
    logs === null || logs.skippedByReason.length === 0
      ? ''
      : ` (${logs.skippedByReason.map(([reason, count]) => `${reason} ${formatCount(count)}`).join(', ')})`;
  const records =
    logs === null
      ? ''
      : `${formatCount(logs.records)} records read = ${formatCount(logs.accepted)} accepted + ${formatCount(logs.skipped)} skipped${skipped}. `;
  return markup`<section aria-labelledby="traffic"><h2 id="traffic">Traffic</h2><p class="lead">${records}${formatCount(traffic.connections)} connections; of these ${apart}.</p>
<ul class="legend above">${SHARES.map((share) => markup`<li><span class="swatch tone-${share.tone}"></span>${share.label}</li>`)}</ul>
<div class="card">${conservationTable(traffic.conservation)}</div>
<h3>Flows no rule explains</h3><div class="card">${staticTable(flowColumns, unexplained, traffic.unexplainedFlows.length, 'None: the rules explain every connection they were asked about.')}</div></section>`;
}

function conservationTable(terms: readonly Conservation[]): Markup {
  const rows = terms
    .slice(0, STATIC_ROWS)
    .map((term) => [
      markup`<code>${term.attachment || '(unnamed)'}</code> ${term.direction ?? ''}<span class="sub">${listSome(term.policies)}</span>`,
      formatCount(term.connections),
      bar(term),
      formatCount(term.sole),
      formatCount(term.shared),
      formatCount(term.denied),
      formatCount(term.unexplained),
      addsUp(term) ? markup`<span class="badge ok">adds up</span>` : markup`<span class="badge high">does not add up</span>`,
      [
        `${formatCount(term.decidedElsewhere)} decided elsewhere`,
        `${formatCount(term.earlierRules)} by earlier rules`,
        `${formatCount(term.undecided)} undecided`,
      ]
        .filter((part) => !part.startsWith('0 '))
        .join(', '),
    ]);
  const columns: readonly StaticColumn[] = [
    { label: 'Enforcement point', kind: 'text' },
    { label: 'Connections', kind: 'number' },
    { label: 'Shares', kind: 'text' },
    { label: 'One rule', kind: 'number' },
    { label: 'Several rules', kind: 'number' },
    { label: 'Denied', kind: 'number' },
    { label: 'Unexplained', kind: 'number' },
    { label: 'Sum', kind: 'word' },
    { label: 'Counted apart', kind: 'text' },
  ];
  return staticTable(columns, rows, terms.length, 'No connection could be put to an enforcement point.');
}

const SHARES = [
  { tone: 'sole', label: 'permitted, one rule explains it' },
  { tone: 'shared', label: 'permitted, several rules explain it' },
  { tone: 'denied', label: 'denied' },
  { tone: 'unexplained', label: 'no rule explains it' },
] as const;

function bar(term: Conservation): Markup {
  return stackedBar(
    SHARES.map((share) => ({ ...share, count: term[share.tone] })),
    `${term.sole} one rule, ${term.shared} several rules, ${term.denied} denied, ${term.unexplained} unexplained`,
  );
}

function addsUp(term: Conservation): boolean {
  return term.connections === term.sole + term.shared + term.denied + term.unexplained;
}

const NAMES_SHOWN = 6;

function listSome(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return `${names.slice(0, NAMES_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
