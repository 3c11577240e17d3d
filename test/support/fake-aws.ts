import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { Ec2Error, execute, type SimulatedRule, type SimulatedState } from './ec2-simulator.ts';

/**
 * An `aws` executable for the emitted scripts: `aws ec2 COMMAND --cli-input-json file://PATH --query Q --output text`. It keeps the simulated EC2 in the
 * JSON file named by FAKE_AWS_STATE and appends each command to FAKE_AWS_LOG. It knows exactly the queries below, whose output was compared with that of
 * the real command line (aws-cli 1.46.2 with botocore 1.44.5, against moto 5.2.5); any other query fails, so a changed one has to be compared again.
 *
 * What happens between pre-check and change: FAKE_AWS_REFUSE names a command that EC2 throttles, FAKE_AWS_FORGET a rule that is gone by the first revoke.
 */
function main(argv: readonly string[]): void {
  const [service, command, inputFlag, inputPath, queryFlag, query, outputFlag, output, ...rest] = argv;
  const isShape =
    service === 'ec2' &&
    inputFlag === '--cli-input-json' &&
    queryFlag === '--query' &&
    outputFlag === '--output' &&
    output === 'text' &&
    rest.length === 0;
  if (!isShape || command === undefined || query === undefined || !inputPath?.startsWith('file://'))
    fail(252, `cannot parse: aws ${argv.join(' ')}`);
  const statePath = process.env['FAKE_AWS_STATE'] ?? fail(252, 'FAKE_AWS_STATE is not set');
  const state = withoutForgotten(command, JSON.parse(readFileSync(statePath, 'utf8')) as SimulatedState);
  appendFileSync(process.env['FAKE_AWS_LOG'] ?? fail(252, 'FAKE_AWS_LOG is not set'), `${command}\n`);
  if (command === process.env['FAKE_AWS_REFUSE']) fail(254, `An error occurred (RequestLimitExceeded) when calling ${command}`);
  try {
    const answer = execute(state, command, JSON.parse(readFileSync(inputPath.slice('file://'.length), 'utf8')));
    writeFileSync(statePath, JSON.stringify(answer.state));
    process.stdout.write(renderText(query, answer.output));
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    fail(254, error.message);
  }
}

function withoutForgotten(command: string, state: SimulatedState): SimulatedState {
  if (!command.startsWith('revoke-')) return state;
  return { ...state, rules: state.rules.filter((rule) => rule.SecurityGroupRuleId !== process.env['FAKE_AWS_FORGET']) };
}

const LIVE_RULES =
  "SecurityGroupRules[].[SecurityGroupRuleId,IsEgress,IpProtocol,not_null(FromPort,`-1`),not_null(ToPort,`-1`),CidrIpv4,CidrIpv6,PrefixListId,ReferencedGroupInfo.GroupId,not_null(Description,''),join(',',sort(not_null(Tags,`[]`)[].join('=',[Key,Value])))]";
const STALE =
  /^StaleSecurityGroupSet\[\?GroupId=='([^']+)'\]\.(StaleIpPermissions|StaleIpPermissionsEgress)\[\]\.UserIdGroupPairs\[\]\.\[GroupId\]$/;

interface StaleSet {
  readonly GroupId: string;
  readonly StaleIpPermissions: readonly { readonly UserIdGroupPairs: readonly { readonly GroupId: string }[] }[];
  readonly StaleIpPermissionsEgress: StaleSet['StaleIpPermissions'];
}

/** As `--output text` writes the answer to the query: tabs between values, None for null, nothing for an empty list of lists. */
function renderText(query: string, output: Readonly<Record<string, unknown>>): string {
  if (query === LIVE_RULES) return (output['SecurityGroupRules'] as SimulatedRule[]).map(renderRule).join('');
  if (query === 'UnknownIpPermissions[].IpProtocol') {
    const unknown = output['UnknownIpPermissions'] as { IpProtocol: string }[] | undefined;
    return unknown === undefined ? 'None\n' : `${unknown.map((permission) => permission.IpProtocol).join('\t')}\n`;
  }
  if (query === 'SecurityGroupRules[].SecurityGroupRuleId') {
    return `${(output['SecurityGroupRules'] as SimulatedRule[]).map((rule) => rule.SecurityGroupRuleId).join('\t')}\n`;
  }
  const stale = STALE.exec(query);
  if (stale === null) return fail(252, `this query was never compared with the real command line: ${query}`);
  const direction = stale[2] as 'StaleIpPermissions' | 'StaleIpPermissionsEgress';
  const sets = (output['StaleSecurityGroupSet'] as StaleSet[]).filter((set) => set.GroupId === stale[1]);
  return sets
    .flatMap((set) => set[direction].flatMap((permission) => permission.UserIdGroupPairs.map((pair) => `${pair.GroupId}\n`)))
    .join('');
}

function renderRule(rule: SimulatedRule): string {
  const values = [
    rule.SecurityGroupRuleId,
    rule.IsEgress ? 'True' : 'False',
    rule.IpProtocol,
    rule.FromPort ?? -1,
    rule.ToPort ?? -1,
    rule.CidrIpv4 ?? 'None',
    rule.CidrIpv6 ?? 'None',
    rule.PrefixListId ?? 'None',
    rule.ReferencedGroupInfo?.GroupId ?? 'None',
    rule.Description ?? '',
    rule.Tags.map((tag) => `${tag.Key}=${tag.Value}`)
      .sort()
      .join(','),
  ];
  return `${values.join('\t')}\n`;
}

function fail(code: number, message: string): never {
  process.stderr.write(`\n${message}\n`);
  process.exit(code);
}

main(process.argv.slice(2));
