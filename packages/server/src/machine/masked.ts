/** What stands where a value must not be seen. */
const HIDDEN = '…';

const SECRET_WORDS =
  'api[-_]?key|apikey|key|key[-_]?id|token|secret|pass|password|passwd|passphrase|passcode|pwd|' +
  'pw|auth|authorization|bearer|credential|credentials|dsn|cookie|session|signature|sig|pat';
const SECRET_NAME = new RegExp(`(?:^|[-_.])(?:${SECRET_WORDS})$`, 'i');

// What keys begin with at the houses that mark them, and what a token of three parts looks like.
const MARKS = 'sk|pk|rk|npm|hf|pat|plk|glpat|gh[opsur]|github_pat|xox[abeprs]';
const SECRET_SHAPES = [
  new RegExp(`^(?:${MARKS})[-_](?=.*\\d)[A-Za-z0-9_./+=-]{12,}$`),
  /^(?:AKIA|ASIA|AIza|ya29\.|eyJ)[A-Za-z0-9_./+=-]{12,}$/,
];

/** Returns the words of a command line as they may be shown: keys, and what follows `--token`. */
export function maskedWords(words: readonly string[]): readonly string[] {
  return words.map((word, at) => {
    const before = words[at - 1] ?? '';
    const isValue = /^--?[A-Za-z]/.test(before) && !before.includes('=') && isSecretName(before);
    if (isValue && !word.startsWith('-')) return HIDDEN;
    return maskedWord(word);
  });
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replace(/^-+/, '').replaceAll(/([a-z])([A-Z])/g, '$1_$2'));
}

/** A word that is longer is not looked into, and not shown. */
const LONGEST = 4_096;

function maskedWord(word: string): string {
  if (word.length > LONGEST) return HIDDEN;
  const header = /^([A-Za-z-]+):\s*\S/.exec(word);
  if (header !== null && !word.includes('://')) return `${header[1] ?? ''}: ${HIDDEN}`;
  const [, name = '', value = ''] = /^(-{0,2}[\w.-]+)=(.*)$/s.exec(word) ?? [];
  if (name !== '') return `${name}=${isSecretName(name) ? HIDDEN : maskedWord(value)}`;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word)) return maskedUrl(word);
  return looksSecret(word) ? HIDDEN : maskedText(word);
}

const VALUE = `"(?:[^"\\\\]|\\\\.)*"|'[^']*'|[^\\s"';,&|}]+`;
const INNER_URL = /[a-z][a-z0-9+.-]*:\/\/[^\s"'`]+/gi;
const INNER_SCHEME = /\b(bearer|basic)\s+[^\s"']+/gi;
const INNER_ASSIGNED = new RegExp(`([\\w.-]+)(["'\\\\]*\\s*[=:]\\s*\\\\?)(?:${VALUE})`, 'g');
const INNER_OPTION = new RegExp(`(--?[A-Za-z][\\w-]*)(\\s+)(?!-)(?:${VALUE})`, 'g');

/** What is itself a command line, a connection string or JSON holds names and values of its own. */
function maskedText(text: string): string {
  return text
    .replaceAll(INNER_URL, (url) => maskedUrl(url))
    .replaceAll(INNER_SCHEME, (_, scheme: string) => `${scheme} ${HIDDEN}`)
    .replaceAll(INNER_ASSIGNED, maskedValue)
    .replaceAll(INNER_OPTION, maskedValue)
    .replaceAll(/[^\s"'=:;,&|{}]+/g, (part) => (looksSecret(part) ? HIDDEN : part));
}

function maskedValue(whole: string, name: string, between: string): string {
  return isSecretName(name) ? `${name}${between}${HIDDEN}` : whole;
}

function looksSecret(word: string): boolean {
  if (SECRET_SHAPES.some((shape) => shape.test(word))) return true;
  // A long run of letters and digits without a separator is a key far more often than a name.
  return /^[A-Za-z0-9+_-]{28,}={0,2}$/.test(word) && /\d/.test(word) && /[A-Za-z]{3}/.test(word)
    ? !/^[a-z]+(?:[-_][a-z0-9]+)+$/.test(word)
    : false;
}

const ADDRESS = /^([a-z][a-z0-9+.-]*:\/\/)(?:([^/?#]*)@)?([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/is;

/** Returns an address without who asks, what is asked and what stands behind `#`. */
export function maskedUrl(url: string): string {
  const parts = ADDRESS.exec(url);
  if (parts === null) return HIDDEN;
  const [, scheme = '', user, host = '', path = '', query, fragment] = parts;
  const steps = path.split('/').map((step) => (looksSecret(step) ? HIDDEN : step));
  const asked = (query ?? '').length > 1 || (fragment ?? '').length > 1 ? `?${HIDDEN}` : '';
  return `${scheme}${user === undefined ? '' : `${HIDDEN}@`}${host}${steps.join('/')}${asked}`;
}
