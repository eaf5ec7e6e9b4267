import type { DiagnosticCode } from './diagnostic.ts';

/** The length, in UTF-16 units, beyond which a file is refused. */
export const MAX_TEXT: number = 1024 * 1024;

/** Something wrong with a text before it is read as YAML. */
export type TextFault = {
  readonly code: DiagnosticCode;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};

// \p{Cc} holds the control characters, of which tab and line ends are fine; U+2028 to U+202E and
// U+2066 to U+2069 make a pact read other than it means; a decoder leaves U+FFFD where the bytes
// were not UTF-8.
const UNWANTED = /[\u2028-\u202e\u2066-\u2069\ufeff\ufffd-\uffff]|(?![\t\n\r])\p{Cc}/u;

/** Returns the first fault of a text as characters, or null. */
export function textFault(text: string): TextFault | null {
  if (text.length > MAX_TEXT) {
    const message = `the file is larger than ${MAX_TEXT} characters: split it with \`extends\``;
    return { code: 'too-large', line: 1, column: 1, message };
  }
  if (isTwoBytes(text)) {
    const message = 'the file is UTF-16: save it as UTF-8';
    return { code: 'encoding', line: 1, column: 1, message };
  }
  const offset = text.search(UNWANTED);
  if (offset >= 0)
    return { code: 'encoding', ...lineOf(text, offset), message: sayAt(text, offset) };
  if (text.isWellFormed()) return null;
  const message = 'not well-formed text: save the file as UTF-8';
  return { code: 'encoding', ...lineOf(text, text.search(/\p{Surrogate}/u)), message };
}

/** UTF-16 read as UTF-8: every other character of plain text is U+0000. */
function isTwoBytes(text: string): boolean {
  const start = text.replace(/^\ufffd+/, '').slice(0, 64);
  const zeros = start.split('\u0000').length - 1;
  return zeros >= 4 && zeros * 3 >= start.length;
}

function lineOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function sayAt(text: string, offset: number): string {
  const code = text.charCodeAt(offset);
  if (code === 0xfeff) return 'byte order mark: save the file as UTF-8 without one';
  if (code === 0xfffd) return 'replacement character: the file was not UTF-8, save it as UTF-8';
  return `invisible character U+${code.toString(16).toUpperCase().padStart(4, '0')}: remove it`;
}
