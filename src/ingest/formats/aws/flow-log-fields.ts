import { InputError } from '../../../model/errors.ts';
import type { FieldSource, FlowFields } from '../../flows/format.ts';

/** Field names of VPC and transit gateway flow logs up to version 10; a header line consists of them. */
const FIELD_NAMES = new Set(
  (
    'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status ' +
    'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id ' +
    'pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path resource-type tgw-id tgw-attachment-id tgw-src-vpc-account-id ' +
    'tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id ' +
    'tgw-pair-attachment-id packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired ' +
    'ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id ecs-second-container-id ecs-service-name ' +
    'ecs-task-definition-arn ecs-task-arn ecs-task-id reject-reason resource-id encryption-status'
  ).split(' '),
);

/** The default layout, version 2. */
export const DEFAULT_FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(' ');

/** Whether the words of a line are names of fields rather than values; field names this version does not know yet are tolerated. */
export function isHeader(words: readonly string[]): boolean {
  const known = words.filter((word) => FIELD_NAMES.has(word)).length;
  return known > 0 && known * 2 > words.length && words.every((word) => /^[a-z][a-z0-9-]*$/.test(word));
}

/** @throws {InputError} naming the columns without which no rule can be judged */
export function requireColumns(path: string, line: number | null, names: readonly string[]): void {
  const has = (name: string): boolean => names.includes(name);
  const missing = ['srcaddr', 'dstaddr'].filter((name) => !has(name));
  if (!has('interface-id') && !has('tgw-attachment-id')) missing.push('interface-id');
  if (missing.length === 0) return;
  throw new InputError(
    line === null ? { path } : { path, line },
    `the flow log has no ${missing.join(', no ')}; it holds ${names.join(' ')}. Create the flow log with at least these fields and export it again`,
  );
}

/** Maps the fields of VPC flow logs, however they are stored; `field` answers to the hyphenated names. */
export function awsFields(field: (name: string) => FieldSource | null): FlowFields {
  return {
    attachment: field('interface-id') ?? field('tgw-attachment-id'),
    source: field('srcaddr') ?? ABSENT,
    destination: field('dstaddr') ?? ABSENT,
    sourcePort: field('srcport'),
    destinationPort: field('dstport'),
    protocol: field('protocol'),
    icmpInPorts: false,
    packets: field('packets'),
    bytes: field('bytes'),
    start: field('start'),
    end: field('end'),
    action: field('action'),
    status: field('log-status'),
    tcpFlags: field('tcp-flags'),
    direction: field('flow-direction'),
    trueSource: field('pkt-srcaddr'),
    trueDestination: field('pkt-dstaddr'),
    namedRule: null,
    records: null,
  };
}

const ABSENT: FieldSource = { type: 'text', sql: 'NULL::VARCHAR' };
