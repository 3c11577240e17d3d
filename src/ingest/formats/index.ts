import type { RuleFormat } from '../format.ts';
import { awsVpc } from './aws/index.ts';
import { rulesCsv } from './generic/rules-csv.ts';

/** Every format of rules and inventories, in the order in which a document is offered to them. */
export const ruleFormats: readonly RuleFormat[] = [awsVpc, rulesCsv];
