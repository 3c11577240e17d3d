/** `1234567` → `1,234,567`; decimal strings of any length too. */
export function formatCount(count: number | string): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 rule`, `2 rules`; `plural` for words that do not just take an s. */
export function formatQuantity(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** A fraction as the result writes it, `"0.9812"` → `98.1 %`. Never rounds up to 100 % nor down to 0 %. */
export function formatPercent(fraction: string | number): string {
  const percent = Number(fraction) * 100;
  if (percent > 99.9 && percent < 100) return '> 99.9 %';
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent.toFixed(1).replace(/\.0$/, '')} %`;
}

/** `2026-01-01T00:00:00Z` → `2026-01-01`. */
export function formatDay(timestamp: string): string {
  return timestamp.slice(0, 10);
}

/** `2026-01-01T09:30:00Z` → `2026-01-01 09:30`; UTC like every time in a result. */
export function formatMinute(timestamp: string): string {
  return timestamp.slice(0, 16).replace('T', ' ');
}

/** The hours between two timestamps, as a short text: `36 h`, `12 days`. */
export function formatDuration(from: string, to: string): string {
  const hours = Math.round((Date.parse(to) - Date.parse(from)) / 3_600_000);
  return hours < 72 ? `${hours} h` : formatQuantity(Math.round(hours / 24), 'day');
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** `"89267976"` → `89.3 MB`; units of 1000, three digits. */
export function formatBytes(bytes: string): string {
  const unit = Math.min(Math.floor((bytes.length - 1) / 3), BYTE_UNITS.length - 1);
  const value = Number(bytes) / 1000 ** unit;
  return `${unit === 0 ? bytes : value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${BYTE_UNITS[unit] ?? ''}`;
}
