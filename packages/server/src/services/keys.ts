import { randomBytes } from 'node:crypto';
import type { JsonObject } from '@plumbline/core';

import { noAgent } from '../guard/refusal.ts';
import type { Caller } from '../routes/caller.ts';
import type { ApiKey, Vault } from '../store/vault.ts';
import { formatKeyToken, hashSecret } from './key-token.ts';
import { refused, served } from './served.ts';
import type { GivenKey, KeyRequest, Keys, Recorded, Served, ShownKey } from './services.ts';
import type { WriteEntry } from './write-entry.ts';

/** What keys are kept with. `random` returns so many random bytes. */
export type KeysNeeds = {
  readonly vault: Pick<Vault, 'addKey' | 'revokeKey' | 'keys'>;
  readonly write: WriteEntry;
  readonly clock: () => number;
  readonly hasAgent: (agent: string) => boolean;
  /** Owes a review of an admin key that the socket made; durable before the key works. */
  readonly recovered: (of: {
    readonly key: string;
    readonly person: string;
  }) => ReturnType<WriteEntry>;
  readonly random?: (size: number) => Uint8Array;
};

const AGENT_NAME = /^[a-z][a-z0-9-]{0,62}$/;
const MOST_KEYS = 100_000;

/** Returns the service of keys, with every key of the vault in memory. */
export async function openKeys(needs: KeysNeeds): Promise<Keys> {
  const known = new Map((await needs.vault.keys()).map((key) => [key.id, key] as const));
  const add = (request: KeyRequest, by: string): Promise<Served<GivenKey>> => {
    const refusal = refusalOf(needs, known.size, request);
    return refusal === null ? addKey(needs, known, { request, by }) : Promise.resolve(refusal);
  };
  return {
    find: (id) => known.get(id),
    list: () => Promise.resolve([...known.values()].map(shown)),
    add: (request, by) => add(request, by.id),
    revoke: (id, by) => revokeKey(needs, known, { id, by }),
    recover: (name) => add({ ...ADMIN, name }, 'local'),
  };
}

const ADMIN: Omit<KeyRequest, 'name'> = {
  kind: 'person',
  roles: ['admin'],
  scopes: [],
  agents: null,
  expiresAt: null,
  email: null,
  groups: [],
};

function refusalOf(
  { clock, hasAgent }: KeysNeeds,
  count: number,
  request: KeyRequest,
): ReturnType<typeof refused> | null {
  if (count >= MOST_KEYS) return refused('bad-request', `there are ${MOST_KEYS} keys already`);
  const fault = faultOf(request);
  if (fault !== null) return refused('bad-request', fault);
  const { agents, expiresAt } = request;
  if (expiresAt !== null && expiresAt <= clock()) {
    const hint = 'give a later one in ms UTC, or leave it out';
    return refused('bad-request', `\`expiresAt\` is past: ${hint}`, { at: 'expiresAt' });
  }
  const missing = agents?.find((agent) => !hasAgent(agent));
  if (missing === undefined) return null;
  return refused('unknown-agent', noAgent(missing));
}

/** Returns what no key can be, or null. */
function faultOf(request: KeyRequest): string | null {
  return faultOfPerson(request) ?? faultOfGrants(request) ?? faultOfUse(request);
}

// What the language of pacts takes for an approver. Source: spec/pact/language.md, "The file".
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,190}$/;
const GROUP = /^[A-Za-z0-9_.-]{1,100}$/;

// The same bounds as for workloads in the configuration.
function faultOfGrants({ kind, grants = [] }: KeyRequest): string | null {
  if (grants.length > 0 && kind !== 'opener') return 'only an opener attests: leave `grants` out';
  return grants.length <= 100 ? null : '`grants` names more than 100 claims';
}

function faultOfPerson({ kind, email, groups }: KeyRequest): string | null {
  if (kind !== 'person') {
    const isBare = email === null && groups.length === 0;
    return isBare ? null : `a key of kind \`${kind}\` has no address and no groups`;
  }
  if (email !== null && !EMAIL.test(email)) return '`email` is no address';
  return groups.every((group) => GROUP.test(group)) ? null : '`groups` holds what is no name';
}

// What a machine may: to look, to count, and to take down what a person decided elsewhere.
const SCOPES: ReadonlySet<string> = new Set(['read', 'measure', 'halt', 'lock']);

function faultOfUse({ kind, name, roles, scopes, agents }: KeyRequest): string | null {
  if (!/^[^\p{Cc}]{1,200}$/u.test(name)) return '`name` must have 1 to 200 printable characters';
  if (agents?.some((agent) => !AGENT_NAME.test(agent)) === true) {
    return '`agents` holds what is no name of an agent';
  }
  if (kind === 'person') {
    if (roles.length === 0) return 'a person needs a role: viewer, operator, approver or admin';
    if (agents !== null) return "a person's key is for every agent: leave `agents` out";
  } else if (roles.length > 0) return `a key of kind \`${kind}\` has no roles`;
  if (kind !== 'service' && scopes.length > 0) return `a key of kind \`${kind}\` has no scopes`;
  if (kind === 'service' && scopes.length === 0)
    return 'a service needs scopes: read, measure, halt, lock';
  if (scopes.some((scope) => !SCOPES.has(scope))) {
    return '`scopes` are read, measure, halt and lock';
  }
  if (kind === 'agent' && agents?.length !== 1) return "an agent's key is for exactly one agent";
  return null;
}

// Evidence before effect: a key works only once the ledger says that it was made.
async function addKey(
  needs: KeysNeeds,
  known: Map<string, ApiKey>,
  { request, by }: { readonly request: KeyRequest; readonly by: string },
): Promise<Served<GivenKey>> {
  const random = needs.random ?? randomBytes;
  const id = Buffer.from(random(8)).toString('hex');
  const secret = Buffer.from(random(32)).toString('hex');
  const key: ApiKey = {
    ...request,
    email: request.email?.toLowerCase() ?? null,
    id,
    hash: hashSecret(secret),
    addedAt: needs.clock(),
    addedBy: by,
    revokedAt: null,
  };
  const written = await needs.write({ kind: 'key_added', agent: null, open: openOf(key, by) });
  if (!written.ok) return written;
  // The first key of all is nobody's emergency.
  if (by === 'local' && key.roles.includes('admin') && known.size > 0) {
    const owed = await needs.recovered({ key: id, person: key.email ?? key.name });
    if (!owed.ok) return owed;
  }
  await needs.vault.addKey(key);
  known.set(id, key);
  return served({ key: shown(key), token: formatKeyToken({ id, secret }) });
}

// A key that must stop stops first: the record follows, and asking again completes it.
async function revokeKey(
  needs: KeysNeeds,
  known: Map<string, ApiKey>,
  { id, by }: { readonly id: string; readonly by: Caller },
): Promise<Served<Recorded>> {
  const key = known.get(id);
  if (key === undefined) return refused('not-found', `there is no key \`${id}\``);
  const at = needs.clock();
  if (by.kind !== 'local' && isAdmin(key, at) && !hasOtherAdmin(known, key, at)) {
    return refused('conflict', 'the last admin key is not revoked: add another admin key first');
  }
  known.set(id, { ...key, revokedAt: key.revokedAt ?? at });
  await needs.vault.revokeKey(id, at);
  const written = await needs.write({ kind: 'key_revoked', agent: null, open: openOf(key, by.id) });
  return written.ok ? served({ index: written.value.index }) : written;
}

function isAdmin(key: ApiKey, at: number): boolean {
  const isLive = key.revokedAt === null && (key.expiresAt === null || key.expiresAt > at);
  return isLive && key.kind === 'person' && key.roles.includes('admin');
}

function hasOtherAdmin(known: ReadonlyMap<string, ApiKey>, key: ApiKey, at: number): boolean {
  return [...known.values()].some((other) => other.id !== key.id && isAdmin(other, at));
}

/** The name and the address of a key may be a person's and stay out of the ledger. */
function openOf(key: ApiKey, by: string): JsonObject {
  const { id, kind, roles, scopes, agents, groups, grants } = key;
  const said = { key: id, kind, roles, scopes, agents, groups, by };
  return grants === undefined ? said : { ...said, grants };
}

function shown({ hash: _hash, ...rest }: ApiKey): ShownKey {
  return rest;
}
