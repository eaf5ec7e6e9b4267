import { createHmac, randomBytes } from 'node:crypto';

import type { Vault } from '../../store/vault.ts';

const SECRET = 'person-key';

/**
 * Returns what gives each person the name that stands in the ledger for them: the same for
 * everything they do, and telling nobody without the vault who they are.
 */
export async function openPseudonyms(
  vault: Pick<Vault, 'secret' | 'putSecret'>,
): Promise<(person: string) => string> {
  const known = await vault.secret(SECRET);
  const key = known ?? randomBytes(32);
  if (known === undefined) await vault.putSecret(SECRET, key);
  return (person) => {
    const mac = createHmac('sha256', key).update(person).digest('hex');
    return `per_${mac.slice(0, 32)}`;
  };
}
