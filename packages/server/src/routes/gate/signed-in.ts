import type { IncomingHttpHeaders } from 'node:http';

import type { Services } from '../../services/daemon-services.ts';
import type { ShownSignIn, SignIns } from '../../services/sign-ins/sign-ins.ts';
import type { Caller } from '../caller.ts';
import type { Problem } from '../problem.ts';
import { cookiesIn, type Scheme } from './cookie.ts';

/** Who asks with the console's cookie, and the value that shows it. */
export type SignedIn = { readonly caller: Caller; readonly cookie: string };

/**
 * Returns who is signed in with a browser, null where nobody is, or why that cannot be told.
 *
 * A page names the sign-in it shows in `X-Plumbline-Sign-In`: where the browser was signed in as
 * somebody else meanwhile, it asks nothing in their name. Of several cookies the good one counts;
 * where several people's are good, somebody else has put theirs in, and no one of them is taken.
 */
export function signedInWith(
  signIns: Pick<SignIns, 'callerOf'>,
  headers: IncomingHttpHeaders,
  scheme: Scheme,
): SignedIn | null | { readonly problem: Problem } {
  const good = cookiesIn(headers, scheme).flatMap((cookie) => {
    const caller = signIns.callerOf(cookie);
    return caller === undefined ? [] : [{ caller, cookie }];
  });
  const named = headers['x-plumbline-sign-in'];
  const meant = named === undefined ? good : good.filter(({ caller }) => caller.signIn === named);
  const [first] = meant;
  if (first === undefined) return good.length === 0 ? null : { problem: SOMEBODY_ELSE };
  const people = new Set(meant.map(({ caller }) => caller.person?.id));
  return people.size === 1 ? first : { problem: SEVERAL };
}

/** Returns who is signed in as they see it, with the roles they hold at this moment. */
export function shownSignIn(
  { signIns, breakGlass }: Pick<Services, 'signIns' | 'breakGlass'>,
  { caller, cookie }: SignedIn,
): ShownSignIn | undefined {
  const shown = signIns.find(cookie);
  return shown === undefined ? undefined : { ...shown, roles: breakGlass.lift(caller).roles };
}

const SOMEBODY_ELSE: Problem = {
  code: 'no-key',
  detail: 'this browser was signed in anew since the page was shown: look at it again',
};

const SEVERAL: Problem = {
  code: 'no-key',
  detail:
    'the browser sends cookies of several people: another server on this host name set one; ' +
    'delete the cookies of this host, then sign in',
};
