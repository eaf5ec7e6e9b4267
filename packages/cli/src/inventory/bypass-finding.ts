import { createHash } from 'node:crypto';
import { basename } from 'node:path';

/** Something that went around, as the daemon is told of it, and where a person finds it. */
export type Found = {
  readonly what: 'process' | 'call' | 'credential' | 'twice' | 'unwired';
  readonly agent: string | null;
  readonly client: string | null;
  readonly server: string | null;
  readonly tool: string | null;
  /** For the ledger: a file's name without its folder, a process, an id. */
  readonly evidence: string;
  /** For the person at this machine. */
  readonly place: string;
  readonly seenAtMs: number | null;
};

/** Something that could not be looked at, so that nothing found there means nothing. */
export type Unseen = { readonly what: string; readonly why: string };

/** What one way of looking found. */
export type Look = { readonly found: readonly Found[]; readonly unseen: readonly Unseen[] };

/** Returns a name as the ledger takes it, printable and short; null where nothing is left. */
export function ledgerName(text: string | null, most: number): string | null {
  const name = (text ?? '')
    .replaceAll(/[^\x20-\x7e]+/g, '?')
    .trim()
    .slice(0, most)
    .trim();
  return name === '' ? null : name;
}

/** Returns a file's name for the ledger: folders may name people and are told apart by a digest. */
export function ledgerPlace(path: string, rest: string): string {
  const digest = createHash('sha256').update(path, 'utf8').digest('hex').slice(0, 12);
  return `${ledgerName(basename(path), 120) ?? 'file'}${rest} (${digest})`;
}
