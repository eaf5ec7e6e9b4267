import { canonical } from '../canonical.ts';
import type { Entry, Sealed } from './entry.ts';

/**
 * Returns the canonical JSON of an entry: what `canonical` returns, without looking at the order
 * of members that are always the same. Source: spec/entries.md, section "The envelope".
 */
export function formatEntry(entry: Entry): string {
  const { at, agent, session, n, prev, trace, open, sealed } = entry;
  return (
    `{"agent":${text(agent)},"at":${at},"kind":${text(entry.kind)},"n":${n}` +
    `,"open":${canonical(open)},"prev":${text(prev)},"sealed":${formatSealed(sealed)}` +
    `,"session":${text(session)}${trace === undefined ? '' : formatTrace(trace)},"v":1}`
  );
}

function text(value: string | null): string {
  return value === null ? 'null' : JSON.stringify(value);
}

function formatSealed(sealed: Sealed | null): string {
  if (sealed === null) return 'null';
  const { subject, nonce, mac } = sealed;
  const middle = `"mac":${text(mac)},"nonce":${text(nonce)},"subject":${text(subject)}`;
  if ('text' in sealed) return `{${middle},"text":${text(sealed.text)}}`;
  const { digest, size } = sealed.blob;
  return `{"blob":{"digest":${text(digest)},"size":${size}},${middle}}`;
}

function formatTrace({ traceId, spanId }: NonNullable<Entry['trace']>): string {
  return `,"trace":{"spanId":${text(spanId)},"traceId":${text(traceId)}}`;
}
