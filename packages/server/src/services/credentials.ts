import { randomBytes } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { JsonObject } from '@plumbline/core';

import { noAgent } from '../guard/refusal.ts';
import type { Caller } from '../routes/caller.ts';
import type { Credential, Inject, Vault } from '../store/vault.ts';
import { refused, served } from './served.ts';
import type { CredentialRequest, Credentials, Recorded, Served } from './services.ts';
import type { WriteEntry } from './write-entry.ts';

/** What credentials are kept with. `random` returns so many random bytes. */
export type CredentialsNeeds = {
  readonly vault: Pick<Vault, 'addCredential' | 'putCredential' | 'credentials'>;
  readonly write: WriteEntry;
  readonly clock: () => number;
  readonly hasAgent: (agent: string) => boolean;
  /** Takes a secret out of memory. */
  readonly forget: (id: string) => void;
  /** Is given the secret of a credential that was added or has another from now on. */
  readonly kept?: (credential: Credential, secret: string) => void;
  /** Is told what went wrong where nobody waits. */
  readonly failed: (cause: unknown) => void;
  readonly random?: (size: number) => Uint8Array;
};

const MOST_CREDENTIALS = 10_000;
const MINUTE_MS = 60_000;

type Known = Map<string, Credential>;

/** Returns the service of credentials, with every credential of the vault, without its secret. */
export async function openCredentials(needs: CredentialsNeeds): Promise<Credentials> {
  const all = await needs.vault.credentials();
  const known: Known = new Map(all.map((credential) => [credential.id, credential]));
  return {
    list: () => [...known.values()],
    add: (request, secret, by) => add(needs, known, { request, secret, by: by.id }),
    rotate: (id, secret, by) => rotate(needs, known, { id, secret, by: by.id }),
    revoke: (id, by) => revoke(needs, known, { id, by }),
    used: (id) => noteUse(needs, known, id),
  };
}

type Adding = {
  readonly request: CredentialRequest;
  readonly secret: string;
  readonly by: string;
};

// The entry comes first: what is in the vault and not in the ledger would be used unrecorded.
async function add(
  needs: CredentialsNeeds,
  known: Known,
  { request, secret, by }: Adding,
): Promise<Served<Credential>> {
  const refusal = refusalOf(needs, known.size, request) ?? faultInSecret(request.inject, secret);
  if (refusal !== null) return refusal;
  const credential: Credential = {
    ...request,
    id: `crd_${Buffer.from((needs.random ?? randomBytes)(8)).toString('hex')}`,
    version: 1,
    addedAt: needs.clock(),
    addedBy: by,
    rotatedAt: null,
    revokedAt: null,
    usedAt: null,
  };
  const open = openOf(credential, by);
  const written = await needs.write({ kind: 'credential_added', agent: null, open });
  if (!written.ok) return written;
  await needs.vault.addCredential(credential, Buffer.from(secret, 'utf8'));
  known.set(credential.id, credential);
  needs.kept?.(credential, secret);
  return served(credential);
}

async function rotate(
  needs: CredentialsNeeds,
  known: Known,
  { id, secret, by }: { readonly id: string; readonly secret: string; readonly by: string },
): Promise<Served<Credential>> {
  const before = known.get(id);
  if (before === undefined) return noCredential(id);
  if (before.revokedAt !== null) {
    return refused('conflict', `credential \`${id}\` is revoked: add another`);
  }
  const fault = faultInSecret(before.inject, secret);
  if (fault !== null) return fault;
  const version = before.version + 1;
  // From here on the old secret is used no more, whatever becomes of the new one.
  known.set(id, { ...before, version, rotatedAt: needs.clock() });
  needs.forget(id);
  const open = openOf({ ...before, version }, by);
  const written = await needs.write({ kind: 'credential_rotated', agent: null, open });
  const now = known.get(id) ?? before;
  if (!written.ok || now.version !== version || now.revokedAt !== null) {
    return written.ok ? refused('conflict', `credential \`${id}\` was changed meanwhile`) : written;
  }
  await needs.vault.putCredential(now, Buffer.from(secret, 'utf8'));
  needs.forget(id);
  needs.kept?.(now, secret);
  return served(now);
}

// A credential that must stop stops first: the record follows, and asking again completes it.
async function revoke(
  needs: CredentialsNeeds,
  known: Known,
  { id, by }: { readonly id: string; readonly by: Caller },
): Promise<Served<Recorded>> {
  const before = known.get(id);
  if (before === undefined) return noCredential(id);
  const revoked = { ...before, revokedAt: before.revokedAt ?? needs.clock() };
  known.set(id, revoked);
  needs.forget(id);
  await needs.vault.putCredential(revoked, null);
  const open = openOf(revoked, by.id);
  const written = await needs.write({ kind: 'credential_revoked', agent: null, open });
  return written.ok ? served({ index: written.value.index }) : written;
}

function noCredential(id: string): ReturnType<typeof refused> {
  return refused('not-found', `there is no credential \`${id}\`: \`plumb credential list\``);
}

function noteUse({ vault, clock, failed }: CredentialsNeeds, known: Known, id: string): void {
  const credential = known.get(id);
  const now = clock();
  if (credential === undefined || now - (credential.usedAt ?? -MINUTE_MS) < MINUTE_MS) return;
  const used = { ...credential, usedAt: now };
  known.set(id, used);
  vault.putCredential(used, undefined).catch(failed);
}

/** What everyone may read of a credential. */
function openOf(credential: Credential, by: string): JsonObject {
  const { id, name, url, access, inject, agents, paths, methods, version, expiresAt } = credential;
  const where = { name, url, access, inject: { ...inject }, agents, paths, methods };
  return { credential: id, ...where, version, expiresAt, by };
}

type Refused = ReturnType<typeof refused>;

function refusalOf(
  { clock, hasAgent }: CredentialsNeeds,
  count: number,
  request: CredentialRequest,
): Refused | null {
  if (count >= MOST_CREDENTIALS) {
    return refused('bad-request', `there are ${MOST_CREDENTIALS} credentials already`);
  }
  const fault = faultInUrl(request.url) ?? faultInUse(request) ?? faultInInject(request.inject);
  if (fault !== null) return refused('bad-request', fault[1], { at: fault[0] });
  if (request.expiresAt !== null && request.expiresAt <= clock()) {
    const hint = 'give a later one in ms UTC, or leave it out';
    return refused('bad-request', `\`expiresAt\` is past: ${hint}`, { at: 'expiresAt' });
  }
  const missing = request.agents.find((agent) => !hasAgent(agent));
  return missing === undefined ? null : refused('unknown-agent', noAgent(missing));
}

/** Where something is wrong, and what. */
type Fault = readonly [at: string, message: string];

function faultInUrl(text: string): Fault | null {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return ['url', '`url` must be an address such as `https://host/path`'];
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return ['url', '`url` must have no user, query or fragment'];
  }
  const host = url.hostname;
  const isHere =
    host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
  if (url.protocol === 'https:' || isHere) return null;
  return ['url', '`url` must be https: a secret is not sent in the clear to another machine'];
}

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

function faultInUse({ name, access, methods, paths }: CredentialRequest): Fault | null {
  if (!/^[^\p{Cc}]{1,200}$/u.test(name)) {
    return ['name', '`name` must have 1 to 200 printable characters'];
  }
  const writing = methods.find((method) => !READING.has(method));
  if (access === 'read' && writing !== undefined) {
    return ['methods', `a credential that reads is for GET and HEAD, not ${writing}`];
  }
  const isPath = (path: string): boolean =>
    path.startsWith('/') && URL.parse(path, 'https://host')?.pathname === path;
  return paths.every(isPath)
    ? null
    : ['paths', '`paths` are prefixes such as `/orders`, as they stand in an address'];
}

// What belongs to the connection or to the broker, or makes servers take another method.
const KEPT_HEADERS: readonly RegExp[] = [
  /^(?:host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect)$/i,
  /^(?:proxy-.*|content-.*|accept.*|cookie|idempotency-key|.*method.*)$/i,
];

function faultInInject(inject: Inject): Fault | null {
  if (inject.kind === 'header') {
    if (
      !/^[A-Za-z0-9-]{1,100}$/.test(inject.name) ||
      KEPT_HEADERS.some((kept) => kept.test(inject.name))
    ) {
      return ['inject', `\`${inject.name}\` is no header that a credential can stand in`];
    }
  }
  if (inject.kind === 'query' && !/^[A-Za-z0-9_.-]{1,100}$/.test(inject.name)) {
    return ['inject', 'a query parameter needs a plain name'];
  }
  return null;
}

// The message never repeats the secret.
function faultInSecret(inject: Inject, secret: string): Refused | null {
  const bad = (message: string): Refused => refused('bad-request', message, { at: 'secret' });
  if (!/^[\x20-\x7e]{8,8192}$/.test(secret) || secret.trim() !== secret) {
    return bad(
      '`secret` must have 8 to 8192 printable ASCII characters, none of them at its ends blank',
    );
  }
  return inject.kind === 'basic' && !secret.includes(':')
    ? bad('`secret` must be `user:password` for `basic`')
    : null;
}
