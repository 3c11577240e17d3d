import { SCRIPT_DOM } from './script-dom.ts';
import { SCRIPT_TABLE } from './script-table.ts';
import { SCRIPT_VIEWS } from './script-views.ts';

const SCRIPT_START = `
const findingTable = drawTable({
  root: document.getElementById('finding-table'), rows: findings, columns: findingColumns, sortColumn: 1, noun: 'findings', none: 'No open findings.',
  placeholder: 'rule, text, id …', nameOf: (finding) => finding.id, detail: findingDetail,
  search: (finding) => [finding.kind, finding.severity, finding.policy + '/' + finding.rule, finding.text, finding.id],
  filters: [
    { label: 'Severity', values: (finding) => [finding.severity], options: [...severities].reverse().map((severity) => [severity, severity]) },
    { label: 'Kind', values: (finding) => [finding.kind], options: [...kinds.values()] },
    { label: 'Evidence', values: (finding) => [finding.grade], options: [...grades.values()].map((grade) => [grade[0], grade[0] + ' ' + grade[1]]) },
    { label: 'Policy', values: (finding) => [finding.policy] },
  ],
});
const ruleTable = drawTable({
  root: document.getElementById('rule-table'), rows: rules, columns: ruleColumns, sortColumn: null, noun: 'rules', none: 'No rule was read.',
  placeholder: 'rule, address, port, comment, owner …', nameOf: (rule) => refOf(rule), detail: ruleDetail,
  search: (rule) => [refOf(rule), rule.name, rule.description, rule.written, rule.source.join(' '), rule.destination.join(' '), rule.services.join(' '), rule.owner, rule.ticket, rule.place],
  filters: [
    { label: 'Use', values: (rule) => [rule.standing], options: [...standings.values()] },
    { label: 'Evidence', values: (rule) => (rule.grade ? [rule.grade] : []), options: [...grades.values()].map((grade) => [grade[0], grade[0] + ' ' + grade[1]]) },
    { label: 'Finding', values: (rule) => [...new Set(rule.findings.map((at) => findings[at].kind))], options: [...kinds.values()] },
    { label: 'Next step', values: (rule) => [rule.next] },
    { label: 'Policy', values: (rule) => [rule.policy] },
  ],
});

function followHash() {
  if (!location.hash.startsWith('#rule=')) return;
  let ref = '';
  try { ref = decodeURIComponent(location.hash.slice(6)); } catch { return; }
  const rule = rules.find((candidate) => refOf(candidate) === ref);
  if (rule) ruleTable.show(rule);
}
addEventListener('hashchange', followHash);
/* A second click on a link to the rule that is already in the address changes no hash. */
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#rule="]');
  if (link && link.hash === location.hash) followHash();
});
followHash();
`;

/** The script of the report. A constant, so that the page can name its hash and nothing else can run. */
export const SCRIPT = `'use strict';\n(() => {${SCRIPT_DOM}${SCRIPT_TABLE}${SCRIPT_VIEWS}${SCRIPT_START}})();\n`;
