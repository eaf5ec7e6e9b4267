import type { Guard } from '../guard/guard.ts';
import type { Credential } from '../store/vault.ts';
import type { CredentialUse } from './broker.ts';
import { isFor, isUsable } from './choose-credential.ts';
import type { HeldSecrets } from './held-secrets.ts';
import { injectSecret, type Injected } from './inject.ts';

/** What one request to a server is for. */
export type KeyUse = {
  /** Whether the action only reads, as the pact declares it. */
  readonly access: 'read' | 'write';
  /** The decision that let it through; null: greeting, listing and the like. */
  readonly decision: string | null;
};

/**
 * The credentials of one server that a gateway forwards to.
 *
 * Contract:
 * - `prepare` opens what a use needs; it says why not where it cannot be used, before a permit is.
 * - `take` waits for nothing: what it returns goes out in the same turn, and its use is written
 *   down before. What a halt, a rotation or a revocation took out of memory is not returned.
 */
export type ServerKeys = {
  readonly prepare: (use: KeyUse) => Promise<string | null>;
  readonly take: (
    use: KeyUse,
  ) =>
    | { readonly ok: true; readonly value: Injected }
    | { readonly ok: false; readonly message: string };
};

/** What the credentials of servers stand on; the same as a broker's. */
export type ServerKeysParts = {
  readonly guard: Pick<Guard, 'status'>;
  readonly secrets: HeldSecrets;
  readonly credentials: {
    readonly all: () => Iterable<Credential>;
    readonly used: (id: string) => void;
  };
  readonly note: (use: CredentialUse) => boolean;
  readonly clock: () => number;
};

/** Of which agent a server is, where it is, and what its credentials are called. */
export type KeyedServer = {
  readonly agent: string;
  readonly server: string;
  readonly url: string;
  /** Ids or names; null: there is none of that access. */
  readonly read: string | null;
  readonly write: string | null;
};

type Chosen =
  | { readonly ok: true; readonly value: Credential }
  | { readonly ok: false; readonly message: string };

/** Returns what puts credentials of the vault into requests to one server. */
export function serverKeys(parts: ServerKeysParts, of: KeyedServer): ServerKeys {
  const greeted = new Set<string>();
  return {
    prepare: async (use) => {
      const chosen = choose(parts, of, use);
      if (!chosen.ok) return chosen.message;
      const secret = await parts.secrets.open(of.agent, chosen.value);
      return secret === undefined ? noSecret(chosen.value) : null;
    },
    take: (use) => {
      const chosen = choose(parts, of, use);
      if (!chosen.ok) return chosen;
      const credential = chosen.value;
      const secret = parts.secrets.held(of.agent, credential.id);
      if (secret === undefined) return { ok: false, message: noSecret(credential) };
      if (!isNoted(parts, of, { use, credential, greeted })) {
        return { ok: false, message: 'the log takes nothing now: send it again' };
      }
      parts.credentials.used(credential.id);
      const value = injectSecret(new URL(of.url), credential.inject, secret.toString('utf8'));
      return { ok: true, value };
    },
  };
}

function choose(
  { guard, credentials, clock }: ServerKeysParts,
  { agent, server, url, read, write }: KeyedServer,
  { access, decision }: KeyUse,
): Chosen {
  const halts = guard.status(agent)?.halts ?? [];
  if (halts.some(({ scope }) => scope === 'agent' || scope === 'fleet')) {
    return { ok: false, message: `\`${agent}\` is halted` };
  }
  // What belongs to no action only reads; of two the one that can do less.
  const least = decision === null ? (read ?? write) : access === 'read' ? read : write;
  if (least === null) {
    const what = `server \`${server}\` has no credential of access \`${access}\``;
    return { ok: false, message: `${what}: name one under \`credentials\` of it in \`mcp\`` };
  }
  const wanted = least === read && (decision === null || access === 'read') ? 'read' : 'write';
  const fitting = [...credentials.all()].filter((credential) => {
    const isMeant = credential.id === least || credential.name === least;
    const isLive = isUsable(credential, clock()) && credential.agents.includes(agent);
    return isMeant && isLive && credential.access === wanted;
  });
  const chosen = fitting.findLast((credential) => isFor(credential, 'POST', new URL(url)));
  if (chosen !== undefined) return { ok: true, value: chosen };
  const what = `no credential \`${least}\` of access \`${wanted}\` is for \`${agent}\``;
  const advice = '`plumb credential list` shows what there is';
  return { ok: false, message: `${what} and the address of server \`${server}\`: ${advice}` };
}

function noSecret({ id }: Credential): string {
  return `credential \`${id}\` has no secret: send it again, or \`plumb credential rotate\``;
}

// Greetings and lists come often: the first one with each secret is written down.
function isNoted(
  { note }: ServerKeysParts,
  { agent, server }: KeyedServer,
  {
    use: { decision },
    credential: { id, version },
    greeted,
  }: {
    readonly use: KeyUse;
    readonly credential: Credential;
    readonly greeted: Set<string>;
  },
): boolean {
  const mark = `${id} ${version}`;
  if (decision === null && greeted.has(mark)) return true;
  const upstream = `mcp:${server}`;
  const taken = note({ agent, credential: id, version, decision, upstream, method: 'POST' });
  if (taken && decision === null) greeted.add(mark);
  return taken;
}
