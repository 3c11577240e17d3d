/**
 * Text from a rule, a log or a file name, made fit for people: terminal sequences and bidirectional controls are taken out, every other control
 * character becomes visible (`\n`, `\x07`), so that the text is one line and shows what it holds. Lone surrogates become U+FFFD.
 *
 * Safe to print on a terminal as it is; HTML, Markdown and CSV need their own escape on top. Applying it twice changes nothing.
 */
export function visibleText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return text
    .replace(TERMINAL_SEQUENCE, '')
    .replace(BIDI_CONTROL, '')
    .replace(CONTROL, showControl)
    .replace(/\p{Surrogate}/gu, '\ufffd');
}

/** {@link visibleText} cut to at most `width` characters, the last one `…` when something is missing. `width` is at least 1. */
export function fitText(text: string, width: number): string {
  const characters = [...visibleText(text)];
  return characters.length <= width ? characters.join('') : `${characters.slice(0, width - 1).join('')}…`;
}

/** {@link visibleText} as at most `lines` lines of at most `width` characters, broken at blanks where there are any; `…` when something is missing. */
export function wrapText(text: string, width: number, lines: number): string[] {
  let rest = [...visibleText(text)];
  const wrapped: string[] = [];
  while (rest.length > width && wrapped.length < lines - 1) {
    const blank = rest.lastIndexOf(' ', width);
    const cut = blank > 0 ? blank : width;
    wrapped.push(rest.slice(0, cut).join('').trimEnd());
    rest = rest.slice(rest[cut] === ' ' ? cut + 1 : cut);
  }
  return [...wrapped, fitText(rest.join(''), width)];
}

// ESC or CSI with its parameters, and OSC/DCS/APC/PM strings up to BEL or ST. What is left of an unfinished one becomes visible.
const TERMINAL_SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this file is about
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]P_^X]|[\u009d\u0090\u009f\u009e\u0098])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-Z\\^-~]/g;
const BIDI_CONTROL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const CONTROL = /[\p{Cc}\u2028\u2029]/gu;
const SUSPICIOUS = /[\p{Cc}\p{Surrogate}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

const NAMED_CONTROLS: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function showControl(character: string): string {
  const code = character.charCodeAt(0);
  return NAMED_CONTROLS[character] ?? (code > 0xff ? `\\u${code.toString(16)}` : `\\x${code.toString(16).padStart(2, '0')}`);
}
