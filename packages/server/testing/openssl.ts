import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs `openssl` in a folder. Returns what it printed; rejects with what it complained of. */
export async function openssl(folder: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run('openssl', args, { cwd: folder, timeout: 30_000 });
  return stdout + stderr;
}

/** Whether there is an `openssl` that can time-stamp. */
export async function hasOpenssl(): Promise<boolean> {
  try {
    await openssl('.', 'version');
    return true;
  } catch {
    return false;
  }
}

const settings = `
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[req]
distinguished_name = name
prompt = no
[name]
CN = Test time-stamping authority
[stamping]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
`;

/** Makes a certificate authority and a time-stamping authority in a folder: `ca.pem` and more. */
export async function makeTimestampAuthority(folder: string): Promise<void> {
  await writeFile(join(folder, 'tsa.cnf'), settings);
  await writeFile(join(folder, 'serial'), '01\n');
  const req = ['req', '-config', 'tsa.cnf', '-newkey', 'rsa:2048', '-nodes', '-sha256'];
  await openssl(folder, ...req, '-x509', '-days', '2', '-keyout', 'ca.key', '-out', 'ca.pem');
  await openssl(folder, ...req, '-keyout', 'tsa.key', '-out', 'tsa.csr');
  const issue = ['x509', '-req', '-in', 'tsa.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key'];
  const extended = ['-extfile', 'tsa.cnf', '-extensions', 'stamping', '-CAcreateserial'];
  await openssl(folder, ...issue, ...extended, '-days', '2', '-sha256', '-out', 'tsa.pem');
}

/** Answers a time-stamp request as that authority. */
export async function answerTimestamp(folder: string, request: Uint8Array): Promise<Uint8Array> {
  await writeFile(join(folder, 'request.tsq'), request);
  const config = ['-config', 'tsa.cnf', '-section', 'tsa_config'];
  await openssl(
    folder,
    'ts',
    '-reply',
    ...config,
    '-queryfile',
    'request.tsq',
    '-out',
    'reply.tsr',
  );
  return new Uint8Array(await readFile(join(folder, 'reply.tsr')));
}
