const wordBeyondAscii = /[\p{L}\p{N}\p{M}]/u;

/** 1: letter, digit or the mark of a cut (U+0003); 2: joining character. By ASCII code. */
const asciiKinds: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (code === 3 || /[0-9a-z]/i.test(char)) return 1;
  return '_-.@/:%'.includes(char) ? 2 : 0;
});

/**
 * Returns whether `value` stands in `text`: it occurs there, and no letter, digit or joining
 * character (`_ - . @ / : %` next to a letter or digit) continues it on either side.
 *
 * Both normalised. Source: spec/decide.md, section "Sources of a value".
 */
export function standsIn(text: string, value: string): boolean {
  return nextStanding(text, value, 0) !== -1;
}

/** Returns the first index at or after `from` where the value stands, or -1. */
export function nextStanding(text: string, value: string, from: number): number {
  let at = text.indexOf(value, from);
  while (at !== -1 && isContinued(text, at, at + value.length)) at = text.indexOf(value, at + 1);
  return at;
}

function isContinued(text: string, start: number, end: number): boolean {
  return (
    (start > 0 && isJoined(text, start - 1, -1)) || (end < text.length && isJoined(text, end, 1))
  );
}

/** Whether the character at `at` is a word's, or joins one that lies in the given direction. */
function isJoined(text: string, at: number, direction: 1 | -1): boolean {
  const code = text.charCodeAt(at);
  if (code >= 128) return isWordBeyondAscii(text, at);
  const kind = asciiKinds[code];
  return kind === 1 || (kind === 2 && isWord(text, at + direction));
}

function isWord(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return false;
  const code = text.charCodeAt(at);
  return code < 128 ? asciiKinds[code] === 1 : isWordBeyondAscii(text, at);
}

function isWordBeyondAscii(text: string, at: number): boolean {
  const isLow = (text.charCodeAt(at) & 0xfc00) === 0xdc00;
  const code = text.codePointAt(isLow && at > 0 ? at - 1 : at) ?? 0;
  return wordBeyondAscii.test(String.fromCodePoint(code));
}
