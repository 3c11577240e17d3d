/**
 * A quoted YAML text that reads back as the same text. It is one line of visible characters without a backtick, so that it can stand in a fenced
 * block and be copied from a terminal. Lone surrogates, which YAML cannot hold, become U+FFFD.
 */
export function yamlText(text: string): string {
  const escaped = text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/["\\]/g, (character) => `\\${character}`)
    .replace(/[\p{C}\p{Zl}\p{Zp}`]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
    });
  return `"${escaped}"`;
}
