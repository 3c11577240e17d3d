import * as z from 'zod';
import type { Match } from './match.ts';
import type { SourceRef } from './source-ref.ts';

/** A rule is named by its policy and its id; the default of a policy is its rule {@link DEFAULT_RULE}. */
export const ruleRefSchema = z.strictObject({ policy: z.string(), rule: z.string() });
export type RuleRef = z.infer<typeof ruleRefSchema>;

/** The id of a policy's default, which decides what no rule matches. */
export const DEFAULT_RULE = 'default';

/** `sg-1:in/sgr-7`, as people and the command line write it. */
export function formatRuleRef(ref: RuleRef): string {
  return `${ref.policy}/${ref.rule}`;
}

export const actionSchema = z.enum(['permit', 'deny']);
export type Action = z.infer<typeof actionSchema>;

/**
 * Everything the platform attaches to a packet that the rule takes. Two effects are equal only when all of it is. `attributes` holds what
 * goes beyond the verdict (reject type, logging, profiles, NAT, marks, timeouts), by name.
 */
export interface Effect {
  readonly verdict: Action;
  readonly attributes: Readonly<Record<string, string>>;
}

/** One predicate with an effect, at a place in its policy. */
export interface Rule {
  /** Unique inside the policy: the native id, else the position; `ID#2` for a copy. */
  readonly id: string;
  /** Evaluation position from 0; in an `any-permit` policy only a stable order. */
  readonly rank: number;
  readonly nativeId: string | null;
  readonly name: string;
  readonly description: string;
  /** The rule as its export states it, on one line. */
  readonly asWritten: string;
  /** Names as written, for people. */
  readonly written: { readonly source: readonly string[]; readonly destination: readonly string[]; readonly services: readonly string[] };
  readonly effect: Effect;
  readonly enabled: boolean;
  readonly match: Match;
  /** `no`: the rule could not be read or nothing of it can be computed; its match is then everything, under an unknown of its own. */
  readonly evaluable: 'full' | 'partial' | 'no';
  readonly metadata: RuleMetadata;
  /** The input proves that what the rule refers to is gone. Never set for a reference that our export merely does not contain. */
  readonly staleReference: string | null;
  /** A reference that neither resolves nor is proven stale. */
  readonly unresolvedReferences: readonly string[];
  /** When the rule, in exactly this form, is known to have been in force. Times are epoch seconds. */
  readonly presence: Presence;
  readonly nativeHits: number | null;
  readonly sourceRef: SourceRef;
  /** What a change emitter of the same platform needs to name the rule; opaque to everybody else. */
  readonly native: Readonly<Record<string, unknown>>;
}

/** What the export says about the rule beside its match; empty strings and null mean the export does not say. Times are epoch seconds. */
export interface RuleMetadata {
  readonly owner: string;
  readonly ticket: string;
  readonly createdAt: number | null;
  readonly modifiedAt: number | null;
  /** A documented end. It changes nothing about what the device does. */
  readonly documentedExpiry: string;
}

export const NO_METADATA: RuleMetadata = { owner: '', ticket: '', createdAt: null, modifiedAt: null, documentedExpiry: '' };

/**
 * `absentAt < knownFrom`: at `absentAt` the rule surely did not exist in this form, from `knownFrom` on it surely did. `retiredAt` is set for a
 * rule that only an older export holds: at that time it was surely gone. Null means that nothing is known.
 */
export interface Presence {
  readonly absentAt: number | null;
  readonly knownFrom: number | null;
  readonly retiredAt: number | null;
  /** Where `knownFrom` comes from: `created`, `modified`, `export`; null when it is null. */
  readonly source: string | null;
}

export const PRESENCE_UNKNOWN: Presence = { absentAt: null, knownFrom: null, retiredAt: null, source: null };

/** A rule that no export holds: enabled, always in force, without anything that people wrote. */
export function bareRule(rule: Pick<Rule, 'id' | 'rank' | 'match' | 'effect' | 'evaluable' | 'sourceRef'>): Rule {
  return {
    ...rule,
    nativeId: null,
    name: '',
    description: '',
    asWritten: '',
    written: { source: [], destination: [], services: [] },
    enabled: true,
    metadata: NO_METADATA,
    staleReference: null,
    unresolvedReferences: [],
    presence: PRESENCE_UNKNOWN,
    nativeHits: null,
    native: {},
  };
}
