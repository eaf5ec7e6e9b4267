import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { VaultError } from '../vault.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What a vault does with its root key; each use has a key of its own, derived from it. */
export class VaultCipher {
  readonly #cells: KeyObject;
  readonly #names: KeyObject;
  readonly #check: KeyObject;

  /** Throws when the root key is not 32 bytes. */
  constructor(rootKey: Uint8Array) {
    if (rootKey.length !== 32) throw new Error('bug: the root key is 32 bytes');
    this.#cells = derive(rootKey, 'cells');
    this.#names = derive(rootKey, 'names');
    this.#check = derive(rootKey, 'check');
  }

  /** Returns a value that only the same root key makes. */
  checkValue(): Buffer {
    return createHmac('sha256', this.#check).update('plumbline/vault').digest();
  }

  /** Returns the keyed hash by which a name is found. */
  nameHash(name: string): Buffer {
    return createHmac('sha256', this.#names).update(name).digest();
  }

  /** Returns a value encrypted for one place: its table, row and column. */
  seal(place: string, value: Uint8Array): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#cells, iv);
    cipher.setAAD(Buffer.from(place));
    return Buffer.concat([iv, cipher.update(value), cipher.final(), cipher.getAuthTag()]);
  }

  /** Returns what was sealed for a place. Errors: `VaultError` when it was sealed for another. */
  open(place: string, cell: Uint8Array): Buffer {
    const end = cell.length - TAG_BYTES;
    try {
      const options = { authTagLength: TAG_BYTES };
      const iv = cell.subarray(0, IV_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', this.#cells, iv, options);
      decipher.setAAD(Buffer.from(place)).setAuthTag(cell.subarray(end));
      return Buffer.concat([decipher.update(cell.subarray(IV_BYTES, end)), decipher.final()]);
    } catch (cause) {
      const advice = 'somebody changed the vault: put a backup in its place';
      throw new VaultError('damaged', `\`${place}\` of the vault does not open: ${advice}`, cause);
    }
  }
}

function derive(rootKey: Uint8Array, use: string): KeyObject {
  const info = `plumbline/vault/1/${use}`;
  return createSecretKey(Buffer.from(hkdfSync('sha256', rootKey, '', info, 32)));
}
