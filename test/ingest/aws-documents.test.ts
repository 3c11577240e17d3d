import { describe, expect, test } from 'vitest';
import { awsVpc } from '../../src/ingest/formats/aws/index.ts';
import { awsDocument, codesOf, group, networkInterface, policyOf, readAws, readAwsContent, tcp } from '../support/aws-documents.ts';

const one = group('sg-1', [tcp(22, '10.0.0.0/8')]);

describe('the same group in every wrapping', () => {
  test.each([
    ['a reply of the AWS CLI', JSON.stringify({ SecurityGroups: [one] })],
    ['with a byte order mark', `\uFEFF${JSON.stringify({ SecurityGroups: [one] })}`],
    ['lower_case keys', JSON.stringify({ provider: 'aws', security_groups: [one] })],
    ['a bare list', JSON.stringify([one])],
    ['a single object', JSON.stringify(one)],
    [
      'a recording of boto',
      JSON.stringify({
        status_code: 200,
        data: { SecurityGroups: [one], ResponseMetadata: { HTTPHeaders: { date: { __class__: 'datetime', year: 2020 } } } },
      }),
    ],
    ['under the name of a region', JSON.stringify({ 'eu-west-1': { SecurityGroups: [one] } })],
    ['one object per line', `${JSON.stringify(one)}\n`],
    ['a list of replies', JSON.stringify([{ SecurityGroups: [] }, { SecurityGroups: [one] }])],
    [
      'pages one after another',
      `${JSON.stringify({ SecurityGroups: [], NextToken: 'abc' })}\n${JSON.stringify({ SecurityGroups: [one] }, null, 2)}\n`,
    ],
  ])('%s', (_, text) => {
    expect(awsVpc.sniff(text)).toBe(true);
    const result = readAws(awsDocument(text));
    expect(policyOf(result, 'sg-1:in').rules.map(({ asWritten }) => asWritten)).toEqual(['in tcp/22 from 10.0.0.0/8']);
    expect(result.documents).toEqual([{ path: 'export.json', role: 'rules', at: null, records: 1, accepted: 1, skippedByReason: {} }]);
    expect(codesOf(result).filter((code) => code !== 'UNRESOLVED_REFERENCE')).toEqual([]);
  });
});

test('a missing last page is an error that people see', () => {
  const result = readAwsContent({ SecurityGroups: [one], NextToken: 'abc' });
  expect(result.diagnostics).toContainEqual(expect.objectContaining({ code: 'PAGE_MISSING', severity: 'error' }));
});

test('everything in one document', () => {
  const result = readAwsContent({
    SecurityGroups: [one],
    NetworkAcls: [{ NetworkAclId: 'acl-1', VpcId: 'vpc-1', IsDefault: true, Associations: [], Entries: [] }],
    NetworkInterfaces: [networkInterface('eni-1', '10.0.1.5', ['sg-1'])],
    Subnets: [{ SubnetId: 'subnet-1', VpcId: 'vpc-1', CidrBlock: '10.0.1.0/24' }],
    Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16' }],
    RouteTables: [{ RouteTableId: 'rtb-1' }, { RouteTableId: 'rtb-2' }],
  });
  expect(result.documents).toEqual([
    { path: 'export.json', role: 'rules', at: null, records: 6, accepted: 4, skippedByReason: { NOT_USED: 2 } },
  ]);
  expect(result.diagnostics).toContainEqual({
    severity: 'info',
    code: 'NOT_USED',
    path: 'export.json',
    count: 2,
    message: '2 skipped: RouteTables, which an audit of the rules does not use',
  });
});

test('ids follow no pattern', () => {
  const result = readAwsContent({
    security_groups: [{ ...group('GroupId:77', [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'GroupId:77' }] }]), VpcId: 'VpcId:1' }],
  });
  expect(result.policies.map(({ id }) => id)).toEqual(['GroupId:77:in', 'GroupId:77:out']);
});

test('what has no id is counted, not dropped', () => {
  const result = readAwsContent({
    SecurityGroups: [{ GroupName: 'x', IpPermissions: [tcp(22, '10.0.0.0/8')], IpPermissionsEgress: [] }, 'sg-2'],
    NetworkInterfaces: [{ Groups: [] }],
    Subnets: [{}],
    PrefixLists: [{}],
    NetworkAcls: [{ Entries: [{ RuleNumber: 1 }] }],
  });
  expect(result.documents[0]).toMatchObject({ records: 6, accepted: 0, skippedByReason: { NO_ID: 5, MALFORMED: 1 } });
});

test('an export that leaves a direction out says nothing about it', () => {
  const { IpPermissionsEgress: _, ...incoming } = one as { IpPermissionsEgress: unknown };
  const result = readAwsContent({ SecurityGroups: [incoming] });
  expect(result.policies.map(({ id }) => id)).toEqual(['sg-1:in']);
  expect(codesOf(result)).toContain('DIRECTION_MISSING');
});

test('JSON of something else is an error that names what was expected', () => {
  expect(() => readAwsContent({ foo: 1 })).toThrow(/^export\.json: the JSON holds none of the lists that an AWS export has/);
});

test('a truncated document is an error with its line', () => {
  expect(() => readAws(awsDocument('{"SecurityGroups": [\n  {"GroupId": "sg-1",\n'))).toThrow(
    /^export\.json:1: the JSON value that begins here is not complete: the file ends at line 3\. It was cut off/,
  );
});

test('a syntax error is an error with its line', () => {
  expect(() => readAws(awsDocument('{\n"SecurityGroups": [\n  oops\n]}'))).toThrow(/^export\.json:3: not valid JSON/);
});

test('the commands that produce the documents are read-only', () => {
  expect(
    awsVpc.vendorCommands
      .map(({ command }) => command.split(' ').slice(0, 3).join(' '))
      .filter((start) => !/^aws ec2 (describe|get)-/.test(start)),
  ).toEqual([]);
});
