import { TLSSocket } from 'node:tls';
import type { IncomingMessage } from 'node:http';

import type { Identity } from '../../identity/identity.ts';
import { looksLikeToken } from '../../identity/read-token.ts';
import type { Checked, TokenFault } from '../../identity/token-fault.ts';
import type { Api } from '../api.ts';
import type { Caller } from '../caller.ts';
import { checkOwnPage, cookiesIn, isReading } from './cookie.ts';
import { authenticate, credentialIn, type Known } from './authenticate.ts';
import { signedInWith } from './signed-in.ts';

/**
 * Returns who makes a request that came over the network: by a key, a token or a certificate; a
 * promise when a token's signature has to be looked at. A certificate that names a workload is the
 * whole of its identity: whoever shows one sends neither key nor token.
 */
export function recognise(
  { services, settings, clock }: Pick<Api, 'services' | 'settings' | 'clock'>,
  request: Pick<IncomingMessage, 'headers' | 'socket' | 'method'>,
  scheme: 'http' | 'https',
): Known | Promise<Known> {
  const { headers, socket } = request;
  const { identity, keys } = services;
  const { authorization } = headers;
  const certified = settings.listen.tls?.clientCaFile == null ? null : showing(identity, socket);
  if (certified?.ok === false) return { problem: problemOf(certified.fault, 'certificate') };
  const workload = certified?.value ?? null;
  if (workload !== null) {
    if (authorization === undefined) return { caller: workload };
    const detail = 'the certificate says who asks: send neither a key nor a token beside it';
    return { problem: { code: 'bad-token', detail, check: 'workload' } };
  }
  const signedIn = authorization === undefined ? signedInBy(services, request, scheme) : null;
  if (signedIn !== null) return signedIn;
  const credential = credentialIn(authorization);
  if (credential === undefined || !looksLikeToken(credential)) {
    return authenticate(authorization, keys, clock());
  }
  const recent = identity.recent(credential);
  return recent === undefined ? known(identity.callerOf(credential)) : { caller: recent };
}

/** A cookie that is good no more is like none: whoever sent it is told to sign in. */
function signedInBy(
  { signIns }: Api['services'],
  { headers, method = '' }: Pick<IncomingMessage, 'headers' | 'method'>,
  scheme: 'http' | 'https',
): Known | null {
  if (cookiesIn(headers, scheme).length === 0) return null;
  const foreign = checkOwnPage(headers, method);
  if (foreign !== null) return { problem: foreign };
  const found = signedInWith(signIns, headers, scheme);
  if (found === null || 'problem' in found) return found;
  const { caller } = found;
  // What only reads, a page may have asked by itself: it keeps nobody signed in.
  if (!isReading(method) && caller.signIn !== undefined) signIns.use(caller.signIn);
  return { caller };
}

function showing(
  identity: Pick<Identity, 'workloadOf'>,
  socket: IncomingMessage['socket'],
): Checked<Caller | null> | null {
  if (!(socket instanceof TLSSocket)) return null;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  return identity.workloadOf({ certificate, isVouchedFor: socket.authorized });
}

async function known(checking: Promise<Checked<Caller>>): Promise<Known> {
  const checked = await checking;
  return checked.ok ? { caller: checked.value } : { problem: problemOf(checked.fault, 'token') };
}

// Which check failed is for the daemon's log: whoever tries is told one thing.
function problemOf(
  fault: TokenFault,
  what: 'certificate' | 'token',
): Extract<Known, { problem: unknown }>['problem'] {
  if (fault.kind === 'unavailable') {
    const detail = `the keys of the ${what}'s issuer cannot be had now: send it again`;
    return { code: 'unavailable', detail, check: 'keys', why: fault.message };
  }
  const detail = `the ${what} is not taken; the daemon's log says which check failed`;
  return { code: 'bad-token', detail, check: fault.check, why: fault.message };
}
