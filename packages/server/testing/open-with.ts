import type { Entry, Opened } from '@plumbline/core';

import { openPayload } from '../src/seal/seal.ts';

/** What opens payloads: keys by subject, and blobs by digest. */
export type Held = {
  readonly keys: ReadonlyMap<string, Uint8Array>;
  readonly blobs: ReadonlyMap<string, Uint8Array>;
};

/** Opens what an entry sealed as a verifier does who holds these keys and blobs. */
export function openWith({ keys, blobs }: Held, { sealed }: Entry): Opened {
  const subjectKey = keys.get(sealed?.subject ?? '');
  if (sealed === null || subjectKey === undefined) return { kind: 'closed' };
  const blob = 'blob' in sealed ? blobs.get(sealed.blob.digest) : undefined;
  const opened = openPayload({ sealed, subjectKey, ...(blob === undefined ? {} : { blob }) });
  return opened.ok
    ? { kind: 'opened', text: Buffer.from(opened.value).toString('utf8') }
    : { kind: 'broken', why: opened.error.message };
}
