import type { Severity } from '../../model/finding.ts';

/** Terminal colours, or none. Everything painted is our own text or already visible text. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  severity(text: string, severity: Severity): string;
}

export function painter(color: boolean): Paint {
  const style = (open: number, close: number) => (text: string) => (color ? `\u001b[${open}m${text}\u001b[${close}m` : text);
  const bold = style(1, 22);
  const dim = style(2, 22);
  const red = style(31, 39);
  const yellow = style(33, 39);
  const bySeverity = { critical: (text: string) => bold(red(text)), high: red, medium: yellow, low: (text: string) => text, info: dim };
  return { bold, dim, red, yellow, severity: (text, severity) => bySeverity[severity](text) };
}
