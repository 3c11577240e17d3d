import { UsageError } from '../model/errors.ts';
import { findingKindSchema, severitySchema } from '../model/finding.ts';
import { parseTimestamp } from '../model/time.ts';
import type { Gate } from './gate.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  KI: 2 ** 10,
  MI: 2 ** 20,
  GI: 2 ** 30,
  TI: 2 ** 40,
};

/**
 * A point in time: `2026-01-31` (its first second), `2026-01-31T12:30`, `2026-01-31T12:30:00Z`, `…+02:00`, or epoch seconds. Without an offset it is UTC.
 *
 * @returns epoch seconds
 * @throws {UsageError} also for days that do not exist, and for what looks like milliseconds
 */
export function parseTime(option: string, text: string): number {
  if (/^\d{12,}$/.test(text))
    throw new UsageError(`${option} ${text} looks like milliseconds; give epoch seconds, for example ${text.slice(0, -3)}`);
  const seconds = parseTimestamp(text);
  if (seconds === null)
    throw new UsageError(`${option} ${text} is not a time; expected for example 2026-01-31, 2026-01-31T12:30:00Z or epoch seconds`);
  return seconds;
}

/**
 * An amount of memory: `512MB`, `1.5 GiB`, `4G`; MB are powers of 1000, MiB of 1024. A bare number is bytes.
 *
 * @returns whole bytes, at least one
 * @throws {UsageError}
 */
export function parseSize(option: string, text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([KMGT]?I?)B?$/i.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit.toUpperCase()];
  const bytes = amount === undefined || factor === undefined ? 0 : Math.floor(Number(amount) * factor);
  if (bytes < 1 || !Number.isSafeInteger(bytes))
    throw new UsageError(`${option} ${text} is not an amount of memory; expected for example 512MB or 2GiB`);
  return bytes;
}

/** @throws {UsageError} when the text is not a whole number from 1 to `last` */
export function parseCount(option: string, text: string, last: number): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > last) throw new UsageError(`${option} ${text} is not a whole number from 1 to ${last}`);
  return count;
}

/**
 * `KIND[:N]`: more than N findings of the kind, or of the severity and above, fail the run.
 *
 * @throws {UsageError} which lists the kinds and severities
 */
export function parseGate(text: string): Gate {
  const [, name = '', limit = '0'] = /^([a-z-]+)(?::(\d+))?$/.exec(text) ?? [];
  const kind = findingKindSchema.options.find((each) => each === name);
  const severity = severitySchema.options.find((each) => each === name);
  if (kind !== undefined) return { asWritten: text, counts: { kind }, limit: Number(limit) };
  if (severity !== undefined) return { asWritten: text, counts: { severity }, limit: Number(limit) };
  throw new UsageError(
    `--fail-on ${text} is not KIND or KIND:N; KIND is a severity (${severitySchema.options.join(', ')}) or a kind of finding (${findingKindSchema.options.join(', ')})`,
  );
}
