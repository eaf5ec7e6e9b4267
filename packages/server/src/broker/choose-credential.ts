import type { Credential } from '../store/vault.ts';
import type { PlannedCall } from './plan-call.ts';
import { type Forwarded, refuseCall } from './refusal.ts';

/** For whom a credential is looked for, and for what. */
export type Wanted = {
  readonly agent: string;
  /** As the pact declares it; null where only the call itself tells, which counts as the worst. */
  readonly effect: 'read' | 'write' | 'send' | null;
  readonly call: Pick<PlannedCall, 'method' | 'url'>;
  readonly now: number;
};

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Returns the credential of a call, the newest of several. An action of effect read gets one that
 * reads, and a call that could write gets none with it; every other action gets one that writes.
 */
export function chooseCredential(
  all: Iterable<Credential>,
  { agent, effect, call, now }: Wanted,
): Forwarded<Credential> {
  const access = effect === 'read' ? 'read' : 'write';
  const { method, url } = call;
  if (access === 'read' && !READING.has(method)) {
    const why = `the action only reads and its call is ${method}`;
    return refuseCall('no-credential', `${why}: a credential that reads is for GET and HEAD alone`);
  }
  const fitting = [...all].filter((credential) => {
    const isLive = isUsable(credential, now) && credential.agents.includes(agent);
    return isLive && credential.access === access && isFor(credential, method, url);
  });
  const chosen = fitting.at(-1);
  if (chosen !== undefined) return { ok: true, value: chosen };
  const what = `no credential of access \`${access}\` lets \`${agent}\` ${method} at ${url.origin}`;
  return refuseCall('no-credential', `${what}: \`plumb credential add\` keeps one`);
}

/** Returns whether a credential is neither revoked nor expired. */
export function isUsable({ revokedAt, expiresAt }: Credential, now: number): boolean {
  return revokedAt === null && (expiresAt === null || now < expiresAt);
}

/** Returns whether a credential may go out with a method to an address. */
export function isFor({ url, paths, methods }: Credential, method: string, at: URL): boolean {
  const base = new URL(url);
  if (base.origin !== at.origin || !isBelow(at.pathname, base.pathname)) return false;
  if (methods.length > 0 && !methods.includes(method)) return false;
  return paths.length === 0 || paths.some((path) => isBelow(at.pathname, path));
}

function isBelow(path: string, prefix: string): boolean {
  const bare = prefix.replace(/\/$/, '');
  return path === bare || path.startsWith(`${bare}/`);
}
