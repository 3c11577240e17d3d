/** Epoch seconds as ISO 8601 UTC to the second, as every document states times; fractions are cut off. */
export function formatTimestamp(seconds: number): string {
  return `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}

/** `2026-01-31`, `2026-01-31T12:00Z`, `2026-01-31T12:00:00+02:00`, `1767225600` → epoch seconds; null when the text is no date. */
export function parseTimestamp(text: string): number | null {
  if (/^\d{9,11}$/.test(text)) return Number(text);
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(:\d{2})?(?:\.\d+)?(Z|z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  if (parts === null) return null;
  const [, date = '', minutes = '00:00', seconds = ':00', zone = 'Z'] = parts;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // Date.parse rolls 30 February over into March.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) return null;
  const time = Date.parse(`${date}T${minutes}${seconds}${zone.toUpperCase()}`);
  return Number.isNaN(time) ? null : Math.floor(time / 1000);
}
