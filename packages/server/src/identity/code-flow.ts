import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import * as client from 'openid-client';

import type { IssuerClient, IssuerConfig } from '../config/authority.ts';
import type { Egress } from '../egress/egress.ts';
import type { Caller } from '../routes/caller.ts';
import { egressFetch, IssuerAway } from './egress-fetch.ts';
import type { Identity } from './identity.ts';

/** An issuer with which people sign in at the console. */
export type SignInIssuer = { readonly id: string; readonly name: string };

/** Where a browser is sent to sign in, and what it brings back, sealed. */
export type BegunFlow = { readonly place: string; readonly sealed: string };

/** Who signed in, and where they wanted to go. */
export type EndedFlow = { readonly caller: Caller; readonly to: string };

/** Why signing in with an issuer came to nothing, for the person who tries. */
export type FlowProblem =
  /** There is no such issuer. */
  | 'issuer-unknown'
  /** The issuer cannot be reached. */
  | 'issuer-away'
  /** The issuer refused, or the client that the daemon is there. */
  | 'issuer-refused'
  /** The issuer's answer does not hold. */
  | 'issuer-odd'
  /** The daemon's own client secret cannot be read. */
  | 'client-secret'
  /** The person turned away at the issuer. */
  | 'declined'
  /** It was not begun in this browser, or is over. */
  | 'not-begun';

/**
 * Either what came of it, or why not: `why` is for the log. `to` is where the person wanted to go,
 * where that is known.
 */
export type Flowed<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly problem: FlowProblem;
      readonly why: string;
      readonly to?: string;
    };

/**
 * Signing in with an issuer of tokens: the authorization code flow with PKCE, state and nonce.
 *
 * Contract: nothing of a sign-in that was begun is kept here. The browser brings it back sealed,
 * within ten minutes, and it holds for that browser alone. Who signed in is told by the ID token,
 * which passes every check a token of that issuer has to.
 */
export type CodeFlow = {
  readonly issuers: readonly SignInIssuer[];
  readonly begin: (of: {
    readonly issuer: string;
    readonly back: string;
    readonly to: string;
  }) => Promise<Flowed<BegunFlow>>;
  readonly end: (of: { readonly url: URL; readonly sealed: string }) => Promise<Flowed<EndedFlow>>;
};

/** What the flow stands on. `secretOf` reads a client's secret each time. */
export type CodeFlowNeeds = {
  readonly issuers: readonly IssuerConfig[];
  readonly identity: Pick<Identity, 'callerOf'>;
  readonly egress: Pick<Egress, 'request'>;
  readonly clock: () => number;
  readonly secretOf: (
    source: NonNullable<IssuerClient['secret']>,
  ) =>
    { readonly ok: true; readonly secret: string } | { readonly ok: false; readonly why: string };
};

type Known = SignInIssuer & { readonly config: IssuerConfig; readonly client: IssuerClient };

/** What a browser brings back. */
type Begun = {
  readonly issuer: string;
  readonly back: string;
  readonly to: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly untilMs: number;
};

const WITHIN_MS = 600_000;
const TIMEOUT_S = 10;

/** Returns the flow with every issuer that has a client. */
export function makeCodeFlow(needs: CodeFlowNeeds): CodeFlow {
  const known = needs.issuers.flatMap((config) => knownOf(config));
  const found: Found = new Map();
  const seal = makeSeal();
  const find = (id: string): Known | undefined => known.find((each) => each.id === id);
  return {
    issuers: known.map(({ id, name }) => ({ id, name })),
    begin: ({ issuer, back, to }) => begin(needs, { known: find(issuer), back, to, seal, found }),
    end: ({ url, sealed }) => end(needs, { url, begun: seal.open(sealed), find, found }),
  };
}

function knownOf(config: IssuerConfig): readonly Known[] {
  if (config.client === null) return [];
  const id = hash('sha256', `${config.issuer}|${config.audience}`, 'hex').slice(0, 12);
  const name = config.client.name ?? new URL(config.issuer).hostname;
  return [{ id, name, config, client: config.client }];
}

type Beginning = {
  readonly known: Known | undefined;
  readonly back: string;
  readonly to: string;
  readonly seal: Seal;
  readonly found: Found;
};

async function begin(
  needs: CodeFlowNeeds,
  { known, back, to, seal, found }: Beginning,
): Promise<Flowed<BegunFlow>> {
  if (known === undefined) return failed('issuer-unknown', 'unknown issuer');
  return attempted(to, async () => {
    const server = await configured(needs, known, found);
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const place = client.buildAuthorizationUrl(server, {
      redirect_uri: back,
      scope: known.client.scopes.join(' '),
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const untilMs = needs.clock() + WITHIN_MS;
    const begun: Begun = { issuer: known.id, back, to, state, nonce, verifier, untilMs };
    return { ok: true, value: { place: place.href, sealed: seal.close(begun) } };
  });
}

type Ending = {
  readonly url: URL;
  readonly begun: Begun | undefined;
  readonly find: (id: string) => Known | undefined;
  readonly found: Found;
};

async function end(
  needs: CodeFlowNeeds,
  { url, begun, find, found }: Ending,
): Promise<Flowed<EndedFlow>> {
  const known = begun === undefined ? undefined : find(begun.issuer);
  if (begun === undefined || known === undefined || begun.untilMs <= needs.clock()) {
    return { ...failed('not-begun', 'no sign-in was begun'), ...(begun && { to: begun.to }) };
  }
  return attempted(begun.to, async () => {
    const server = await configured(needs, known, found);
    const here = new URL(`${begun.back}${url.search}`);
    const tokens = await client.authorizationCodeGrant(server, here, {
      pkceCodeVerifier: begun.verifier,
      expectedState: begun.state,
      expectedNonce: begun.nonce,
      idTokenExpected: true,
    });
    const checked = await needs.identity.callerOf(tokens.id_token ?? '');
    if (!checked.ok) {
      const why = `the ID token is not taken: ${checked.fault.message}`;
      return { ...failed('issuer-odd', why), to: begun.to };
    }
    return { ok: true, value: { caller: checked.value, to: begun.to } };
  });
}

/**
 * What issuers say of themselves, for a minute: whoever asks on and on asks nobody outside. One
 * that failed is asked again at once, as a person who presses once more expects, so many times.
 */
type Found = Map<string, Asked>;

type Asked = {
  readonly sinceMs: number;
  readonly server: Promise<client.Configuration>;
  readonly tries: number;
  hasFailed: boolean;
};

const FOUND_MS = 60_000;
const MOST_TRIES = 10;

async function configured(
  needs: CodeFlowNeeds,
  known: Known,
  found: Found,
): Promise<client.Configuration> {
  const last = found.get(known.id);
  const before = last !== undefined && needs.clock() - last.sinceMs < FOUND_MS ? last : undefined;
  const tries = before?.tries ?? 0;
  if (before !== undefined && (!before.hasFailed || tries >= MOST_TRIES)) return before.server;
  const server = discovered(needs, known);
  const sinceMs = before?.sinceMs ?? needs.clock();
  const asked: Asked = { sinceMs, server, tries: tries + 1, hasFailed: false };
  found.set(known.id, asked);
  // Whoever waits for it is told what went wrong; here it only counts.
  server.catch(() => {
    asked.hasFailed = true;
  });
  return server;
}

async function discovered(
  { egress, secretOf }: CodeFlowNeeds,
  { config, client: own }: Known,
): Promise<client.Configuration> {
  const read = own.secret === null ? null : secretOf(own.secret);
  if (read?.ok === false) throw new NoSecret(`its client secret: ${read.why}`);
  const server = new URL(config.issuer);
  const options: client.DiscoveryRequestOptions = {
    [client.customFetch]: egressFetch(egress),
    timeout: TIMEOUT_S,
    // Loopback alone may be configured in the clear.
    ...(server.protocol === 'http:' ? { execute: [client.allowInsecureRequests] } : {}),
  };
  const auth = read === null ? client.None() : client.ClientSecretBasic(read.secret);
  return client.discovery(server, config.audience, undefined, auth, options);
}

class NoSecret extends Error {}

/** The library throws for whatever is wrong with an answer. */
async function attempted<T>(to: string, act: () => Promise<Flowed<T>>): Promise<Flowed<T>> {
  try {
    return await act();
  } catch (cause) {
    return { ...failed(problemIn(cause), wordsOf(cause).slice(0, MOST_OF_A_MESSAGE)), to };
  }
}

function problemIn(error: unknown): FlowProblem {
  if (error instanceof NoSecret) return 'client-secret';
  if (error instanceof IssuerAway) return 'issuer-away';
  if (error instanceof client.AuthorizationResponseError) {
    return error.error === 'access_denied' ? 'declined' : 'issuer-refused';
  }
  if (error instanceof client.ResponseBodyError) return 'issuer-refused';
  // The library wraps what others throw.
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? problemIn(cause) : 'issuer-odd';
}

const MOST_OF_A_MESSAGE = 300;

/** Returns what went wrong, and what that came from: the library wraps what others throw. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

function failed(
  problem: FlowProblem,
  why: string,
): { readonly ok: false; readonly problem: FlowProblem; readonly why: string } {
  return { ok: false, problem, why };
}

type Seal = {
  readonly close: (begun: Begun) => string;
  readonly open: (sealed: string) => Begun | undefined;
};

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a browser carries is sealed with a key of this run: it can neither read nor change it. */
function makeSeal(): Seal {
  const key = randomBytes(32);
  return {
    close: (begun) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce);
      const text = Buffer.concat([cipher.update(JSON.stringify(begun), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8');
        // The compiler cannot see that whatever opens was sealed above.
        return JSON.parse(text + decipher.final('utf8')) as Begun;
      } catch (cause) {
        if (cause instanceof Error) return undefined;
        throw cause;
      }
    },
  };
}
