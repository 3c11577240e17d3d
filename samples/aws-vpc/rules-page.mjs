import { NACLS } from './network-acls.mjs';
import { GROUPS } from './security-groups.mjs';

/** The table of every rule with what an audit must say about it, as Markdown. */
export function rulesPage(truth) {
  const lines = [
    '# The rules of the sample, and what an audit must say',
    '',
    'Written by `generate.mjs`; the same numbers are in `truth.json`. *Connections* are the certain ones, in parentheses the possible ones where they differ.',
    'Grades and findings are explained in the README of the project.',
  ];
  for (const group of GROUPS) {
    lines.push('', `## Group \`${group.name}\` (${group.id}): ${group.description}`, '', ...tableHead());
    for (const direction of ['in', 'out']) {
      for (const rule of group[direction])
        lines.push(row(direction, rule.id, ruleText(rule, direction), rule.why, truth.rules[`${group.id}:${direction}/${rule.id}`]));
    }
  }
  for (const acl of NACLS) {
    lines.push('', `## Network ACL \`${acl.name}\` (${acl.id})`, '', ...tableHead());
    for (const direction of ['in', 'out']) {
      for (const entry of acl[direction]) {
        lines.push(row(direction, entry.id, entryText(entry, direction), entry.why, truth.rules[`${acl.id}:${direction}/${entry.id}`]));
      }
      const implicit = truth.policies[`${acl.id}:${direction}`].default;
      lines.push(row(direction, '*', 'deny everything', implicit.why, { ...implicit, grade: '', findings: [] }));
    }
  }
  return `${lines.join('\n')}\n`;
}

function tableHead() {
  return ['| direction | id | rule | connections | answered | grade | findings | why |', '|---|---|---|---|---|---|---|---|'];
}

function row(direction, id, text, why, truth) {
  if (truth === undefined) return `| ${direction} | ${id} | ${text} | | | | | ${why} |`;
  const { connections, possible, answered, grade, findings } = truth;
  const count = possible === connections ? String(connections) : `${connections} (${possible})`;
  return `| ${direction} | ${id} | ${text} | ${count} | ${answered} | ${grade} | ${findings.join(', ')} | ${why} |`;
}

function ruleText(rule, direction) {
  const { cidr, group, list, foreign, deleted } = rule.peer;
  const peer = cidr ?? group ?? list ?? `${(foreign ?? deleted).account}/${(foreign ?? deleted).group}`;
  return `${service(rule.proto, rule.first, rule.last)} ${direction === 'in' ? 'from' : 'to'} ${peer}`;
}

function entryText(entry, direction) {
  const name = { 1: 'icmp', 6: 'tcp', 17: 'udp' }[entry.proto] ?? entry.proto;
  return `${entry.action} ${service(name, entry.first, entry.last)} ${direction === 'in' ? 'from' : 'to'} ${entry.cidr}`;
}

function service(proto, first, last) {
  if (proto === '-1') return 'everything';
  if (first === null || first === -1) return proto;
  if (proto === 'icmp') return `${proto} type ${first} code ${last}`;
  return `${proto}/${first === last ? first : `${first}-${last}`}`;
}
