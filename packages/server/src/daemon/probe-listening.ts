import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';

import type { Config } from '../config/config.ts';
import { StartRefused } from './places.ts';

/**
 * Listens for a moment where HTTP will be listened on, and reads the certificate, so that a start
 * that cannot listen is refused before it writes anything.
 *
 * Errors: `StartRefused` for certificate and key; what listening fails of.
 */
export async function probeListening({ http, tls: files }: Config['listen']): Promise<void> {
  if (files !== null) checkCertificate(files);
  if (http === null || http.port === 0) return;
  const server = net.createServer();
  server.listen({ host: http.host, port: http.port });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

type Files = NonNullable<Config['listen']['tls']>;

function checkCertificate({ certFile, keyFile }: Files): void {
  const cert = readNamed('listen.certFile', certFile);
  const key = readNamed('listen.keyFile', keyFile);
  try {
    tls.createSecureContext({ cert, key });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const files = `\`listen.certFile\` ${certFile} and \`listen.keyFile\` ${keyFile}`;
    const hint = 'give a PEM certificate and its own key';
    throw new StartRefused(`${files}: TLS takes them not (${why}); ${hint}`, { cause });
  }
}

function readNamed(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
    const why = code === 'ENOENT' ? 'no such file' : `cannot be read (${String(code)})`;
    throw new StartRefused(`\`${setting}\` ${file}: ${why}; name a PEM file`, { cause });
  }
}
