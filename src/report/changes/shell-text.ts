/**
 * One word of a POSIX shell command, whatever the text holds.
 * @throws {RangeError} for NUL and line ends, which have no business in a generated command
 */
export function quoteShell(text: string): string {
  const refused = /[\0\r\n]/.exec(text);
  if (refused !== null)
    throw new RangeError(`the text ${JSON.stringify(text)} holds NUL or a line end and cannot become one word of a command`);
  return `'${text.replaceAll("'", "'\\''")}'`;
}
