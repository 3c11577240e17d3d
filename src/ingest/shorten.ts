import { createHash } from 'node:crypto';

/** A text for a message or a name: a long one is cut, and told apart from others by its hash. */
export function shorten(text: string, limit = 200): string {
  if (text.length <= limit) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return `${text.slice(0, limit)}… (${text.length} characters, sha256 ${hash})`;
}
