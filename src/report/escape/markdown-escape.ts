import { visibleText } from './visible-text.ts';

/**
 * Text for one table cell or the inside of a Markdown line, read literally by CommonMark and GitHub: what could be markup, HTML, a link, a mention
 * or a cell border is written as a character reference, which never has a structural meaning.
 */
export function markdownText(text: string): string {
  return visibleText(text)
    .replace(/[&<>|`*~\\[\]{}()#!$@"']/g, toReference)
    .replace(/_/g, (character, at: number, whole: string) => (isInsideWord(whole, at) ? character : toReference(character)))
    .replace(/:(?=\/\/)|(?<=www)\./gi, toReference)
    .replace(/^[\s\-+=]|^\d(?=\d*[.)](?:\s|$))/, toReference);
}

function toReference(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`;
}

/** An underscore between letters or digits is no emphasis: `sg_web` stays readable. */
function isInsideWord(text: string, at: number): boolean {
  return /[\p{L}\p{N}]/u.test(text.charAt(at - 1)) && /[\p{L}\p{N}]/u.test(text.charAt(at + 1));
}
