const AGAIN = 'press its button to try again, or sign in another way';

// The address says which; the words are the console's own, so that no link can put others here.
const WORDS: Readonly<Record<string, string>> = {
  'issuer-unknown': 'The daemon knows no such issuer any more: sign in another way.',
  'issuer-away': `The issuer cannot be reached from the daemon: ${AGAIN}.`,
  'issuer-refused': `The issuer refused: ${AGAIN}. The daemon's log has what it said.`,
  'issuer-odd': `What the issuer said does not hold: ${AGAIN}. The daemon's log has more.`,
  'client-secret':
    'The daemon cannot read its client secret for the issuer: an admin finds why in its log.',
  declined: `Signing in was broken off at the issuer: ${AGAIN}.`,
  'not-begun': 'This sign-in was not begun in this browser, or took too long: begin it again.',
  'no-person': 'The issuer vouched for no person: sign in another way.',
  'no-role':
    'You have no role here: ask an admin for a group or role that the daemon’s settings name.',
  unavailable: 'The daemon cannot record anything now, and lets nobody in: see plumb doctor.',
  revoked: 'What you signed in with was revoked meanwhile.',
};

/** Returns why signing in with an issuer came to nothing, in words. */
export function problemWords(problem: string): string {
  return Object.hasOwn(WORDS, problem)
    ? (WORDS[problem] ?? '')
    : `Signing in with the issuer came to nothing: ${AGAIN}.`;
}
