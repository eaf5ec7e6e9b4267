import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { SecretSource } from '../config/notify.ts';

/** Returns the secret of a channel, or why there is none; the reason never holds it. */
export type ReadSecret = (
  source: SecretSource,
) => { readonly ok: true; readonly secret: string } | { readonly ok: false; readonly why: string };

const MAX_BYTES = 65_536;
const OTHERS = 0o077;

/**
 * Returns what reads secrets of channels, each time from where they stand: whoever changes one
 * does not have to start the daemon again.
 *
 * credentials: the folder systemd puts credentials in, or null.
 * own: the secrets of the vault that are the daemon's own, where they are open.
 */
export function makeReadSecret(
  credentials: string | null,
  own?: { readonly read: (name: string) => ReturnType<ReadSecret> },
): ReadSecret {
  return (source) => {
    if (source.kind === 'vault') {
      const closed = { ok: false, why: 'the running daemon alone reads its vault' } as const;
      return own?.read(source.name) ?? closed;
    }
    if (source.kind === 'credential' && credentials === null) {
      return { ok: false, why: `no credential \`${source.name}\`: systemd gave none` };
    }
    const path = source.kind === 'file' ? source.path : join(credentials ?? '', source.name);
    try {
      return read(path, source.kind);
    } catch (cause) {
      const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
      if (typeof code !== 'string') throw cause;
      const advice = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
      return { ok: false, why: `${path}: ${advice}` };
    }
  };
}

function read(path: string, kind: 'file' | 'credential'): ReturnType<ReadSecret> {
  const { mode, size } = statSync(path);
  if (kind === 'file' && (mode & OTHERS) !== 0) {
    return { ok: false, why: `${path}: is open to other users; run \`chmod 600 ${path}\`` };
  }
  if (size > MAX_BYTES) return { ok: false, why: `${path}: is larger than ${MAX_BYTES} bytes` };
  const secret = readFileSync(path, 'utf8').trim();
  return secret === '' ? { ok: false, why: `${path}: is empty` } : { ok: true, secret };
}
