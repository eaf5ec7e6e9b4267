/** What stands where a value must not be seen. */
const HIDDEN = '…';

const SECRET_WORDS =
  'api[-_]?key|apikey|key|token|secret|password|passwd|pwd|auth|authorization|bearer|credential|' +
  'credentials|dsn|cookie|session|signature|sig|pat';
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
    const header = /^([A-Za-z-]+):\s*\S/.exec(word);
    if (header !== null && !word.includes('://')) return `${header[1] ?? ''}: ${HIDDEN}`;
    const assigned = /^(-{0,2}[\w.-]+)=(.*)$/s.exec(word);
    if (assigned !== null && isSecretName(assigned[1] ?? ''))
      return `${assigned[1] ?? ''}=${HIDDEN}`;
    if (assigned !== null) return `${assigned[1] ?? ''}=${maskedWord(assigned[2] ?? '')}`;
    return maskedWord(word);
  });
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replace(/^-+/, '').replaceAll(/([a-z])([A-Z])/g, '$1_$2'));
}

function maskedWord(word: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word)) return maskedUrl(word);
  return looksSecret(word) ? HIDDEN : word;
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
