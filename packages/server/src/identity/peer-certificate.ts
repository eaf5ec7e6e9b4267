import type { X509Certificate } from 'node:crypto';

import { trustDomainOf } from '../config/spiffe-id.ts';
import { bad, type Checked, good } from './token-fault.ts';

/** A certificate a client showed, and whether one who vouches for clients signed it. */
export type ShownCertificate = {
  readonly certificate: X509Certificate;
  readonly isVouchedFor: boolean;
};

/** Whom a certificate names. */
export type CertifiedNames =
  | { readonly kind: 'spiffe'; readonly id: string }
  | { readonly kind: 'dns'; readonly names: readonly string[] };

/**
 * Returns whom a client's certificate names, or why it is not taken: nobody vouches for it, its
 * time is not now, it is an authority's, or it names no one workload.
 *
 * A connection may outlive the certificate it began with, so the time is looked at each time.
 * Source: the X.509-SVID standard, sections 2 to 5.
 */
export function namesIn(
  { certificate, isVouchedFor }: ShownCertificate,
  now: number,
): Checked<CertifiedNames> {
  if (!isVouchedFor) return bad('key', 'nobody configured vouches for the certificate');
  if (now < certificate.validFromDate.getTime()) {
    return bad('not-yet-valid', 'the certificate is not valid yet');
  }
  if (now >= certificate.validToDate.getTime())
    return bad('expired', 'the certificate has expired');
  if (certificate.ca) return bad('workload', 'the certificate is an authority, not a workload');
  const names = alternativeNames(certificate.subjectAltName ?? '');
  if (names === null) return bad('malformed', 'a name in the certificate is not plain');
  const uris = names.flatMap(([kind, name]) => (kind === 'URI' ? [name] : []));
  const [uri] = uris;
  if (uri?.startsWith('spiffe://') === true || uris.length > 1) return spiffeIn(uris);
  return good({
    kind: 'dns',
    names: names.flatMap(([kind, name]) => (kind === 'DNS' ? [name] : [])),
  });
}

function spiffeIn(uris: readonly string[]): Checked<CertifiedNames> {
  const [id = ''] = uris;
  if (uris.length !== 1) return bad('workload', 'the certificate has more than one URI');
  if (trustDomainOf(id) === undefined) return bad('workload', 'the URI is no SPIFFE id');
  return good({ kind: 'spiffe', id });
}

/** Names with characters that could part them are quoted, and none of ours needs any. */
function alternativeNames(text: string): readonly (readonly [string, string])[] | null {
  if (text.includes('"')) return null;
  const names: [string, string][] = [];
  for (const part of text === '' ? [] : text.split(', ')) {
    const cut = part.indexOf(':');
    names.push([part.slice(0, cut), part.slice(cut + 1)]);
  }
  return names;
}
