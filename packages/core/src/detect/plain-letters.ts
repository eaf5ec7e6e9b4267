const LOOKALIKES: ReadonlyMap<string, string> = new Map([
  ...pairs('АВЕЅІЈКМНОРСТУХаеѕіјорсухԁһ', 'ABESIJKMHOPCTYXaesijopcyxdh'),
  ...pairs('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορι', 'ABEZHIKMNOPTYXavopi'),
]);
const other = /[\u0370-\u04ff\u0501\u04bb]/;
const others = /[\u0370-\u04ff\u0501\u04bb]/g;
const latin = /[A-Za-z]/;

/**
 * Returns a text in which Cyrillic and Greek letters that look like Latin ones are these, where
 * there is Latin text around them: nobody reads the difference.
 */
export function plainLetters(text: string): string {
  if (!other.test(text) || !latin.test(text)) return text;
  return text.replace(others, (letter) => LOOKALIKES.get(letter) ?? letter);
}

function pairs(from: string, to: string): readonly (readonly [string, string])[] {
  return Array.from(from).map((letter, at) => [letter, to.charAt(at)] as const);
}
