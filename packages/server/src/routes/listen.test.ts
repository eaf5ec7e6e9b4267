import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import https from 'node:https';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { inFolder } from '../../testing/folder.ts';
import { SETTINGS } from '../../testing/fake-api.ts';
import { openFake } from '../../testing/open-fake.ts';
import { refuseToListen } from './listen.ts';

const run = promisify(execFile);

test('listening: in the clear on loopback alone, unless TLS or a proxy is there', () => {
  const at = (host: string, rest: object = {}) =>
    refuseToListen({ ...SETTINGS.listen, http: { host, port: 1 }, ...rest }) === null;
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost', '::ffff:127.0.0.1']) {
    assert.equal(at(host), true, host);
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'ledger.example', '127.0.0.1.evil.example']) {
    assert.equal(at(host), false, host);
    assert.equal(at(host, { isBehindProxy: true }), true, host);
    assert.equal(
      at(host, { tls: { certFile: 'c', keyFile: 'k', clientCaFile: null } }),
      true,
      host,
    );
  }
  assert.equal(refuseToListen({ ...SETTINGS.listen, http: null }), null);
});

test('listening: an address that must not be listened on is refused', async () => {
  const listen = { ...SETTINGS.listen, http: { host: '0.0.0.0', port: 0 } };
  await assert.rejects(openFake({ settings: { listen } }), /`0\.0\.0\.0` is not loopback/);
});

test('listening: a port that is taken is an error, not a daemon without HTTP', async () => {
  const first = await openFake();
  try {
    const http = { host: '127.0.0.1', port: first.port };
    const listen = { ...SETTINGS.listen, http };
    await assert.rejects(openFake({ settings: { listen } }), { code: 'EADDRINUSE' });
  } finally {
    await first.close();
  }
});

test('listening: TLS as configured', async (context) => {
  await inFolder(async (folder) => {
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const made = await makeCertificate(certFile, keyFile);
    if (!made) {
      context.skip('openssl is not installed');
      return;
    }
    const listen = { ...SETTINGS.listen, tls: { certFile, keyFile, clientCaFile: null } };
    const fake = await openFake({ settings: { listen } });
    try {
      const ca = readFileSync(certFile);
      const status = await new Promise((resolve, reject) => {
        const path = '/healthz';
        const where = { host: '127.0.0.1', port: fake.port, path, ca, agent: false };
        https
          .get(where, (response) => {
            response.resume();
            resolve(response.statusCode);
          })
          .on('error', reject);
      });
      assert.equal(status, 200);
    } finally {
      await fake.close();
    }
  });
});

async function makeCertificate(certFile: string, keyFile: string): Promise<boolean> {
  const what = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const files = ['-keyout', keyFile, '-out', certFile];
  try {
    await run('openssl', ['req', '-x509', ...key, ...what, ...files]);
    return true;
  } catch (error) {
    if (Reflect.get(Object(error), 'code') === 'ENOENT') return false;
    throw error;
  }
}
