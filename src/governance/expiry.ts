const SECONDS_PER_DAY = 86_400;

/**
 * What expires on a day holds through the whole of it, in UTC.
 *
 * @param expires `2026-12-31`
 * @param asOf epoch seconds
 */
export function isExpired(expires: string, asOf: number): boolean {
  return asOf >= Date.parse(`${expires}T00:00:00Z`) / 1000 + SECONDS_PER_DAY;
}
