import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { SETTINGS } from '../../../testing/fake-api.ts';
import { inFolder } from '../../../testing/folder.ts';
import { type OpenFake, openFake } from '../../../testing/open-fake.ts';
import { hasOpenssl } from '../../../testing/openssl.ts';
import { makeAuthority, makeCertificate } from '../../../testing/workload-certificates.ts';
import type { WorkloadConfig } from '../../config/authority.ts';
import { makeIdentity } from '../../identity/identity.ts';

const BARE = { scopes: [], grants: [], agents: null };

const WORKLOADS: readonly WorkloadConfig[] = [
  {
    ...BARE,
    proof: { kind: 'spiffe', id: 'spiffe://example.org/ns/prod/sa/refunds' },
    kind: 'agent',
    agents: ['refunds'],
  },
  { ...BARE, proof: { kind: 'dns', name: 'front.example.org' }, kind: 'opener' },
  { ...BARE, proof: { kind: 'dns', name: 'meter.example.org' }, kind: 'service', scopes: ['read'] },
];

const REFUNDS = 'URI:spiffe://example.org/ns/prod/sa/refunds';

const CERTIFICATES = {
  refunds: { names: REFUNDS, signedBy: 'ca' },
  front: { names: 'DNS:front.example.org', signedBy: 'ca' },
  stranger: { names: 'DNS:stranger.example.org', signedBy: 'ca' },
  both: { names: 'DNS:front.example.org,DNS:meter.example.org', signedBy: 'ca' },
  twice: { names: `${REFUNDS},URI:spiffe://example.org/ns/prod/sa/other`, signedBy: 'ca' },
  mixed: { names: `${REFUNDS},URI:https://example.org/`, signedBy: 'ca' },
  authority: { names: REFUNDS, signedBy: 'ca', isAuthority: true },
  forged: { names: REFUNDS, signedBy: 'other' },
} as const;

test('certificates: a workload is who its certificate names, and no more', async (context) => {
  verifies('authority.verified', 'authority.session-binding');
  if (!(await hasOpenssl())) {
    context.skip('openssl is not installed');
    return;
  }
  await inFolder(async (folder) => {
    await Promise.all(['ca', 'other'].map((name) => makeAuthority(folder, name)));
    await makeCertificate(folder, 'server', { names: 'IP:127.0.0.1', signedBy: 'ca' });
    for (const [name, of] of Object.entries(CERTIFICATES)) await makeCertificate(folder, name, of);
    const at = (file: string): string => join(folder, file);
    const tls = {
      certFile: at('server.pem'),
      keyFile: at('server.key'),
      clientCaFile: at('ca.pem'),
    };
    let now = Date.now();
    const identity = makeIdentity({
      authority: { issuers: [], workloads: WORKLOADS },
      egress: { request: () => Promise.reject(new Error('nothing is asked')) },
      clock: () => now,
      monotonicMs: () => 0,
    });
    const listen = { ...SETTINGS.listen, tls };
    const fake = await openFake({ settings: { listen }, services: { identity } });
    const ask = asking(fake, folder);
    try {
      const redeem = { path: '/permits/redeem', body: '{"token":"t"}' };
      const open = { path: '/sessions', body: '{"principal":"ada"}' };
      assert.equal(await ask('refunds', redeem), '200');
      assert.equal(await ask('refunds', open), 'forbidden');
      assert.equal(await ask('front', open), '201');
      assert.equal(await ask('front', redeem), 'forbidden');
      assert.equal(await ask(null, redeem), 'no-key');
      assert.equal(await ask('stranger', redeem), 'no-key');
      for (const name of ['both', 'twice', 'mixed', 'authority', 'forged']) {
        assert.equal(await ask(name, redeem), 'bad-token', name);
      }
      const auth = fake.key({ kind: 'opener' });
      // A certificate that names nobody only secures the way; one that does is the whole identity.
      assert.equal(await ask('stranger', { ...open, auth }), '201');
      assert.equal(await ask('refunds', { ...open, auth }), 'bad-token');
      assert.equal(await ask('forged', { ...open, auth }), 'bad-token');
      now += 3 * 86_400_000;
      assert.equal(await ask('refunds', redeem), 'bad-token');
      now -= 6 * 86_400_000;
      assert.equal(await ask('refunds', redeem), 'bad-token');
    } finally {
      await fake.close();
    }
  });
});

type Sent = { readonly path: string; readonly body: string; readonly auth?: string };
type Ask = (who: string | null, sent: Sent) => Promise<string>;

function asking({ port }: OpenFake, folder: string): Ask {
  const file = (name: string): Buffer => readFileSync(join(folder, name));
  return (who, { path, body, auth }) => {
    const shown = who === null ? {} : { cert: file(`${who}.pem`), key: file(`${who}.key`) };
    const headers = {
      'content-type': 'application/json',
      ...(auth === undefined ? {} : { authorization: auth }),
    };
    const where = { host: '127.0.0.1', port, path: `/api/v1/agents/refunds${path}` };
    const how = { method: 'POST', headers, ca: file('ca.pem'), agent: false, ...shown };
    return new Promise((resolve, reject) => {
      const sending = https.request({ ...where, ...how }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const code = /"code":"([a-z-]+)"/.exec(text)?.[1];
          resolve(code ?? String(response.statusCode));
        });
      });
      sending.on('error', reject);
      sending.end(body);
    });
  };
}
