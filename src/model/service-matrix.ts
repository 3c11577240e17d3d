import * as z from 'zod';
import { inputSchema } from './audit-result.ts';
import { decimalSchema } from './finding.ts';

/** Something beside the packet that has to be so. */
export const matrixConditionSchema = z.discriminatedUnion('kind', [
  /** A condition that cannot be computed: an application, a schedule, a reference whose members are not known for all time. */
  z.strictObject({ kind: z.literal('unknown'), axis: z.string(), holds: z.boolean() }),
  /** One of these values: connection state, zone; `(any other)` for the values that no rule names. */
  z.strictObject({ kind: z.literal('finite'), axis: z.string(), values: z.array(z.string()) }),
]);
export type MatrixCondition = z.infer<typeof matrixConditionSchema>;

/** Services that are permitted under one and the same condition: `services` without `except`. */
export const matrixPermissionSchema = z.strictObject({
  /** `any`, `tcp/443`, `tcp,udp/53`, `tcp/1-1023 from port 53`, `icmp type 8`, `protocols 0-5,7-255`. */
  services: z.array(z.string()),
  except: z.array(z.string()),
  /** Any of these lists, of which all has to hold; no list: always. null: more than 64 lists or 1,000 axes; `dependsOn` names what they are about. */
  when: z.array(z.array(matrixConditionSchema)).nullable(),
  /** The axes of the condition; empty: always. */
  dependsOn: z.array(z.string()),
  /** The condition in words: `if "app web" holds`, `depending on "app web" and "user bob"`; empty: always. */
  condition: z.string(),
});
export type MatrixPermission = z.infer<typeof matrixPermissionSchema>;

/** What is permitted in a cell. Every two functions of a matrix differ, for some packet and some value of the unknowns. */
export const serviceFunctionSchema = z.strictObject({
  /** `none`: nothing; `conditional`: only what depends on something; `some`: something for certain; `all`: everything that was asked for, for certain. */
  extent: z.enum(['none', 'conditional', 'some', 'all']),
  /** How many combinations of protocol, ports, ICMP type and code are permitted, whatever the condition. */
  serviceCount: decimalSchema,
  /** They share no service. */
  permits: z.array(matrixPermissionSchema),
});
export type ServiceFunction = z.infer<typeof serviceFunctionSchema>;

/** Addresses that the permissions treat alike: all that do, and only those. */
export const addressClassSchema = z.strictObject({
  /** Networks, hosts and ranges, ascending. */
  addresses: z.array(z.string()),
  /** More than half of the addresses that were asked for. At most one class of a side is it, and it stands last. */
  isRest: z.boolean(),
});
export type AddressClass = z.infer<typeof addressClassSchema>;

export const familyMatrixSchema = z.strictObject({
  family: z.union([z.literal(4), z.literal(6)]),
  /** Source classes by lowest address, the rest last; no two have equal cells. */
  rows: z.array(addressClassSchema),
  /** Destination classes, likewise. */
  columns: z.array(addressClassSchema),
  /** One list for each row, of one index into `functions` for each column. */
  cells: z.array(z.array(z.int())),
});
export type FamilyMatrix = z.infer<typeof familyMatrixSchema>;

/** Who may reach whom by what at one enforcement point: the smallest table that says it exactly. */
export const serviceMatrixSchema = z.strictObject({
  name: z.string(),
  /** Ids of policies: those of one list permit together, every list has to permit. */
  layers: z.array(z.array(z.string())),
  /** False: the families that are missing could not be finished; those that are here are whole. */
  complete: z.boolean(),
  /** Empty when complete. */
  incompleteBecause: z.array(z.string()),
  families: z.array(familyMatrixSchema),
  /** In order of appearance, but nothing first where the first family has such a cell. */
  functions: z.array(serviceFunctionSchema),
  /** Nodes of the decision diagrams that hold the functions. */
  nodeCount: z.int(),
});
export type ServiceMatrix = z.infer<typeof serviceMatrixSchema>;

/** What `rulesweep query --matrix` says. */
export const serviceMatrixDocumentSchema = z.strictObject({
  schemaVersion: z.literal(1),
  tool: z.strictObject({ name: z.literal('rulesweep'), version: z.string() }),
  subject: z.literal('matrix'),
  /** The region that was asked for, a line each; null: everything. */
  asked: z.array(z.string()).nullable(),
  matrices: z.array(serviceMatrixSchema),
  notes: z.array(z.string()),
  incompleteBecause: z.array(z.string()),
  inputs: z.array(inputSchema),
});
export type ServiceMatrixDocument = z.infer<typeof serviceMatrixDocumentSchema>;
