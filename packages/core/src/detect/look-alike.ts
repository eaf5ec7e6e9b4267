import { foldLower } from '../provenance/normalise.ts';

// Letters of other scripts, and signs, that are drawn like a letter of ASCII.
const DRAWN_ALIKE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    а: 'a',
    в: 'b',
    с: 'c',
    ԁ: 'd',
    е: 'e',
    һ: 'h',
    і: 'i',
    ј: 'j',
    к: 'k',
    ӏ: 'l',
    м: 'm',
    н: 'h',
    о: 'o',
    р: 'p',
    ԛ: 'q',
    г: 'r',
    ѕ: 's',
    т: 't',
    у: 'y',
    ѵ: 'v',
    ԝ: 'w',
    х: 'x',
    ь: 'b',
    α: 'a',
    β: 'b',
    γ: 'y',
    ε: 'e',
    η: 'n',
    ι: 'i',
    κ: 'k',
    ν: 'v',
    ο: 'o',
    ρ: 'p',
    σ: 'o',
    τ: 't',
    υ: 'u',
    χ: 'x',
    ω: 'w',
    ı: 'i',
    ɑ: 'a',
    ɡ: 'g',
    ᴠ: 'v',
    ⅼ: 'l',
    օ: 'o',
    ո: 'n',
    ս: 'u',
    '0': 'o',
    '1': 'l',
    '3': 'e',
    '5': 's',
    '|': 'l',
    $: 's',
    '@': 'a',
  }),
);

/**
 * Returns what a name looks like: names a person could take for one another have the same. Letters
 * of other scripts count as the letters they are drawn like, accents and what stands between words
 * do not count.
 */
export function skeletonOf(name: string): string {
  return foldLower(name)
    .normalize('NFD')
    .replaceAll(/[^a-z]/gu, (sign) => DRAWN_ALIKE.get(sign) ?? sign)
    .replaceAll('i', 'l')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
}

/** Returns the known name that another could be taken for, or null. */
export function resembledName(name: string, known: Iterable<string>): string | null {
  const skeleton = skeletonOf(name);
  for (const each of known) if (each !== name && skeletonOf(each) === skeleton) return each;
  return null;
}
