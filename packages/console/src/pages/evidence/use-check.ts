import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { askConsistency, askEntry, askLog, askProof } from '../../data/log.ts';
import { ApiProblem } from '../../data/problem.ts';
import { type Asked, type Checked, checkEntry } from './check-entry.ts';
import { readKnownLogs, writeKnownLogs } from './known-log.ts';

/** One entry's exact bytes, as the daemon answered them. */
export function useEntryBytes(index: number): UseQueryResult<Uint8Array> {
  return useQuery({
    queryKey: ['entry', index],
    queryFn: ({ signal }) => askEntry(index, signal),
    staleTime: Infinity,
  });
}

/** What can be shown about an entry here, made anew each time it is asked for. */
export function useCheck(index: number, entry: Uint8Array): UseQueryResult<Checked> {
  return useQuery({
    queryKey: ['check', index],
    queryFn: ({ signal }) => check(index, entry, signal),
    // An entry that was written this moment is in no checkpoint yet; the next is there in a second.
    retry: 3,
    retryDelay: 1_500,
    staleTime: 0,
    gcTime: 0,
  });
}

async function check(index: number, entry: Uint8Array, signal: AbortSignal): Promise<Checked> {
  const known = readKnownLogs();
  if (!known.ok)
    throw new Error(`what this browser kept of logs is damaged: ${known.error.message}`);
  const [proof, { verifierKey }] = await Promise.all([askProof(index, signal), askLog(signal)]);
  const told = { index, entry, proof, verifierKey, askConsistency: askGrowth };
  const checked = await checkEntry(told, known.value);
  if (checked.known !== null) writeKnownLogs(checked.known);
  return checked;
}

async function askGrowth(from: number): Promise<Asked> {
  try {
    return { ok: true, growth: await askConsistency(from) };
  } catch (cause) {
    // A log that is shorter than it was answers that there is no such size.
    if (cause instanceof ApiProblem && cause.status === 404)
      return { ok: false, why: cause.message };
    throw cause;
  }
}
