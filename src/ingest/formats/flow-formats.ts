import type { FlowFormat } from '../flows/format.ts';
import { vpcFlowLogMessages } from './aws/flow-log-messages.ts';
import { securityLakeFlows } from './aws/flow-log-ocsf.ts';
import { vpcFlowLogParquet } from './aws/flow-log-parquet.ts';
import { vpcFlowLog } from './aws/flow-log-text.ts';
import { flowsCsv } from './generic/flows-csv.ts';

/** Every kind of flow log, in the order in which a file is tried. */
export const FLOW_FORMATS: readonly FlowFormat[] = [vpcFlowLogParquet, securityLakeFlows, flowsCsv, vpcFlowLogMessages, vpcFlowLog];
