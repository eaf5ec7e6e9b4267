import type { Json } from '@plumbline/core';

/** What stands where a secret stood. */
export const SCRUBBED = '[credential]';

/** Takes the spellings of secrets out of a text. */
export type Scrub = (text: string) => string;

/**
 * Returns what takes secrets out of a text: as they are, escaped in JSON, percent-encoded, in
 * base64 wherever it stands in something longer, and in hex.
 */
export function scrubber(secrets: readonly string[]): Scrub {
  const exact = new Set<string>();
  const anyCase = new Set<string>();
  for (const secret of secrets) {
    const bytes = Buffer.from(secret, 'utf8');
    exact.add(secret);
    exact.add(JSON.stringify(secret).slice(1, -1));
    for (const text of base64Of(bytes)) exact.add(text);
    anyCase.add(bytes.toString('hex'));
    for (const text of percentOf(secret, bytes)) anyCase.add(text);
  }
  const [plain, folded] = [patternOf(exact, 'g'), patternOf(anyCase, 'gi')];
  return (text) => text.replaceAll(plain, SCRUBBED).replaceAll(folded, SCRUBBED);
}

/** Returns a value without secrets in any text, name or number of it. */
export function scrubJson(value: Json, scrub: Scrub): Json {
  if (typeof value === 'string') return scrub(value);
  if (typeof value === 'number') {
    const text = String(value);
    const scrubbed = scrub(text);
    return scrubbed === text ? value : scrubbed;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element: Json) => scrubJson(element, scrub));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [scrub(name), scrubJson(member, scrub)]),
  );
}

// Within something longer a secret begins at any of three places of a group of four digits; the
// digits it shares with its neighbours are left out.
function base64Of(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]);
    const from = Math.ceil((shift * 8) / 6);
    const until = Math.floor((whole.length * 8) / 6);
    return (['base64', 'base64url'] as const).map((form) =>
      whole.toString(form).slice(from, until),
    );
  });
}

function percentOf(secret: string, bytes: Buffer): readonly string[] {
  const component = encodeURIComponent(secret);
  const strict = component.replaceAll(/[!'()*]/g, percent);
  const every = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const form = new URLSearchParams([['', secret]]).toString().slice(1);
  return [component, strict, every, form];
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

function patternOf(texts: ReadonlySet<string>, flags: string): RegExp {
  // The longest first, so that nothing of a longer spelling is left.
  const sorted = [...texts].filter((text) => text !== '').sort((a, b) => b.length - a.length);
  return new RegExp(sorted.map(escaped).join('|') || '(?!)', flags);
}
