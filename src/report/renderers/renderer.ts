import type { AuditResult } from '../../model/audit-result.ts';

export interface RenderOptions {
  /** Terminal colours; only the text renderer reads them. */
  readonly color: boolean;
  /** Columns of the terminal, at least 60; only the text renderer reads it. */
  readonly width: number;
  /** The folder the other files go to, as the user named it, so that the text can point at them; null when none is written. */
  readonly outDir: string | null;
}

export const PLAIN_TEXT: RenderOptions = { color: false, width: 100, outDir: null };

/** One way to present a result. Pure: the same result and options give the same text or bytes. */
export interface Renderer {
  readonly name: string;
  readonly title: string;
  /** Ends of file names this renderer is for, lower case; the longest that fits decides. */
  readonly suffixes: readonly string[];
  render(result: AuditResult, options: RenderOptions): string | Promise<Uint8Array>;
}

/** A renderer whose output a terminal can show. */
export interface TextRenderer extends Renderer {
  render(result: AuditResult, options: RenderOptions): string;
}
