import type { Direction } from '../../../model/policy.ts';
import type { AwsRecord } from './documents.ts';
import { objectsField, textField } from './json-fields.ts';
import { readService, serviceKey } from './permissions.ts';
import { orderOfDate, type Reading } from './reading.ts';

/** References that EC2 itself calls stale. */
export interface StaleRules {
  /** Why EC2 calls the reference stale, or null. Asking marks the statement as used. */
  find(group: string, direction: Direction, service: string, peerGroup: string): string | null;
  /** Counts statements about rules that no export holds; to be called when every rule has asked. */
  reportUnused(): void;
}

interface Statement {
  readonly record: AwsRecord;
  readonly text: string;
  readonly about: string;
  used: boolean;
}

/** Reads `describe-stale-security-groups`. Only the newest export counts: a reference that it no longer names may have come alive again. */
export function readStaleRules(reading: Reading): StaleRules {
  const newest = Math.max(...[...reading.records.datesOf('stale-group')].map(orderOfDate));
  const statements = new Map<string, Statement[]>();
  for (const record of reading.records.of('stale-group')) {
    for (const [key, statement] of readStatements(record)) {
      if (orderOfDate(record.at) < newest) reading.ledger.skip(record.document, 'SUPERSEDED_EXPORT');
      else statements.set(key, [...(statements.get(key) ?? []), statement]);
    }
  }
  return {
    find: (group, direction, service, peerGroup) => {
      const found = statements.get(keyOf(group, direction, service, peerGroup)) ?? [];
      for (const statement of found) statement.used = true;
      return found[0]?.text ?? null;
    },
    reportUnused: () => {
      for (const { record, about, used } of [...statements.values()].flat()) {
        if (used) {
          reading.ledger.accept(record.document);
        } else {
          reading.ledger.skip(record.document, 'RULE_NOT_EXPORTED');
          reading.report(
            'info',
            'RULE_NOT_EXPORTED',
            record.sourceRef.path,
            `the stale rule ${about} stands in no export of security groups`,
          );
        }
      }
    },
  };
}

function readStatements(record: AwsRecord): [string, Statement][] {
  const group = textField(record.value, 'GroupId');
  return (['in', 'out'] as const).flatMap((direction) =>
    objectsField(record.value, direction === 'in' ? 'StaleIpPermissions' : 'StaleIpPermissionsEgress').flatMap((permission) =>
      objectsField(permission, 'UserIdGroupPairs').map((pair): [string, Statement] => {
        const service = serviceKey(readService(permission));
        const peer = textField(pair, 'GroupId');
        const peering = textField(pair, 'VpcPeeringConnectionId');
        const text = `${peer}: EC2 lists the rule as stale${peering === '' ? '' : ` (peering ${peering})`}`;
        const about = `${group} ${direction} ${service} ${peer}`;
        return [keyOf(group, direction, service, peer), { record, text, about, used: false }];
      }),
    ),
  );
}

function keyOf(group: string, direction: Direction, service: string, peerGroup: string): string {
  return [group, direction, service, peerGroup].join('\n');
}
