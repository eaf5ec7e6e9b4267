import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { type Adapter, type AdapterPayload, type Configuration, Provider } from 'oidc-provider';

/** The algorithms the provider of a scene signs with; each is a client's of that name. */
export const SIGNED_WITH = ['RS256', 'ES256', 'EdDSA'] as const;

/** One of them. */
export type SignedWith = (typeof SIGNED_WITH)[number];

/** A person the provider knows. */
export type Account = {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly groups?: readonly string[];
  readonly roles?: readonly string[];
};

/** A real OpenID provider on loopback. */
export type OidcScene = {
  readonly issuer: string;
  readonly jwksUri: string;
  /** Signs somebody in by the code flow; returns the ID token, whose audience is the client. */
  readonly signIn: (account: Account, client?: SignedWith) => Promise<string>;
  /** Lets somebody sign in at an authorization address; returns where they are sent back to. */
  readonly visit: (account: Account, place: string) => Promise<URL>;
  /** Who signs in where nobody is named; null: whoever comes turns away. */
  readonly let: (account: Account | null) => void;
  /** Signs anything with a key of the provider. */
  readonly sign: (
    claims: Readonly<Record<string, unknown>>,
    header?: { readonly alg?: SignedWith } & Readonly<Record<string, unknown>>,
  ) => Promise<string>;
  /** Its public keys. */
  readonly keys: () => readonly JWK[];
  /** Replaces every key. */
  readonly rotate: () => Promise<void>;
  /** Whether it answers. */
  readonly turn: (state: 'on' | 'off') => void;
  /** How often its keys were asked for. */
  readonly asked: () => number;
  readonly close: () => Promise<void>;
};

const REDIRECT = 'http://127.0.0.1/back';
const CONSOLE_BACK = 'http://127.0.0.1/console/oidc/back';

/** Opens a provider on a free port of loopback. */
export async function openOidcScene(): Promise<OidcScene> {
  let handle: http.RequestListener = () => undefined;
  let isOn = true;
  let asked = 0;
  const server = http.createServer((request, response) => {
    if (!isOn) {
      request.socket.destroy();
      return;
    }
    if (request.url === '/jwks') asked += 1;
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  let keys: readonly JWK[] = [];
  let accounts = new Map<string, Account>();
  let standing: string | null = null;
  const rotate = async (): Promise<void> => {
    keys = await freshKeys();
    handle = providerOf(issuer, keys, { accounts: () => accounts, standing: () => standing });
  };
  await rotate();
  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    signIn: async (account, client = 'RS256') => {
      accounts = new Map(accounts).set(account.sub, account);
      return signIn(issuer, account.sub, client);
    },
    visit: (account, place) => {
      accounts = new Map(accounts).set(account.sub, account);
      return browse(issuer, new URL(`${place}&login_hint=${encodeURIComponent(account.sub)}`));
    },
    let: (account) => {
      standing = account?.sub ?? null;
      if (account !== null) accounts = new Map(accounts).set(account.sub, account);
    },
    sign: async (claims, { alg = 'RS256', ...rest } = {}) => {
      const key = keys.find((each) => each.alg === alg) ?? {};
      const header = { alg, kid: key.kid ?? '', ...rest };
      return new SignJWT({ ...claims }).setProtectedHeader(header).sign(await importJWK(key, alg));
    },
    keys: () => keys.map(publicOf),
    rotate,
    turn: (state) => {
      isOn = state === 'on';
      if (!isOn) server.closeAllConnections();
    },
    asked: () => asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi'];

function publicOf(key: JWK): JWK {
  return Object.fromEntries(Object.entries(key).filter(([name]) => !PRIVATE.includes(name)));
}

let made = 0;

async function freshKeys(): Promise<readonly JWK[]> {
  made += 1;
  return Promise.all(
    SIGNED_WITH.map(async (alg) => {
      const { privateKey } = await generateKeyPair(alg, { extractable: true });
      return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `${alg}-${made}` };
    }),
  );
}

type Known = {
  readonly accounts: () => ReadonlyMap<string, Account>;
  readonly standing: () => string | null;
};

function providerOf(
  issuer: string,
  keys: readonly JWK[],
  { accounts, standing }: Known,
): http.RequestListener {
  const configuration: Configuration = {
    adapter: memoryAdapter(),
    clients: SIGNED_WITH.map((alg) => ({
      client_id: alg,
      client_secret: 'a-secret-of-the-test',
      redirect_uris: [REDIRECT, CONSOLE_BACK],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      application_type: 'native',
      id_token_signed_response_alg: alg,
    })),
    // The provider types keys by kind; what was generated has the members of its own.
    jwks: { keys: [...keys] as NonNullable<Configuration['jwks']>['keys'] },
    cookies: { keys: ['cookies-of-the-test'] },
    features: { devInteractions: { enabled: false } },
    conformIdTokenClaims: false,
    claims: { openid: ['sub', 'email', 'email_verified', 'groups', 'roles'] },
    pkce: { required: () => false },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    enabledJWA: { idTokenSigningAlgValues: [...SIGNED_WITH] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ ...accounts().get(id), sub: id }),
    }),
    ttl: { IdToken: 3_600, AccessToken: 3_600, Session: 60, Grant: 60, Interaction: 60 },
  };
  const provider = new Provider(issuer, configuration);
  const callback = provider.callback();
  return (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return void callback(request, response);
    void agree(provider, { request, response, standing: standing() });
  };
}

// The provider's own one says on the screen that it is not for use.
function memoryAdapter(): (name: string) => Adapter {
  const held = new Map<string, AdapterPayload>();
  const byUid = new Map<string, string>();
  return (name) => {
    const find = (id: string) => Promise.resolve(held.get(`${name} ${id}`));
    return {
      find,
      findByUid: (uid) => find(byUid.get(uid) ?? ''),
      findByUserCode: () => Promise.resolve(undefined),
      upsert: (id, payload) => {
        held.set(`${name} ${id}`, payload);
        if (payload.uid !== undefined) byUid.set(payload.uid, id);
        return Promise.resolve(undefined);
      },
      consume: (id) => {
        const payload = held.get(`${name} ${id}`);
        if (payload !== undefined) payload.consumed = true;
        return Promise.resolve(undefined);
      },
      destroy: (id) => {
        held.delete(`${name} ${id}`);
        return Promise.resolve(undefined);
      },
      revokeByGrantId: () => Promise.resolve(undefined),
    };
  };
}

type Asked = {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly standing: string | null;
};

// Whoever is named in `login_hint`, or stands there, is signed in and agrees to everything.
async function agree(provider: Provider, { request, response, standing }: Asked): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  const hint = params['login_hint'];
  const accountId = typeof hint === 'string' ? hint : standing;
  if (accountId === null) {
    await provider.interactionFinished(request, response, { error: 'access_denied' });
    return;
  }
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId } });
    return;
  }
  const clientId = String(params['client_id']);
  const grant = new provider.Grant({ accountId: session?.accountId ?? accountId, clientId });
  grant.addOIDCScope('openid');
  const grantId = await grant.save();
  await provider.interactionFinished(request, response, { consent: { grantId } });
}

/** Follows a sign-in at the provider as a browser; returns where it sends the browser back to. */
async function browse(issuer: string, from: URL): Promise<URL> {
  let place = from;
  const cookies = new Map<string, string>();
  while (place.origin === issuer) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(place, { redirect: 'manual', headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    const next = answer.headers.get('location');
    if (next === null) throw new Error(`no way on: ${answer.status} ${await answer.text()}`);
    place = new URL(next, issuer);
  }
  return place;
}

async function signIn(issuer: string, account: string, client: SignedWith): Promise<string> {
  const query = { client_id: client, response_type: 'code', scope: 'openid' };
  const from = { redirect_uri: REDIRECT, login_hint: account, nonce: 'n' };
  const begun = new URL(`/auth?${new URLSearchParams({ ...query, ...from }).toString()}`, issuer);
  const place = await browse(issuer, begun);
  const code = place.searchParams.get('code') ?? '';
  const basic = Buffer.from(`${client}:a-secret-of-the-test`).toString('base64');
  const answer = await fetch(new URL('/token', issuer), {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT }),
  });
  // The answer of a token endpoint, as OpenID Connect has it.
  const { id_token: token } = (await answer.json()) as { readonly id_token?: string };
  if (token === undefined) throw new Error(`no ID token: ${answer.status}`);
  return token;
}
