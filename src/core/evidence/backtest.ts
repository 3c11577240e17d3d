import {
  type Backtest,
  type BacktestPart,
  type BacktestSplit,
  type LeftOutReason,
  leftOutReasonSchema,
  type TestedShare,
} from '../../model/backtest.ts';
import type { Finding } from '../../model/finding.ts';
import type { Window } from '../../model/flow.ts';
import type { Policy, RuleBase } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import { formatTimestamp } from '../../model/time.ts';
import { isAnyDaySet } from '../attribution/hit-days.ts';
import { explainsSilence } from '../findings/detect-findings.ts';
import { gradesIfSilent, type ObservedTraffic } from './assess-rules.ts';
import { clopperPearson95 } from './clopper-pearson.ts';
import { ExposureBook } from './exposure.ts';
import { GRADE_LIMITS, type GradedRule } from './grade.ts';

const SECONDS_PER_DAY = 86_400;

/** Of fewer silent rules no share is given: already of ten without a hit the interval reaches to 31 %. */
const FEWEST_SILENT_RULES = 10;

const SPLITS = [
  { split: 'half', numerator: 1, denominator: 2 },
  { split: 'two-thirds', numerator: 2, denominator: 3 },
] as const;

/** A permit rule with what the test needs to know of it; `leftOut` null: it counts, as far as the whole window is concerned. */
interface TestedRule {
  readonly policy: Policy;
  readonly rule: Rule;
  readonly leftOut: LeftOutReason | null;
  readonly ageIsKnown: boolean;
}

/**
 * Tests "unused" on the logs it is claimed from. The window is cut between two UTC days; a rule is *silent* when no connection of the first part can have
 * used it, and *missed* when one of the rest did: certainly (`hit`), or perhaps (`possiblyHit`, which counts the certain ones too).
 *
 * Rules that count are those for which silence would have become a finding `unused`: permit rules in force, at interfaces that are known, which the log can show,
 * whose silence over the whole window would be grade A to C, and which no other rule silences. Whether a rule *was* used, and what its device counted,
 * plays no part in the choice: counters are read at the end of the window, and leaving out rules for a hit in the rest would make the share too small. Deny
 * rules never count, for a deny rule is never called unused. A rule that is known to be younger than the window is left out; one of unknown age is not, as it is not
 * when unused rules are reported: if it came later, it counts as missed, so that the share errs to the safe side. Both parts must be covered, at the worst interface, as
 * well as grade C asks for.
 *
 * The window is cut after `floor(days / 2)` and after `floor(2 · days / 3)` of its UTC days. Nothing is tested when the window is shorter than grade C asks for (nothing is called
 * unused then), or when a log carries no time. No share is given of fewer than {@link FEWEST_SILENT_RULES} silent rules. The interval takes rules for independent; one job that
 * uses many rules on the same day makes it narrower than it should be.
 *
 * Cost is O(rules × days), memory two bits for each rule that was hit and day.
 *
 * @param findings what was found in the same rules and traffic
 */
export function backtestUnused(ruleBase: RuleBase, traffic: ObservedTraffic, findings: readonly Finding[]): Backtest {
  const rules = rulesToTest(ruleBase, traffic, findings);
  const whyNone = whyUntested(traffic);
  return {
    permitRules: rules.length,
    splits: whyNone === null ? SPLITS.map((split) => testSplit(split, rules, traffic)) : [],
    whyNone,
  };
}

function whyUntested({ window, recordsWithoutDay }: ObservedTraffic): Backtest['whyNone'] {
  if (window.end - window.start < GRADE_LIMITS.daysForC * SECONDS_PER_DAY) return 'SHORT_WINDOW';
  return recordsWithoutDay ? 'RECORDS_WITHOUT_DAY' : null;
}

function rulesToTest(ruleBase: RuleBase, traffic: ObservedTraffic, findings: readonly Finding[]): TestedRule[] {
  const explained = new Map<string, Set<string>>();
  for (const { kind, by, policy, rule } of findings) {
    if (explainsSilence({ kind, by })) explained.set(policy, (explained.get(policy) ?? new Set()).add(rule));
  }
  const grades = gradesIfSilent(ruleBase, traffic);
  return ruleBase.policies.flatMap((policy) =>
    policy.rules
      .filter((rule) => rule.effect.verdict === 'permit')
      .map((rule): TestedRule => {
        const graded = grades.get(rule) ?? null;
        const isExplained = explained.get(policy.id)?.has(rule.id) === true;
        return {
          policy,
          rule,
          leftOut: whyLeftOut(rule, graded, isExplained, traffic.window),
          ageIsKnown: graded?.reasons.includes('AGE_UNKNOWN') === false,
        };
      }),
  );
}

function whyLeftOut(rule: Rule, graded: GradedRule | null, isExplained: boolean, window: Window): LeftOutReason | null {
  if (!rule.enabled || rule.staleReference !== null) return 'NOT_IN_FORCE';
  if (isExplained) return 'EXPLAINED_BY_CONFIGURATION';
  if (graded === null || graded.grade === 'I') return 'NOT_OBSERVABLE';
  // What an older export does not hold came later than its date; only one that is at least as old as the window was there all along.
  const { absentAt, knownFrom } = rule.presence;
  if (absentAt !== null && (knownFrom === null || knownFrom > window.start)) return 'YOUNGER_THAN_WINDOW';
  return graded.grade === 'D' ? 'WEAK_EVIDENCE' : null;
}

function testSplit(
  { split, numerator, denominator }: (typeof SPLITS)[number],
  rules: readonly TestedRule[],
  traffic: ObservedTraffic,
): BacktestSplit {
  const { window } = traffic;
  const firstDay = Math.floor(window.start / SECONDS_PER_DAY);
  const dayCount = Math.ceil(window.end / SECONDS_PER_DAY) - firstDay;
  const cut = Math.floor((dayCount * numerator) / denominator);
  const cutTime = (firstDay + cut) * SECONDS_PER_DAY;
  const first = new WatchedPart({ start: window.start, end: cutTime }, cut, traffic);
  const rest = new WatchedPart({ start: cutTime, end: window.end }, dayCount - cut, traffic);

  const whyNot = ({ leftOut, policy }: TestedRule): LeftOutReason | null =>
    leftOut ?? (first.isCovered(policy) && rest.isCovered(policy) ? null : 'PART_NOT_COVERED');
  const counted = rules.filter((tested) => whyNot(tested) === null);
  const daysOf = ({ policy, rule }: TestedRule) => traffic.hitDays.get(policy.id)?.get(rule.id);
  const silent = counted.filter((tested) => !isAnyDaySet(daysOf(tested)?.possible ?? NO_DAYS, 0, cut));
  const hit = silent.filter((tested) => isAnyDaySet(daysOf(tested)?.certain ?? NO_DAYS, cut, dayCount)).length;
  const possiblyHit = silent.filter((tested) => isAnyDaySet(daysOf(tested)?.possible ?? NO_DAYS, cut, dayCount)).length;
  const policies = new Set(counted.map(({ policy }) => policy));
  return {
    split,
    first: first.describe(policies),
    rest: rest.describe(policies),
    counted: counted.length,
    leftOut: countReasons(rules.map(whyNot)),
    silent: silent.length,
    silentOfUnknownAge: silent.filter(({ ageIsKnown }) => !ageIsKnown).length,
    hit: toShare(hit, silent.length),
    possiblyHit: toShare(possiblyHit, silent.length),
    whyNoShare: silent.length < FEWEST_SILENT_RULES ? 'TOO_FEW_SILENT_RULES' : null,
  };
}

/** In the order of the reasons. */
function countReasons(reasons: readonly (LeftOutReason | null)[]): Partial<Record<LeftOutReason, number>> {
  return Object.fromEntries(
    leftOutReasonSchema.options
      .map((reason) => [reason, reasons.filter((other) => other === reason).length] as const)
      .filter(([, count]) => count > 0),
  );
}

const NO_DAYS = new Uint32Array(0);

/** One part of the window, and how well policies were watched in it. */
class WatchedPart {
  readonly #window: Window;
  readonly #days: number;
  readonly #traffic: ObservedTraffic;
  readonly #book: ExposureBook;
  readonly #coverage = new Map<Policy, number>();

  constructor(window: Window, days: number, traffic: ObservedTraffic) {
    this.#window = window;
    this.#days = days;
    this.#traffic = traffic;
    this.#book = new ExposureBook(window, traffic.coverage);
  }

  isCovered(policy: Policy): boolean {
    return this.#coverageOf(policy) >= GRADE_LIMITS.coverageForC;
  }

  describe(policies: ReadonlySet<Policy>): BacktestPart {
    const { start, end } = this.#window;
    const worst = Math.min(...[...policies].map((policy) => this.#coverageOf(policy)));
    return {
      from: formatTimestamp(start),
      to: formatTimestamp(end),
      days: this.#days,
      daysWithData: this.#book.exposure(this.#traffic.dictionary.attachments, null).effectiveDays,
      coverage: policies.size === 0 ? null : (Math.floor(worst * 1000 + 1e-9) / 1000).toString(),
    };
  }

  #coverageOf(policy: Policy): number {
    let coverage = this.#coverage.get(policy);
    if (coverage === undefined) {
      coverage = this.#book.exposure(policy.attachments ?? this.#traffic.dictionary.attachments, null).coverage;
      this.#coverage.set(policy, coverage);
    }
    return coverage;
  }
}

const MILLION = 1_000_000;

/** To a millionth; the bounds outwards, so that the interval is never narrower than it is. */
function toShare(rules: number, silent: number): TestedShare {
  if (silent < FEWEST_SILENT_RULES) return { rules, share: null, low: null, high: null };
  const { low, high } = clopperPearson95(rules, silent);
  return {
    rules,
    share: (Math.round((rules / silent) * MILLION) / MILLION).toString(),
    low: (Math.floor(low * MILLION) / MILLION).toString(),
    high: (Math.ceil(high * MILLION) / MILLION).toString(),
  };
}
