/** What the rule table and the finding table show. */
export const SCRIPT_VIEWS = `
const page = JSON.parse(document.getElementById('page-data').textContent);
const record = (fields, values, at) => {
  const row = { at };
  fields.forEach((field, index) => { row[field] = values[index]; });
  return row;
};
const rules = page.rules.map((values, at) => record(page.ruleFields, values, at));
const findings = page.findings.map((values, at) => record(page.findingFields, values, at));
const policies = new Map(page.policies.map((policy) => [policy[0], policy]));
const kinds = new Map(page.words.kinds.map((kind) => [kind[0], kind]));
const standings = new Map(page.words.standings.map((standing) => [standing[0], standing]));
const grades = new Map(page.words.grades.map((grade) => [grade[0], grade]));
const severities = ['info', 'low', 'medium', 'high', 'critical'];
const gradeOrder = [...grades.keys()];
const title = (words, key) => (words.has(key) ? words.get(key)[1] : key);
const refOf = (rule) => rule.policy + '/' + rule.id;
const toneOf = (standing) => (standings.has(standing) ? standings.get(standing)[2] : '');
const gradeMark = (grade, words = title(grades, grade)) => (grade ? el('span', { class: 'grade', text: grade, title: 'Evidence ' + grade + ': ' + words }) : null);
const hitsOf = (rule) => (rule.certain === null ? '' : rule.certain === rule.possible ? group(rule.certain) : group(rule.certain) + '–' + group(rule.possible));
/* The name of the policy, where it says more than its id. */
const policyName = (rule) => {
  const policy = policies.get(rule.policy);
  return policy && !rule.policy.startsWith(policy[1]) ? policy[1] : '';
};
const shorten = (values) => (values.length > 4 ? values.slice(0, 4).join(', ') + ' and ' + (values.length - 4) + ' more' : values.join(', '));
const listCell = (values) => el('span', { class: 'list mono', text: shorten(values) });
const kindBadge = (finding) => badge(finding.kind, finding.severity, title(kinds, finding.kind) + ', ' + finding.severity);
const ruleLink = (rule) => el('a', { class: 'mono', href: '#rule=' + encodeURIComponent(refOf(rule)), text: refOf(rule) });

const ruleColumns = [
  { label: 'Rule', value: (rule) => refOf(rule), cell: (rule) => [el('code', { class: 'id', text: rule.id }), sub(rule.policy, 'mono'), sub(policyName(rule), 'clip'), sub(rule.name, 'clip'), sub(rule.description === rule.name ? '' : rule.description, 'clip')] },
  { label: 'Action', value: (rule) => rule.action, cell: (rule) => [rule.action, rule.enabled ? null : sub('disabled')] },
  { label: 'Source → destination', value: (rule) => rule.source.join(' '), cell: (rule) => [listCell(rule.source), rule.destination.join() === 'any' ? null : listCell(['→ ' + shorten(rule.destination)])] },
  { label: 'Service', value: (rule) => rule.services.join(' '), cell: (rule) => [listCell(rule.services)] },
  { label: 'Use', kind: 'tags', value: (rule) => [...standings.keys()].indexOf(rule.standing), cell: (rule) => [badge(title(standings, rule.standing), toneOf(rule.standing)), gradeMark(rule.grade)] },
  { label: 'Connections', num: true, value: (rule) => rule.possible, cell: (rule) => [hitsOf(rule)] },
  { label: 'Last hit', kind: 'date', value: (rule) => rule.lastHit, cell: (rule) => [day(rule.lastHit)] },
  { label: 'Findings', kind: 'tags', value: (rule) => rule.findings.length || null, cell: (rule) => rule.findings.map((at) => kindBadge(findings[at])) },
  { label: 'Next step', value: (rule) => rule.next, cell: (rule) => [rule.next === 'keep' ? nothing('keep') : rule.next] },
];

function ruleDetail(rule) {
  const policy = policies.get(rule.policy) || ['', '', '', '', '', ''];
  const range = (first, last) => (first === null ? '' : first === last ? group(first) : group(first) + ' to ' + group(last));
  const uses = rule.certain === null ? '' : [
    range(rule.soleMin, rule.soleMax) + ' only this rule can explain, ' + group(rule.answered) + ' answered, ' + group(rule.records) + ' records, ' + group(rule.packets) + ' packets, ' + group(rule.bytes) + ' bytes',
    rule.onTotal === null ? '' : 'on ' + group(rule.onUsed || 0) + ' of ' + group(rule.onTotal) + ' interfaces, ' + group(rule.activeDays) + ' active days',
    rule.firstHit ? 'first ' + minute(rule.firstHit) + ', last ' + minute(rule.lastHit) : '',
  ];
  return factsGrid([
    ['As written', el('pre', { class: 'mono', text: rule.written })],
    ['Match', rule.source.join(', ') + ' → ' + rule.destination.join(', ') + ' · ' + rule.services.join(', ')],
    ['Evidence', rule.statement],
    ['Regular use: shown', page.words.shows[rule.shows] || ''],
    ['Use', uses],
    ['Device counter', rule.deviceHits === null ? '' : group(rule.deviceHits)],
    ['Findings', rule.findings.map((at) => el('p', {}, [kindBadge(findings[at]), ' ' + findings[at].text + ' ', el('code', { class: 'muted', text: findings[at].id })]))],
    ['Planned change', rule.removal],
    ['Not in the plan', rule.held],
    ['Not computable', rule.unknowns.length ? rule.evaluable + ': ' + rule.unknowns.join(', ') : rule.evaluable === 'full' ? '' : rule.evaluable],
    ['In force since', rule.since ? minute(rule.since) + ' (from ' + rule.sinceFrom + ')' : 'not known'],
    ['Created, modified', [rule.created && 'created ' + minute(rule.created), rule.modified && 'modified ' + minute(rule.modified)].filter(Boolean).join(', ')],
    ['Documented end', rule.expiry],
    ['Owner', rule.owner || nothing('missing')],
    ['Ticket', rule.ticket || nothing('missing')],
    ['Policy', [policy[1], policy[2], policy[5], policy[3], policy[4]].filter(Boolean).join(' · ')],
    ['Read from', el('code', { text: rule.place })],
  ]);
}

/* The name of a policy, where it says more than its id. */
function nameOfPolicy(id) {
  const policy = policies.get(id);
  return policy && policy[1] !== '' && !id.startsWith(policy[1]) ? policy[1] : '';
}

const findingColumns = [
  { label: 'Finding', value: (finding) => finding.kind, cell: (finding) => [el('span', { text: title(kinds, finding.kind) }), sub(finding.status === 'new' ? '' : finding.status)] },
  { label: 'Severity', value: (finding) => -severities.indexOf(finding.severity), cell: (finding) => [badge(finding.severity, finding.severity)] },
  { label: 'Rule', value: (finding) => finding.policy + '/' + finding.rule, cell: (finding) => [finding.ruleIndex < 0 ? el('code', { text: finding.policy + '/' + finding.rule }) : ruleLink(rules[finding.ruleIndex]), sub([nameOfPolicy(finding.policy), finding.ruleIndex < 0 ? '' : rules[finding.ruleIndex].written].filter(Boolean).join(' · '), 'clip')] },
  { label: 'What was found', value: (finding) => finding.text, cell: (finding) => [el('span', { class: 'break', text: finding.text })] },
  { label: 'Evidence', value: (finding) => gradeOrder.indexOf(finding.grade), cell: (finding) => [gradeMark(finding.grade, finding.gradeTitle)] },
];

function findingDetail(finding) {
  const rule = rules[finding.ruleIndex];
  return factsGrid([
    ['Meaning', kinds.has(finding.kind) ? kinds.get(finding.kind)[2] : ''],
    ['Rule as written', rule ? el('pre', { class: 'mono', text: rule.written }) : ''],
    ['Comment', rule ? rule.description : ''],
    ['Use', rule ? rule.statement : ''],
    ['Decided by', finding.related],
    ['Parts', finding.parts],
    ['Witness', finding.witness ? el('code', { text: finding.witness }) : ''],
    ['Planned change', rule ? rule.removal : ''],
    ['Not in the plan', rule ? rule.held : ''],
    ['Id', el('code', { text: finding.id })],
  ]);
}
`;
