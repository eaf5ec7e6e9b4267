import type { Vault } from '../../store/vault.ts';
import type { KeptSignIn } from './sign-in-book.ts';

const SECRET = 'console-sign-ins';

/**
 * Returns the sign-ins an earlier daemon kept, as far as the ledger says that they are open: a
 * vault that was put back from a backup brings none back that ended since.
 */
export async function loadSignIns(
  vault: Pick<Vault, 'secret'>,
  open: ReadonlyMap<string, unknown>,
): Promise<readonly KeptSignIn[]> {
  const found = await vault.secret(SECRET);
  if (found === undefined) return [];
  // The compiler cannot see that whatever opens was sealed below.
  const kept = JSON.parse(Buffer.from(found).toString('utf8')) as readonly KeptSignIn[];
  return kept.filter(({ id }) => open.has(id));
}

/**
 * Keeps the sign-ins of keys, without the values of their cookies. What an issuer vouched for is
 * not kept: its roles and names are the issuer's, and whoever comes again asks it again.
 */
export async function saveSignIns(
  vault: Pick<Vault, 'putSecret'>,
  kept: readonly KeptSignIn[],
): Promise<void> {
  const own = kept.filter(({ as }) => as.kind === 'key');
  await vault.putSecret(SECRET, Buffer.from(JSON.stringify(own)));
}
