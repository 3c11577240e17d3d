import { anyAddress, parseAddressRange } from '../../src/model/address.ts';
import type { Endpoint, MatchProduct } from '../../src/model/match.ts';
import type { Attachment, Policy, RuleBase } from '../../src/model/policy.ts';
import { NO_METADATA, PRESENCE_UNKNOWN, type Rule } from '../../src/model/rule.ts';
import { ANY_SERVICE, parsePortRange, parseProtocol, type Service } from '../../src/model/service.ts';

/** `permit tcp 10.0.0.0/8 -> any 443`, `deny any any -> any`: a rule of both families where a side is `any`, else of the family written. */
export function ruleOf(text: string, parts: Partial<Rule> = {}): Rule {
  const [action = '', protocol = '', source = '', , destination = '', port] = text.split(/\s+/);
  if (action !== 'permit' && action !== 'deny') throw new Error(`"${text}" begins with neither permit nor deny`);
  const services = [serviceOf(protocol, port)];
  const families = ([4, 6] as const).filter((family) =>
    [source, destination].every((side) => side === 'any' || side.includes(':') === (family === 6)),
  );
  const products = families.map(
    (family): MatchProduct => ({
      family,
      source: endpointOf(source, family),
      destination: endpointOf(destination, family),
      services,
      finite: [],
      unknowns: [],
    }),
  );
  return {
    id: '1',
    rank: 0,
    nativeId: null,
    name: '',
    description: '',
    asWritten: text,
    written: { source: [source], destination: [destination], services: [port === undefined ? protocol : `${protocol}/${port}`] },
    effect: { verdict: action, attributes: {} },
    enabled: true,
    match: { products },
    evaluable: 'full',
    metadata: NO_METADATA,
    staleReference: null,
    unresolvedReferences: [],
    presence: PRESENCE_UNKNOWN,
    nativeHits: null,
    sourceRef: { path: 'test.csv', line: 1 },
    native: {},
    ...parts,
  };
}

/** A rule that asks for a condition nobody can compute; equal texts of the condition are one unknown. */
export function underUnknown(unknown: string, text: string, parts: Partial<Rule> = {}): Rule {
  const rule = ruleOf(text, { evaluable: 'partial', ...parts });
  return { ...rule, match: { products: rule.match.products.map((product) => ({ ...product, unknowns: [unknown] })) } };
}

function serviceOf(protocol: string, port: string | undefined): Service {
  const number = protocol === 'any' ? null : parseProtocol(protocol);
  const range = port === undefined ? null : parsePortRange(port);
  const destinationPort = range?.ok === true ? range.ports : null;
  return number === null
    ? { ...ANY_SERVICE, destinationPort }
    : { ...ANY_SERVICE, protocolFirst: number, protocolLast: number, destinationPort };
}

function endpointOf(text: string, family: 4 | 6): Endpoint {
  if (text === 'any') return { ranges: [anyAddress(family)], membership: null };
  const parsed = parseAddressRange(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return { ranges: [parsed.range], membership: null };
}

/** A policy of the given rules, numbered from 1; `overrides` change what a stateful first-match list that sees every flow is not. */
export function policyOf(rules: readonly (string | Rule)[], overrides: Partial<Policy> = {}): Policy {
  return {
    id: 'fw',
    name: 'fw',
    format: 'rules-csv',
    evaluation: 'first-match',
    stateful: true,
    defaultAction: 'deny',
    direction: null,
    rules: rules.map((rule, rank) => {
      const id = String(rank + 1);
      return typeof rule === 'string' ? ruleOf(rule, { id, rank }) : { ...rule, id: rule.id === '1' ? id : rule.id, rank };
    }),
    retiredRules: [],
    attachments: null,
    interfaceBound: false,
    untrackedWhenOpen: false,
    unlogged: [],
    snapshots: [],
    scope: { account: '', network: '', nativeId: '' },
    sourceRef: { path: 'test.csv' },
    ...overrides,
  };
}

/** Security groups on one interface, `in` and `out`, with the network ACLs in front. */
export function ruleBaseOf(policies: readonly Policy[], attachments: readonly Attachment[] = []): RuleBase {
  return { policies, attachments, hasInventory: attachments.length > 0, diagnostics: [] };
}
