/** Epoch seconds as ISO 8601 UTC to the second, as every document states times; fractions are cut off. */
export function formatTimestamp(seconds: number): string {
  return `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}
