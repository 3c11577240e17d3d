import type { AddressRange } from './address.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { MatchProduct } from './match.ts';
import type { Action, Rule } from './rule.ts';
import type { SourceRef } from './source-ref.ts';

/** How a policy decides: the first matching rule (lists, chains), or any permitting rule (security groups). */
export type Evaluation = 'first-match' | 'any-permit';

export type Direction = 'in' | 'out';

/** Rules that are evaluated together, one policy per direction where the platform has directions. */
export interface Policy {
  /** Unique in an audit: `sg-1:in`. */
  readonly id: string;
  readonly name: string;
  /** Name of the format it was read by; the key of its change emitter, and of nothing else. */
  readonly format: string;
  readonly evaluation: Evaluation;
  /** Stateful policies judge the opener of a connection only, stateless ones every packet. */
  readonly stateful: boolean;
  readonly defaultAction: Action;
  readonly direction: Direction | null;
  /** By rank. */
  readonly rules: readonly Rule[];
  /** Rules that only older exports hold: they explain old flows and appear in no result. */
  readonly retiredRules: readonly Rule[];
  /** Attachments by id; null: sees every flow; []: the inventory proves that nothing uses it. */
  readonly attachments: readonly string[] | null;
  /** Whether the policy needs an inventory to know which flows it sees. */
  readonly interfaceBound: boolean;
  /** Traffic that the platform never logs: a rule inside it can never show a hit. */
  readonly unlogged: readonly MatchProduct[];
  /**
   * The platform does not track a connection that an open rule permits while the other direction is open for the replies, so that an open rule may
   * carry replies although no connection is opened through it.
   */
  readonly untrackedWhenOpen: boolean;
  /** Whether a dated export was in force: only then may elimination and consistency count as certain. Epoch seconds of each dated export, ascending. */
  readonly snapshots: readonly number[];
  readonly scope: PolicyScope;
  readonly sourceRef: SourceRef;
}

/** Where the policy lives, for people; empty strings when the export does not say. */
export interface PolicyScope {
  readonly account: string;
  readonly network: string;
  /** The native object: `sg-1`. */
  readonly nativeId: string;
}

/**
 * An interface as the flow log names it, with the policies on it. Each direction is a list of layers in the order a new packet meets them;
 * all of them must permit. `in` is towards the interface's owner. An attachment with no layers is known to be filtered by nothing.
 */
export interface Attachment {
  readonly id: string;
  /** Single addresses that are the interface's own. */
  readonly localAddresses: readonly AddressRange[];
  readonly in: readonly Layer[];
  readonly out: readonly Layer[];
  /** What people should know about it: `nat_gateway`, `network_load_balancer`; empty for an ordinary interface. */
  readonly note: string;
}

/** Policies that permit together (`anyOf`): a packet passes the layer when one of them permits it. */
export interface Layer {
  readonly policies: readonly string[];
  /** The layer is not evaluated for these remote addresses (a network ACL inside its own subnet). */
  readonly exceptRemote: readonly AddressRange[];
}

/** Everything that rule exports and inventories say, of all formats together. */
export interface RuleBase {
  /** By id. */
  readonly policies: readonly Policy[];
  /** By id. */
  readonly attachments: readonly Attachment[];
  /** Whether any inventory of interfaces was given. */
  readonly hasInventory: boolean;
  /** By id; absent when no input names networks. */
  readonly networks?: readonly NamedNetwork[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A network as an inventory knows it: a subnet, or the network around subnets. */
export interface NamedNetwork {
  readonly id: string;
  /** As people call it; the id where nobody named it. */
  readonly name: string;
  /** Name of the network around it; null for that one itself. */
  readonly parent: string | null;
  readonly cidrs: readonly AddressRange[];
}
