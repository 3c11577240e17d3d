/**
 * Writes to standard output and waits until it is taken. A reader who has seen enough (`| head`) is not an error.
 *
 * @throws when it cannot be written for another reason, for example to a full disk
 */
export async function writeStandardOutput(content: string | Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(content, (error) => {
      if (error == null || isClosedPipe(error)) resolve();
      else reject(error);
    });
  });
}

/** On a terminal, or where FORCE_COLOR asks for it, and NO_COLOR does not forbid it. */
export function wantsColor(): boolean {
  if (process.env['NO_COLOR']) return false;
  return process.stdout.isTTY === true || (process.env['FORCE_COLOR'] ?? '0') !== '0';
}

/** Without a listener Node ends the process when a pipe closes; the write itself reports every other failure. */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

function isClosedPipe(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}
