import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openssl } from './openssl.ts';

const NAME = ['-subj', '/CN=test'];
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Makes an authority in a folder: `<name>.pem` and `<name>.key`. */
export async function makeAuthority(folder: string, name: string): Promise<void> {
  const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
  await openssl(folder, 'req', '-x509', ...KEY, '-subj', `/CN=${name}`, '-days', '2', ...files);
}

/** What a certificate says beside its names. */
export type CertificateOptions = {
  /** As in `subjectAltName`, such as `URI:spiffe://example.org/a`. */
  readonly names: string;
  readonly signedBy: string;
  readonly isAuthority?: boolean;
};

/** Makes a certificate of two days that an authority signs: `<name>.pem` and `<name>.key`. */
export async function makeCertificate(
  folder: string,
  name: string,
  { names, signedBy, isAuthority = false }: CertificateOptions,
): Promise<void> {
  const extensions = [
    `subjectAltName=${names}`,
    `basicConstraints=critical,CA:${isAuthority ? 'TRUE' : 'FALSE'}`,
    `keyUsage=critical,digitalSignature${isAuthority ? ',keyCertSign' : ''}`,
    'extendedKeyUsage=serverAuth,clientAuth',
  ];
  await writeFile(join(folder, `${name}.cnf`), `${extensions.join('\n')}\n`);
  await openssl(folder, 'req', ...KEY, ...NAME, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  const authority = ['-CA', `${signedBy}.pem`, '-CAkey', `${signedBy}.key`, '-CAcreateserial'];
  const request = ['x509', '-req', '-in', `${name}.csr`, ...authority, '-days', '2'];
  await openssl(folder, ...request, '-extfile', `${name}.cnf`, '-out', `${name}.pem`);
}
