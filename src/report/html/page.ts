import { createHash } from 'node:crypto';
import type { AuditResult } from '../../model/audit-result.ts';
import { jsonForHtml } from '../escape/html-escape.ts';
import { toReportContext } from '../report-context.ts';
import { summarise } from '../summary.ts';
import { coverageSection } from './coverage-section.ts';
import { findingsSection } from './findings-section.ts';
import { glossarySection } from './glossary-section.ts';
import { inputsSection } from './inputs-section.ts';
import { mapSection } from './map-section.ts';
import { type Markup, markup, trusted } from './markup.ts';
import { toPageData } from './page-data.ts';
import { planSection } from './plan-section.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import { summarySection } from './summary-section.ts';
import { trafficSection } from './traffic-section.ts';

/** The whole page: one file that loads nothing, runs only the script whose hash it names, and can be read without it. */
export function toPage(result: AuditResult): string {
  const summary = summarise(result);
  const reportId = toReportContext(result).report_id;
  const page = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy()}">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer"><meta name="generator" content="rulesweep ${result.tool.version}">
<title>Firewall rule audit · rulesweep</title><style>${trusted(STYLE)}</style></head>
<body><a class="skip" href="#findings">Skip to the findings</a>${topBar(result)}
<main class="wrap">${summarySection(result, summary, reportId)}${findingsSection(summary)}${planSection(result, summary)}${coverageSection(result, summary)}${trafficSection(result, summary)}${mapSection(result)}${inputsSection(result)}${glossarySection(summary)}</main>
<footer><div class="wrap">rulesweep ${result.tool.version} · report ${reportId} · all times are UTC · this file loads nothing and sends nothing</div></footer>
<script type="application/json" id="page-data">${trusted(jsonForHtml(toPageData(result)))}</script>
<script>${trusted(SCRIPT)}</script></body></html>
`;
  return page.html;
}

function topBar(result: AuditResult): Markup {
  const links = [
    ['summary', 'Summary'],
    ['findings', 'Findings'],
    ['rules', 'Rules'],
    ['plan', 'Plan'],
    ...(result.traffic === null
      ? []
      : [
          ['coverage', 'Coverage'],
          ['traffic', 'Traffic'],
        ]),
    ...(result.traffic?.applicationMap === undefined ? [] : [['map', 'Map']]),
    ['inputs', 'Inputs'],
    ['glossary', 'Words'],
  ];
  const items = links.map(([id, label]) => markup`<a href="#${id ?? ''}">${label ?? ''}</a>`);
  return markup`<div class="top"><div class="wrap"><div class="brand">${trusted(LOGO)}<span>rulesweep</span></div><nav aria-label="Sections">${items}</nav></div></div>`;
}

/** Four rules, one of them swept aside. */
const LOGO =
  '<svg viewBox="0 0 20 20" aria-hidden="true"><rect class="mark" x="1" y="2" width="18" height="3" rx="1.5"/><rect class="mark" x="1" y="7" width="13" height="3" rx="1.5"/><rect class="mark-soft" x="9" y="12" width="10" height="3" rx="1.5"/><rect class="mark" x="1" y="17" width="15" height="3" rx="1.5"/></svg>';

/** Nothing is loaded, framed, submitted or run but the two blocks below, which are named by their hashes; text can never become script. */
function contentSecurityPolicy(): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
  return `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(SCRIPT)}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'`;
}
