/** JSON as our files hold it: two spaces, keys in the order they were put in, a line end at the end. */
export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
