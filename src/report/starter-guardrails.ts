import { type AddressRange, formatAddressRange } from '../model/address.ts';
import type { Input } from '../model/audit-result.ts';
import type { ServiceEntry } from '../model/guardrails.ts';
import { formatService } from '../model/service.ts';
import { visibleText } from './escape/visible-text.ts';

/** What a first guardrails file is written from. Texts may hold anything; zone names are names already. */
export interface StarterGuardrails {
  readonly inputs: readonly Pick<Input, 'path' | 'sha256'>[];
  /** Rules that could not be read: their networks are missing. */
  readonly unreadRules: number;
  readonly zones: readonly {
    readonly name: string;
    readonly networks: readonly AddressRange[];
    readonly tags: readonly string[];
    readonly because: readonly string[];
  }[];
  readonly otherNetworks: readonly { readonly range: AddressRange; readonly rules: number }[];
  /** The lists that hold where the file has none. */
  readonly insecureServices: readonly ServiceEntry[];
  readonly riskyServices: readonly ServiceEntry[];
}

/**
 * A guardrails file with a comment on everything, that can be used as it is: zones are proposed, and what would judge somebody's rules by them is written out
 * as examples. Prose is `# text`; an example has no blank behind `#`, or at least two, so that taking every such `#` away gives a file that can be read, too.
 */
export function renderStarterGuardrails(starter: StarterGuardrails): string {
  return `${[
    ...headLines(starter),
    'version: 1',
    ...zoneLines(starter),
    ...otherLines(starter),
    ...matrixLines(starter.zones.map(({ name }) => name)),
    ...serviceLines(starter),
    ...requestLines(starter.zones.map(({ name }) => name)),
  ].join('\n')}\n`;
}

function headLines({ inputs, unreadRules }: StarterGuardrails): readonly string[] {
  const origin =
    inputs.length === 0
      ? ['# Written by rulesweep init without any input, so that everything is an example.']
      : [
          '# Proposed by rulesweep init from these files; read it as a proposal:',
          ...inputs.map(({ path, sha256 }) => comment(`- ${path} (sha256 ${sha256.slice(0, 12)})`)),
        ];
  const unread =
    unreadRules === 0
      ? []
      : [comment(`${unreadRules} ${unreadRules === 1 ? 'rule' : 'rules'} could not be read, so that a network may be missing.`)];
  return [
    '# Guardrails: what may be permitted between which zones, and who answers for what is permitted all the same.',
    '#',
    ...origin,
    ...unread,
    '#',
    '# As it stands, this file judges two things, both by lists that rulesweep has: insecure services anywhere, and risky services from outside.',
    '# Lines with a # directly before their text are examples: take the # away and adapt them. The schema for editors is guardrails.schema.json.',
    '',
  ];
}

function zoneLines({ zones }: StarterGuardrails): readonly string[] {
  const head = [
    '',
    '# Zones: networks with a name. Where zones overlap, an address belongs to the zone with the most specific network. What is in no zone is',
    '# "outside", all of IPv6 included unless a zone has it. Rename zones as you like, join what belongs together, and tag what is under special rules: pci, ephi.',
  ];
  if (zones.length === 0)
    return [
      ...head,
      '# The inputs name no private network, so there is nothing to propose.',
      '#zones:',
      `#  ${EXAMPLE_ZONES[0]}:`,
      '#    cidrs: [10.1.0.0/16]',
      `#  ${EXAMPLE_ZONES[1]}:`,
      '#    cidrs: [10.2.9.0/24, "2001:db8:9::/64"]',
      '#    tags: [pci]',
      '#    description: card data environment',
    ];
  return [
    ...head,
    'zones:',
    ...zones.flatMap(({ name, networks, tags, because }) => [
      ...because.map((reason) => `  ${comment(reason)}`),
      `  ${name}:`,
      `    cidrs: [${networks.map((range) => quoted(formatAddressRange(range))).join(', ')}]`,
      ...(tags.length === 0 ? [] : [`    tags: [${tags.map(quoted).join(', ')}]`]),
    ]),
  ];
}

const EXAMPLE_ZONES = ['web', 'card'] as const;

const MOST_OTHERS = 20;

function otherLines({ otherNetworks }: StarterGuardrails): readonly string[] {
  if (otherNetworks.length === 0) return [];
  const rest = otherNetworks.length - MOST_OTHERS;
  return [
    '',
    '# Networks that rules name and no zone holds as a whole: they are outside. Give those that are yours, or those of a partner, a zone.',
    ...otherNetworks
      .slice(0, MOST_OTHERS)
      .map(({ range, rules }) => comment(`- ${formatAddressRange(range)} (${rules} ${rules === 1 ? 'rule' : 'rules'})`)),
    ...(rest > 0 ? [`# - and ${rest} more`] : []),
  ];
}

function matrixLines(names: readonly string[]): readonly string[] {
  const [first, last] = exampleZones(names);
  return [
    '',
    '# The zone matrix: services that may be permitted from zone to zone; a rule that permits more is a violation. For a pair of zones the narrowest',
    '# entry decides, wherever it stands. Sides: a zone, tag:NAME, any, outside. allow: a list of services, any, or none.',
    '#zoneMatrix:',
    '#  - from: outside',
    `#    to: ${first}`,
    '#    allow: [tcp/443]',
    '#    reason: the only service that is offered to the public',
    ...(last === first
      ? []
      : [
          '#  - from: outside',
          `#    to: ${last}`,
          '#    allow: none',
          '#    severity: critical',
          `#  - from: ${first}`,
          `#    to: ${last}`,
          '#    allow: [tcp/5432, icmp/8]',
        ]),
    '# Pairs without an entry are not judged; none: nothing may be permitted there.',
    '#zoneMatrixDefault: unconstrained',
  ];
}

function serviceLines({ insecureServices, riskyServices }: StarterGuardrails): readonly string[] {
  return [
    '',
    '# Services that nobody should use, from anywhere. This is the list that rulesweep has; one that is given here replaces it.',
    '#insecureServices:',
    ...insecureServices.map((entry) => serviceLine(entry, 'medium')),
    '',
    '# Services that should not be open to the outside; from and to may name other places.',
    '#riskyServices:',
    ...riskyServices.map((entry) => serviceLine(entry, 'high')),
  ];
}

function serviceLine({ service, name, reason, severity }: ServiceEntry, usual: ServiceEntry['severity']): string {
  const rest = severity === usual ? '' : `, severity: ${severity}`;
  return `#  - {service: ${formatService(service)}, name: ${quoted(name)}, reason: ${quoted(reason)}${rest}}`;
}

function requestLines(names: readonly string[]): readonly string[] {
  const [first, last] = exampleZones(names);
  return [
    '',
    '# Requests that pass by themselves. Sides may also be addresses and networks, or a list.',
    '#standardRequests:',
    '#  - id: names-and-time',
    `#    from: ${first}`,
    '#    to: [192.0.2.53, 192.0.2.123]',
    '#    services: [udp/53, tcp/53, udp/123]',
    '#    reason: every server needs names and time',
    '#    owner: network team',
    '',
    '# Rules that no change set touches; * and ? stand for any letters and any letter, and everything that an entry names must fit.',
    '#protectedRules:',
    '#  - description: "*break-glass*"',
    '#    reason: the way in when everything else fails',
    '',
    '# What may be permitted against the clauses above. An exception has an owner, a reason and a last day (UTC); after that day it excuses nothing.',
    '# clause (left out: all of them) is zone-matrix, insecure-service or risky-service, or one clause of it, such as "insecure-service tcp/21".',
    '#exceptions:',
    '#  - id: FW-0001',
    '#    from: 192.0.2.7',
    `#    to: ${last}`,
    '#    services: [tcp/20-21]',
    '#    clause: insecure-service',
    '#    owner: partner integration',
    '#    reason: nightly upload until the partner has SFTP',
    '#    expires: 2030-12-31',
    '',
    '# Days on which rules are used that are not used otherwise: a day, month-end, quarter-end or year-end. An audit says which of them its logs hold.',
    '#calendar:',
    '#  - name: close of the books',
    '#    date: quarter-end',
    '#  - name: failover test',
    '#    date: 2030-05-11',
    '#    reason: every connection to the other site',
  ];
}

function exampleZones(names: readonly string[]): readonly [string, string] {
  const [only, second = only] = names;
  return only === undefined || second === undefined ? EXAMPLE_ZONES : [second, names.at(-1) ?? second];
}

/** One line, whatever the text holds. */
function comment(text: string): string {
  return `# ${visibleText(text)}`;
}

/** Plain where YAML reads it as the same text, else in double quotes. */
function quoted(text: string): string {
  return /^[\p{L}\d][\p{L}\p{N}._/ -]*$/u.test(text) && !/^[\d.+-]*$|^(null|true|false|~)$|: | #| $/i.test(text)
    ? text
    : JSON.stringify(visibleText(text));
}
