import type { Config } from '../config/config.ts';
import { DiskError } from '../disk/disk.ts';
import { RestoreError } from '../guard/fold-entry.ts';
import { LedgerStopped } from '../ledger/sequencer.ts';
import { RootKeyError } from '../seal/root-key.ts';
import { StoreError } from '../store/embedded/sqlite-error.ts';
import { VaultError } from '../store/vault.ts';
import { StartRefused, whyRefused } from './places.ts';

/** Returns why a start was refused, in words for a person; what is a bug is returned as it is. */
export function asRefusal(cause: unknown, config: Config): unknown {
  if (cause instanceof StartRefused) return cause;
  if (
    cause instanceof VaultError ||
    cause instanceof RootKeyError ||
    cause instanceof DiskError ||
    cause instanceof RestoreError ||
    cause instanceof StoreError ||
    cause instanceof LedgerStopped
  ) {
    return new StartRefused(cause.message, { cause });
  }
  return ofSystem(cause, config);
}

function ofSystem(cause: unknown, { listen, data: folder }: Config): unknown {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
  const where = listen.http === null ? '' : `${listen.http.host}:${listen.http.port}`;
  switch (code) {
    case 'EADDRINUSE':
      return new StartRefused(
        `${where}: something listens there already; choose another \`listen.http\`, port 0 takes ` +
          'a free one',
        { cause },
      );
    case 'EADDRNOTAVAIL':
      return new StartRefused(`${where}: is no address of this machine; choose another`, { cause });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOSPC':
    case 'EDQUOT':
      return new StartRefused(whyRefused(folder, cause), { cause });
    default:
      return cause;
  }
}
