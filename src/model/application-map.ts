import * as z from 'zod';
import { decimalSchema } from './finding.ts';

export const MOST_MAP_NODES = 200;
export const MOST_MAP_EDGES = 2000;

/**
 * A place that talks. `policies`: interfaces that carry the same policies that permit together (the same security groups); `network`: a subnet or network
 * of the inventory, without an interface that carries any; `zone`: of the guardrails; `block`: a /24, or a /64 of IPv6, where nothing better
 * is known; `private`: other addresses that no public network routes; `internet`: all others.
 */
const mapNodeSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['policies', 'network', 'zone', 'block', 'private', 'internet']),
  name: z.string(),
  /** Interfaces of the inventory that belong to it. */
  interfaces: z.int(),
  /** Connections that it opened, and that were opened to it, edges that are left out included; those of unknown opener are in neither. */
  opened: z.int(),
  received: z.int(),
});
export type MapNode = z.infer<typeof mapNodeSchema>;

/** `proven` by flags or by the format; `likely` by the ports, or because one side only sent; `unknown`: then source and destination are in the order of the nodes. */
const orientationSchema = z.enum(['proven', 'likely', 'unknown']);
export type Orientation = z.infer<typeof orientationSchema>;

/**
 * One service between two nodes. A connection is one opened 5-tuple per UTC day and logged action, however many interfaces logged it: for every two
 * interfaces and service the side that logged more counts. That is exact while one of the two logged everything, and never too many.
 */
export const mapEdgeSchema = z.strictObject({
  source: z.string(),
  destination: z.string(),
  /** Of the side that was opened to: `tcp/443`, `icmp`; `tcp` where the port is not known, `tcp/several` where ports were summed up. */
  service: z.string(),
  orientation: orientationSchema,
  /** connections = accepted + rejected + undecided (logged without an action). */
  connections: z.int(),
  accepted: z.int(),
  rejected: z.int(),
  undecided: z.int(),
  /** Of `accepted`: those of which both directions were logged. */
  answered: z.int(),
  /** Accepted connections of which a reply was refused, as logged. */
  refusedReplies: z.int(),
  /** The same counted once per interface, refused replies apart, as everywhere else in the result. */
  sightings: z.int(),
  /** Both directions, as the side saw it that logged more. */
  bytes: decimalSchema,
  /** UTC days; null when the log carries no time. */
  firstDay: z.string().nullable(),
  lastDay: z.string().nullable(),
});
export type MapEdge = z.infer<typeof mapEdgeSchema>;

const mapSumsSchema = z.strictObject({
  nodes: z.int(),
  edges: z.int(),
  connections: z.int(),
  sightings: z.int(),
  bytes: decimalSchema,
});

/** Who talks to whom on what, in the window. Bounded; what is left out is summed up: total = sum of the edges + omitted. */
export const applicationMapSchema = z.strictObject({
  /** How finely it was counted: coarser than `services` where there were too many combinations; `nodes` and `private` are without ports, too. */
  detail: z.enum(['services', 'protocols', 'nodes', 'private']),
  /** By kind, then name. */
  nodes: z.array(mapNodeSchema).max(MOST_MAP_NODES),
  /** Most connections first. */
  edges: z.array(mapEdgeSchema).max(MOST_MAP_EDGES),
  /** Its sightings are the connections of `traffic`. */
  total: mapSumsSchema,
  omitted: mapSumsSchema,
  /** Of the total: logged only by interfaces that belong to neither side, so that two of them may have counted the same connection. */
  perInterface: z.int(),
});
export type ApplicationMap = z.infer<typeof applicationMapSchema>;
