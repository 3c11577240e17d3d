import type { AuditResult } from '../../model/audit-result.ts';
import { toHeadline } from '../headline.ts';
import { formatCount, formatDay, formatPercent, formatQuantity } from '../number-format.ts';
import { STANDING_WORDS, STANDINGS } from '../rule-standing.ts';
import type { Summary } from '../summary.ts';
import { stackedBar } from './charts.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { STANDING_TONES } from './tones.ts';

/** The answer on one screen: what is missing, the sentence, the numbers, where all rules stand. */
export function summarySection(result: AuditResult, summary: Summary, reportId: string): Markup {
  const { usage, plan } = toHeadline(result, summary);
  return markup`<header class="hero" id="summary">${notice(result)}<p class="eyebrow">Firewall rule audit</p><h1>${usage}</h1><p class="answer">${plan}</p>${factList(result, reportId)}</header>
<div class="tiles">${tiles(result, summary)}</div>${population(result, summary)}`;
}

function factList(result: AuditResult, reportId: string): Markup {
  const { window, asOf } = result;
  const facts: readonly (readonly [string, string])[] = [
    [
      'Window',
      window === null ? 'no traffic given' : `${formatDay(window.from)} to ${formatDay(window.to)}, ${formatQuantity(window.days, 'day')}`,
    ],
    ['As of', asOf === null ? 'not given' : formatDay(asOf)],
    ['Report', reportId],
    ['rulesweep', result.tool.version],
    ['Input', result.complete ? 'complete' : 'incomplete'],
  ];
  return markup`<ul class="facts">${facts.map(([label, value]) => markup`<li>${label} <b>${value}</b></li>`)}</ul>`;
}

function notice(result: AuditResult): Markup {
  if (!result.complete) {
    const reasons = result.incompleteBecause.map((reason) => markup`<li>${reason}</li>`);
    return markup`<div class="notice" role="alert"><strong>Incomplete: this answer is missing something. Do not act on silence in it.</strong><ul>${reasons}</ul></div>`;
  }
  if (result.traffic !== null) return NOTHING;
  return markup`<div class="notice calm"><strong>No traffic was given: no usage finding.</strong>Everything below is about the configuration alone; nothing says whether a rule is used.</div>`;
}

function tiles(result: AuditResult, summary: Summary): Markup[] {
  const { evaluable, standings, unusedByGrade, removals, bySeverity, coverage, worstCoverage: worst } = summary;
  const severities = bySeverity.map(([severity, count]) => `${formatCount(count)} ${severity}`).join(', ');
  const list = [
    tile(
      '#rules',
      'Rules',
      formatCount(summary.ruleCount),
      `in ${formatQuantity(summary.policyCount, 'policy', 'policies')}; ${formatCount(evaluable.full)} fully evaluable, ${formatCount(evaluable.partial)} partly, ${formatCount(evaluable.no)} not`,
    ),
    tile('#findings', 'Findings', formatCount(summary.open.length), severities || 'none open'),
    tile(
      '#plan',
      'Can go now',
      formatCount(removals.none),
      removals.narrows === 0
        ? 'without changing a decision'
        : `without changing a decision; ${formatCount(removals.narrows)} more would narrow`,
    ),
  ];
  const { traffic } = result;
  if (traffic === null) return list;
  const grades = (['A', 'B', 'C'] as const).map((grade) => `${grade} ${formatCount(unusedByGrade[grade] ?? 0)}`).join(' · ');
  list.splice(1, 0, tile('#rules', 'Unused rules', formatCount(standings.unused), `evidence ${grades}`));
  if (worst !== null)
    list.push(
      tile(
        '#coverage',
        'Log coverage',
        formatPercent(worst.coverage),
        `worst of ${formatQuantity(coverage.length, 'interface')}: ${worst.attachment || '(unnamed)'}`,
      ),
    );
  list.push(
    tile(
      '#traffic',
      'Unexplained',
      formatCount(traffic.unexplained),
      `of ${formatQuantity(traffic.connections, 'connection')}: no rule explains them`,
    ),
  );
  return list;
}

function tile(href: string, label: string, value: string, note: string): Markup {
  return markup`<a class="card tile" href="${href}"><div class="label">${label}</div><div class="value">${value}</div><div class="note">${note}</div></a>`;
}

function population(result: AuditResult, { standings, ruleCount }: Summary): Markup {
  if (result.traffic === null || ruleCount === 0) return NOTHING;
  const shares = STANDINGS.map((standing) => ({
    tone: STANDING_TONES[standing],
    label: STANDING_WORDS[standing].title,
    count: standings[standing],
    meaning: STANDING_WORDS[standing].meaning,
  }));
  const legend = shares
    .filter((share) => share.count > 0)
    .map(
      (share) =>
        markup`<li title="${share.meaning}"><span class="swatch tone-${share.tone}"></span>${share.label} <b>${formatCount(share.count)}</b></li>`,
    );
  return markup`<div class="card population">${stackedBar(shares, 'All rules by what the traffic says about them')}<ul class="legend">${legend}</ul></div>`;
}
