import { hash } from 'node:crypto';

import type { Guard } from '../guard/guard.ts';
import type { Vault } from '../store/vault.ts';
import { fromGuard, served } from './served.ts';
import type { Erased, Served } from './services.ts';
import type { WriteEntry } from './write-entry.ts';

/** What a person's data is erased with. */
export type ErasingNeeds = {
  readonly guard: Pick<Guard, 'forget'>;
  readonly vault: Pick<Vault, 'secret' | 'putSecret' | 'removeSecret'>;
  /** Destroys a subject's key and name, in the vault and wherever they are remembered. */
  readonly erase: (subject: string) => Promise<boolean>;
  readonly write: WriteEntry;
};

type Begun = { readonly subject: string; readonly nameHash: string; readonly by: string };

// An erasure that was begun is written down in the vault, so that the next start can finish it:
// between the loss of the key and its entry the ledger says nothing of it.
const BEGUN = 'erasure-begun';

/**
 * Closes a subject's sessions, destroys its key and name, and records that.
 *
 * Errors: of the guard and the log. What was begun is finished by asking again or by the next
 * start.
 */
export async function eraseSubject(
  needs: ErasingNeeds,
  { subject, name, by }: { readonly subject: string; readonly name: string; readonly by: string },
): Promise<Served<Erased>> {
  const begun: Begun = { subject, nameHash: hashOf(name), by };
  await needs.vault.putSecret(BEGUN, Buffer.from(JSON.stringify(begun)));
  return finish(needs, begun);
}

/** What was finished, and whether it is the person of the name that was asked for. */
export type Finished = { readonly erased: Erased; readonly isAsked: boolean };

/** Finishes the erasure that was begun and not recorded, if any. */
export async function finishErasure(
  needs: ErasingNeeds,
  name: string | null,
): Promise<Served<Finished | null>> {
  const secret = await needs.vault.secret(BEGUN);
  if (secret === undefined) return served(null);
  // Only `eraseSubject` writes this secret.
  const begun = JSON.parse(Buffer.from(secret).toString('utf8')) as Begun;
  const erased = await finish(needs, begun);
  if (!erased.ok) return erased;
  return served({
    erased: erased.value,
    isAsked: name !== null && hashOf(name) === begun.nameHash,
  });
}

async function finish(needs: ErasingNeeds, { subject, by }: Begun): Promise<Served<Erased>> {
  const forgotten = fromGuard(await needs.guard.forget(subject));
  if (!forgotten.ok) return forgotten;
  const { sessions } = forgotten.value;
  await needs.erase(subject);
  const open = { subject, sessions: [...sessions], by };
  const written = await needs.write({ kind: 'erasure', agent: null, open });
  if (!written.ok) return written;
  await needs.vault.removeSecret(BEGUN);
  return served({ index: written.value.index, subject, sessions });
}

// Kept encrypted and only until the erasure is recorded.
function hashOf(name: string): string {
  return hash('sha256', name, 'hex');
}
