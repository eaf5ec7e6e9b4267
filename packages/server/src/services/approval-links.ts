import { randomBytes } from 'node:crypto';

import type { Guard } from '../guard/guard.ts';
import type { Caller } from '../routes/caller.ts';
import type { Vault } from '../store/vault.ts';
import { formatLinkToken, linkIdOf, type ReadLink, readLinkToken } from './approval-token.ts';
import type { People } from './people.ts';
import { fromGuard, refused, served } from './served.ts';
import type { Recorded, Served } from './services.ts';

/** A link that was made. The token is answered once and kept nowhere. */
export type MadeLink = Recorded & {
  readonly link: string;
  readonly token: string;
  readonly person: string;
  readonly expiresAtMs: number;
};

/** What links are made and read with. */
export type LinkNeeds = {
  readonly guard: { readonly asks: Guard['asks'] };
  readonly vault: Pick<Vault, 'secret' | 'putSecret'>;
  readonly people: People;
  readonly clock: () => number;
};

/** Makes links by which one person may vote on one ask, and reads them. */
export type ApprovalLinks = {
  readonly make: (
    of: { readonly ask: string; readonly person: string },
    by: Caller,
    rights: { readonly isAdmin: boolean },
  ) => Promise<Served<MadeLink>>;
  /** Returns what a link is for, used or not; undefined for one that is not ours or ran out. */
  readonly read: (token: string) => ReadLink | undefined;
};

const SECRET = 'approval-links';
const LONGEST_MS = 86_400_000;

/** Returns the service of links, whose key is made in the vault when there is none. */
export async function openApprovalLinks(needs: LinkNeeds): Promise<ApprovalLinks> {
  const known = await needs.vault.secret(SECRET);
  const key = known ?? randomBytes(32);
  if (known === undefined) await needs.vault.putSecret(SECRET, key);
  return {
    make: (of, by, rights) => make(needs, key, { of, by, rights }),
    read: (token) => {
      const read = readLinkToken(token, key);
      return read === undefined || read.expiresAtMs <= needs.clock() ? undefined : read;
    },
  };
}

async function make(
  { guard, people, clock }: LinkNeeds,
  key: Uint8Array,
  {
    of: { ask, person },
    by,
    rights: { isAdmin },
  }: {
    readonly of: { readonly ask: string; readonly person: string };
    readonly by: Caller;
    readonly rights: { readonly isAdmin: boolean };
  },
): Promise<Served<MadeLink>> {
  const isOwn = by.person?.id.toLowerCase() === person.toLowerCase();
  if (!isOwn && !isAdmin) {
    return refused('forbidden', 'a link is made for oneself, or with the right `administer`');
  }
  const found = guard.asks.find(ask);
  if (found === undefined) return refused('not-found', `there is no approval \`${ask}\``);
  const voter = await people.find(person, []);
  if (voter === undefined) {
    return refused('bad-request', `every key of \`${person}\` was revoked or ran out`);
  }
  const expiresAtMs = Math.min(found.ask.expiresAtMs, clock() + LONGEST_MS);
  const token = formatLinkToken({ ask, person: voter.id, expiresAtMs }, key);
  const link = linkIdOf(token);
  const noted = await guard.asks.link({ ask, link, person: voter.id, expiresAtMs, by: by.id });
  if (!noted.ok) return fromGuard(noted);
  return served({ link, token, person: voter.id, expiresAtMs, index: noted.value.index });
}
