/** A run of text to be shown as it is, or one character that would not be seen. */
export type TextPart = { readonly text: string; readonly isMark: boolean };

// Control characters but tab and line feed, soft hyphens, zero-width and bidirectional marks,
// tags, variation selectors beyond those of emoji, separators, fillers and lone surrogates.
const UNSEEN = new RegExp(
  [
    '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160]',
    '[\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164]',
    '[\\ufeff\\uffa0\\ufff0-\\uffff\\u{e0000}-\\u{e0fff}]',
    '\\p{Surrogate}',
  ].join('|'),
  'gu',
);

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x00, 'NUL'],
  [0x07, 'BEL'],
  [0x08, 'BS'],
  [0x0d, 'CR'],
  [0x1b, 'ESC'],
  [0x7f, 'DEL'],
  [0xad, 'SHY'],
  [0x200b, 'ZWSP'],
  [0x200c, 'ZWNJ'],
  [0x200d, 'ZWJ'],
  [0x200e, 'LRM'],
  [0x200f, 'RLM'],
  [0x202a, 'LRE'],
  [0x202b, 'RLE'],
  [0x202c, 'PDF'],
  [0x202d, 'LRO'],
  [0x202e, 'RLO'],
  [0x2066, 'LRI'],
  [0x2067, 'RLI'],
  [0x2068, 'FSI'],
  [0x2069, 'PDI'],
  [0xfeff, 'BOM'],
]);

/**
 * Returns text in parts, with what a reader would not see as marks with a name: `RLO`, `U+E0041`.
 *
 * A line break of two characters stays one; what reorders or hides text is never shown as such.
 */
export function visibleParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  const plain = text.replaceAll('\r\n', '\n');
  let from = 0;
  for (const match of plain.matchAll(UNSEEN)) {
    if (match.index > from) parts.push({ text: plain.slice(from, match.index), isMark: false });
    parts.push({ text: nameOf(match[0]), isMark: true });
    from = match.index + match[0].length;
  }
  if (from < plain.length) parts.push({ text: plain.slice(from), isMark: false });
  return parts;
}

/** Returns text on one line with every unseen character named between brackets. */
export function visibleText(text: string): string {
  return visibleParts(text)
    .map((part) => (part.isMark ? `[${part.text}]` : part.text.replaceAll(/[\n\t]/g, ' ')))
    .join('');
}

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return NAMES.get(code) ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
