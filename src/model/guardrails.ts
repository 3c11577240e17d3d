import * as z from 'zod';
import type { AddressRange } from './address.ts';
import { type Severity, severitySchema } from './finding.ts';
import type { Service } from './service.ts';

const text = z.string().regex(/\S/, 'must not be empty');

const nameSchema = z
  .string()
  .regex(
    /^[\p{L}][\p{L}\p{N}._-]{0,63}$/u,
    'is no name; expected a letter first, then letters, digits, dots, underlines and hyphens, at most 64 in all',
  );

const idSchema = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}._/-]{0,63}$/u,
    'is no id; expected letters, digits, dots, slashes, underlines and hyphens, at most 64, for example FW-2026-014',
  );

const serviceListSchema = z
  .array(text.describe('tcp/443, udp/53, tcp/1000-2000, icmp, icmp/8/0, gre, any'))
  .min(1, 'is an empty list; expected at least one service, such as tcp/443');

const placeText = 'a zone, tag:NAME, any (every address), or outside (every address that is in no zone)';

const placeSchema = text.describe(placeText);

const placeListSchema = z
  .union([text, z.array(text).min(1, 'is an empty list; expected at least one zone, tag or address')], { error: whatPlaceIsWrong })
  .describe(`${placeText}; or an address, a network (10.1.0.0/16) or first-last; or a list of zones, tags and addresses`);

function whatPlaceIsWrong(issue: { readonly input?: unknown }): string {
  if (issue.input === undefined) return `is missing; expected ${placeText}, an address or a network, or a list of them`;
  return `is neither text nor a list of texts; expected ${placeText}, an address or a network, or a list of them`;
}

const zoneSchema = z.strictObject({
  cidrs: z
    .array(text.describe('a network such as 10.1.0.0/16, or an address'))
    .min(1, 'is an empty list; expected at least one network')
    .describe('networks of the zone; where zones overlap, an address belongs to the zone with the most specific network'),
  tags: z.array(nameSchema).optional().describe('such as pci, ephi, mgmt: other entries name all zones of a tag as tag:pci'),
  description: z.string().optional(),
});

const matrixEntrySchema = z.strictObject({
  from: placeSchema.describe(`sources: ${placeText}`),
  to: placeSchema.describe(`destinations: ${placeText}`),
  allow: z
    .union([z.literal('any'), z.literal('none'), serviceListSchema], { error: whatAllowIsWrong })
    .describe('services that may be permitted from there to there; everything else may not. any: no limit; none: nothing'),
  reason: text.optional().describe('why, for the reader of a violation'),
  severity: severitySchema.optional().describe('of a violation; high where it is left out'),
});

function whatAllowIsWrong(issue: { readonly input?: unknown }): string {
  const what = issue.input === undefined ? 'is missing' : Array.isArray(issue.input) ? 'is no list of services' : 'is not understood';
  return `${what}; expected any, none, or a list of services such as [tcp/443, udp/53]`;
}

const serviceEntrySchema = z.strictObject({
  service: text.describe('tcp/23'),
  name: text.describe('telnet'),
  reason: text.describe('what is wrong with it'),
  from: placeListSchema.optional().describe(`sources from which it counts: ${placeText}`),
  to: placeListSchema.optional().describe(`destinations to which it counts; any where it is left out: ${placeText}`),
  severity: severitySchema.optional(),
});

const standardRequestSchema = z.strictObject({
  id: idSchema,
  from: placeListSchema,
  to: placeListSchema,
  services: serviceListSchema,
  reason: text.describe('why such a request needs no further approval'),
  owner: text.describe('who answers for that'),
});

const PROTECTION_SELECTORS = ['policy', 'rule', 'ruleKey', 'name', 'description', 'ruleOwner'] as const;

const protectedRuleSchema = z
  .strictObject({
    policy: text.optional().describe('id of the policy; * and ? stand for any letters and any letter'),
    rule: text.optional().describe('id or native id of the rule; * and ? as above'),
    ruleKey: z
      .string()
      .regex(/^v1:\S+$/, 'must be a rule key such as v1:0123…, as audit.json and rules.csv give it')
      .optional()
      .describe('hash of the content of the rule: an edited rule is no longer protected'),
    name: text.optional().describe('name of the rule; * and ? as above'),
    description: text.optional().describe('description of the rule; * and ? as above'),
    ruleOwner: text.optional().describe('owner as the rule export states it; * and ? as above'),
    reason: text.describe('why the rule must not be touched'),
  })
  .refine(
    (entry) => PROTECTION_SELECTORS.some((selector) => entry[selector] !== undefined),
    `protects nothing; expected at least one of ${PROTECTION_SELECTORS.join(', ')}`,
  );

const exceptionSchema = z.strictObject({
  id: idSchema,
  from: placeListSchema,
  to: placeListSchema,
  services: serviceListSchema,
  clause: text
    .optional()
    .describe(
      'what it excuses: zone-matrix, insecure-service or risky-service, or one clause such as "zone-matrix web -> card" or "insecure-service tcp/23"; everything where it is left out',
    ),
  owner: text.describe('who answers for it'),
  reason: text.describe('the need for it'),
  expires: z.iso
    .date({
      error: ({ input }) =>
        input === undefined
          ? 'is missing, and an exception must end; expected its last day, such as 2026-12-31'
          : `is no day of the calendar; expected its last day, such as 2026-12-31`,
    })
    .describe('last day (UTC) on which it holds'),
});

/** Dates that come back: the last day (UTC) of each. */
export const CALENDAR_RECURRENCES = ['month-end', 'quarter-end', 'year-end'] as const;

const calendarDateText = `a day such as 2026-03-31, or ${CALENDAR_RECURRENCES.slice(0, -1).join(', ')} or ${CALENDAR_RECURRENCES.at(-1)}`;

const calendarEntrySchema = z.strictObject({
  name: text.describe('close of the books, DR test, patch day'),
  date: z
    .union([z.iso.date({ error: whatDateIsWrong }), z.enum(CALENDAR_RECURRENCES)], { error: whatDateIsWrong })
    .describe(`${calendarDateText}; UTC`),
  reason: text.optional().describe('what runs on that day'),
});

function whatDateIsWrong(issue: { readonly input?: unknown }): string {
  return `${issue.input === undefined ? 'is missing' : 'is no day of the calendar'}; expected ${calendarDateText}`;
}

/** A `--guardrails` file, YAML or JSON: what may be permitted between zones, and who answers for what is permitted all the same. */
export const guardrailsSchema = z.strictObject({
  version: z.literal(1),
  zones: z.record(nameSchema, zoneSchema).optional().describe('networks by name; addresses in none of them are outside'),
  zoneMatrix: z
    .array(matrixEntrySchema)
    .optional()
    .describe('what may be permitted between zones; for a pair of zones the narrowest entry that holds it decides, wherever it stands'),
  zoneMatrixDefault: z
    .enum(['unconstrained', 'none'])
    .optional()
    .describe(
      'pairs of zones without an entry: unconstrained (where it is left out), or none: nothing may be permitted, inside a zone neither',
    ),
  insecureServices: z
    .array(serviceEntrySchema)
    .optional()
    .describe('services that nobody should use, from anywhere where from is left out; replaces the list that rulesweep has'),
  riskyServices: z
    .array(serviceEntrySchema)
    .optional()
    .describe(
      'services that should not be open to the outside, which is what from is where it is left out; replaces the list that rulesweep has',
    ),
  standardRequests: z.array(standardRequestSchema).optional().describe('requests that pass by themselves'),
  protectedRules: z
    .array(protectedRuleSchema)
    .optional()
    .describe('rules that no change set touches; everything that an entry names must fit'),
  exceptions: z.array(exceptionSchema).optional().describe('what may be permitted against the other clauses, until a day'),
  calendar: z
    .array(calendarEntrySchema)
    .optional()
    .describe('days on which the business does what it does on no other day; an audit says which of them its logs hold'),
});

/** A guardrails file as it is written. */
export type GuardrailsText = z.infer<typeof guardrailsSchema>;

/** Where an entry is in its file, from 1. */
interface Placed {
  readonly line: number;
}

export interface Zone extends Placed {
  readonly name: string;
  readonly networks: readonly ZoneNetwork[];
  readonly tags: readonly string[];
  readonly description: string;
}

/** A network as the file has it: `range` is an aligned power of two. */
export interface ZoneNetwork extends Placed {
  readonly range: AddressRange;
}

/** One side of an entry: addresses, by name or as they are. */
export type PlaceTerm =
  | { readonly kind: 'any' }
  | { readonly kind: 'outside' }
  | { readonly kind: 'zone'; readonly name: string }
  | { readonly kind: 'tag'; readonly name: string }
  | { readonly kind: 'addresses'; readonly range: AddressRange };

/** The union of its terms, of which there is at least one; `any` stands alone. */
export type PlaceReference = readonly PlaceTerm[];

export interface MatrixEntry extends Placed {
  /** `web -> card` */
  readonly id: string;
  readonly from: PlaceReference;
  readonly to: PlaceReference;
  /** Empty: nothing; null: no limit. */
  readonly allow: readonly Service[] | null;
  readonly reason: string;
  readonly severity: Severity;
}

export interface ServiceEntry {
  /** `tcp/23`; unique in its list, together with the places. */
  readonly id: string;
  readonly service: Service;
  readonly name: string;
  readonly reason: string;
  readonly from: PlaceReference;
  readonly to: PlaceReference;
  readonly severity: Severity;
  /** Null: from the list that rulesweep has. */
  readonly line: number | null;
}

export interface StandardRequest extends Placed {
  readonly id: string;
  readonly from: PlaceReference;
  readonly to: PlaceReference;
  readonly services: readonly Service[];
  readonly reason: string;
  readonly owner: string;
}

/** The kinds of clauses that an exception can excuse. */
export const EXCUSABLE_KINDS = ['zone-matrix', 'insecure-service', 'risky-service'] as const;
export type ExcusableKind = (typeof EXCUSABLE_KINDS)[number];

export interface GuardrailException extends StandardRequest {
  /** Null: every clause; with `id` null every clause of the kind. */
  readonly excuses: { readonly kind: ExcusableKind; readonly id: string | null } | null;
  /** Last day on which it holds, `2026-12-31`. */
  readonly expires: string;
}

/** Every selector that is not null must fit; at least one is not. All but `ruleKey` are patterns. */
export interface ProtectedRule extends Placed {
  readonly policy: string | null;
  readonly rule: string | null;
  readonly ruleKey: string | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly ruleOwner: string | null;
  readonly reason: string;
}

/** A day, or days that come back, on which rules may be used that are not used otherwise. */
export interface CalendarEntry extends Placed {
  readonly name: string;
  /** `2026-03-31`, or one of {@link CALENDAR_RECURRENCES}. */
  readonly date: string;
  /** May be empty. */
  readonly reason: string;
}

/** A guardrails file as read: every name in it is defined, and every pair of zones is decided by one entry. */
export interface Guardrails {
  readonly path: string;
  /** By name, in the order of the file. */
  readonly zones: ReadonlyMap<string, Zone>;
  /** Narrow pairs first: for a pair of zones the first entry that holds it decides. */
  readonly zoneMatrix: readonly MatrixEntry[];
  readonly zoneMatrixDefault: { readonly allow: 'unconstrained' | 'none'; readonly line: number };
  readonly insecureServices: readonly ServiceEntry[];
  readonly riskyServices: readonly ServiceEntry[];
  readonly standardRequests: readonly StandardRequest[];
  readonly protectedRules: readonly ProtectedRule[];
  readonly exceptions: readonly GuardrailException[];
  readonly calendar: readonly CalendarEntry[];
}
