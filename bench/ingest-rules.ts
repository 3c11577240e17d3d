import { anyEndpoint, type Endpoint, type MatchProduct } from '../src/model/match.ts';
import type { Attachment, Direction, Policy, RuleBase } from '../src/model/policy.ts';
import { NO_METADATA, PRESENCE_UNKNOWN, type Rule } from '../src/model/rule.ts';
import { serviceOf, TCP, UDP } from '../src/model/service.ts';
import { type BenchInterface, benchInterfaces } from './ingest-data.ts';

const PORTS = [22, 25, 53, 80, 123, 389, 443, 445, 636, 1433, 3306, 3389, 5432, 6379, 8080, 8443, 9042, 9092, 9200, 27017];

/**
 * Security groups for the generated logs: every interface carries three of the groups, every group permits in and out. The first twenty rules of a policy open
 * services to everywhere, the others name blocks of the network, so that a connection is explained by several rules, by one or by none.
 *
 * @param ruleCount rules in all, half of them in, half out
 */
export function benchSecurityGroups(interfaceCount: number, groupCount: number, ruleCount: number): RuleBase {
  const network = benchInterfaces(interfaceCount);
  const perPolicy = Math.floor(ruleCount / groupCount / 2);
  const policies = Array.from({ length: groupCount }, (_, group) =>
    (['in', 'out'] as const).map((direction) => groupPolicy(`sg-${group}`, direction, group, perPolicy, network)),
  ).flat();
  return { policies, attachments: network.map((one, index) => attach(one, index, groupCount)), hasInventory: true, diagnostics: [] };
}

function groupPolicy(id: string, direction: Direction, group: number, count: number, network: readonly BenchInterface[]): Policy {
  return {
    id: `${id}:${direction}`,
    name: id,
    format: 'aws-security-group',
    evaluation: 'any-permit',
    stateful: true,
    defaultAction: 'deny',
    direction,
    rules: Array.from({ length: count }, (_, rank) =>
      groupRule(direction, group * 131 + rank * 17 + (direction === 'in' ? 0 : 7), rank, network),
    ),
    retiredRules: [],
    attachments: [],
    interfaceBound: true,
    untrackedWhenOpen: true,
    unlogged: [],
    snapshots: [],
    scope: { account: '123456789012', network: 'vpc-bench', nativeId: id },
    sourceRef: { path: 'bench' },
  };
}

function groupRule(direction: Direction, seed: number, rank: number, network: readonly BenchInterface[]): Rule {
  const peer = network[(seed * 7919) % network.length]?.address ?? 0;
  const prefix = [32, 28, 24, 20, 16][seed % 5] ?? 32;
  const port = PORTS[rank < PORTS.length ? rank : (seed * 31) % PORTS.length] ?? 443;
  const size = 2 ** (32 - prefix);
  const first = BigInt(Math.floor(peer / size) * size);
  const block: Endpoint = { ranges: [{ family: 4, first, last: first + BigInt(size) - 1n }], membership: null };
  // The first rules of a group open its services, as real ones do; without them nobody would have accepted most of the traffic.
  const opensService = rank < PORTS.length;
  const remote = seed % 5 === 0 || opensService ? anyEndpoint(4) : block;
  const product: MatchProduct = {
    family: 4,
    source: direction === 'in' ? remote : anyEndpoint(4),
    destination: direction === 'in' ? anyEndpoint(4) : remote,
    services: [
      serviceOf(rank % 4 === 3 ? UDP : TCP, !opensService && seed % 13 === 0 ? { first: 1024, last: 65535 } : { first: port, last: port }),
    ],
    finite: [],
    unknowns: [],
  };
  return {
    id: String(rank + 1),
    rank,
    nativeId: null,
    name: '',
    description: '',
    asWritten: '',
    written: { source: [], destination: [], services: [] },
    effect: { verdict: 'permit', attributes: {} },
    enabled: true,
    match: { products: [product] },
    evaluable: 'full',
    metadata: NO_METADATA,
    staleReference: null,
    unresolvedReferences: [],
    presence: PRESENCE_UNKNOWN,
    nativeHits: null,
    sourceRef: { path: 'bench' },
    native: {},
  };
}

function attach(one: BenchInterface, index: number, groupCount: number): Attachment {
  const groups = [index % groupCount, (index * 7 + 1) % groupCount, (index * 13 + 2) % groupCount];
  const layer = (direction: Direction) => [{ policies: [...new Set(groups)].map((group) => `sg-${group}:${direction}`), exceptRemote: [] }];
  const address = BigInt(one.address);
  return { id: one.id, localAddresses: [{ family: 4, first: address, last: address }], in: layer('in'), out: layer('out'), note: '' };
}
