import assert from 'node:assert/strict';
import type { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';

import { encodeUtf8 } from '@plumbline/ledger';

import { inFolder } from '../../testing/folder.ts';
import { makeTimestamp } from '../../testing/made-timestamp.ts';
import {
  answerTimestamp,
  hasOpenssl,
  makeTimestampAuthority,
  openssl,
} from '../../testing/openssl.ts';
import { certificatesIn, checkTimestamp } from './verify-timestamp.ts';

const TEXT = encodeUtf8('log.example/desk\n3\nAAAA\n');

async function isWithoutOpenssl(t: TestContext): Promise<boolean> {
  if (await hasOpenssl()) return false;
  if (process.env['CI'] === 'true') assert.fail('openssl is not installed');
  t.skip('openssl is not installed');
  return true;
}

function certificates(folder: string, ...names: readonly string[]): readonly X509Certificate[] {
  return names.flatMap((name) => certificatesIn(readFileSync(join(folder, name), 'utf8')));
}

/** Asks the authority of a folder for a time-stamp of the text; with `-cert` it shows its own. */
async function stamped(folder: string, ...more: readonly string[]): Promise<Uint8Array> {
  writeFileSync(join(folder, 'text'), TEXT);
  const query = ['ts', '-query', '-data', 'text', '-sha256', '-no_nonce', '-out', 'text.tsq'];
  await openssl(folder, ...query, ...more);
  return answerTimestamp(folder, readFileSync(join(folder, 'text.tsq')));
}

function whyNot(
  answer: Uint8Array,
  trusted: readonly X509Certificate[],
  text: Uint8Array = TEXT,
): string {
  const checked = checkTimestamp(answer, { text, trusted });
  return checked.ok ? 'nothing' : checked.message;
}

test('time-stamps: one is taken whose signer the given certificate vouches for', async (t) => {
  if (await isWithoutOpenssl(t)) return;
  await inFolder(async (folder) => {
    await makeTimestampAuthority(folder);
    const from = Date.now();
    const answer = await stamped(folder, '-cert');
    const checked = checkTimestamp(answer, { text: TEXT, trusted: certificates(folder, 'ca.pem') });
    assert.ok(checked.ok, JSON.stringify(checked));
    assert.ok(Math.abs(checked.value.at - from) < 60_000);
    assert.match(checked.value.by, /Test time-stamping authority/);
    assert.equal(whyNot(answer, certificates(folder, 'tsa.pem')), 'nothing');
    const bare = await stamped(folder);
    assert.equal(whyNot(bare, certificates(folder, 'ca.pem', 'tsa.pem')), 'nothing');
    assert.match(whyNot(bare, certificates(folder, 'ca.pem')), /does not hold the certificate/);
  });
});

test('time-stamps: another text, signer or authority, or a changed bit, is refused', async (t) => {
  if (await isWithoutOpenssl(t)) return;
  await inFolder(async (folder) => {
    await makeTimestampAuthority(folder);
    const other = join(folder, 'other');
    mkdirSync(other);
    await makeTimestampAuthority(other);
    const answer = await stamped(folder, '-cert');
    const trusted = certificates(folder, 'ca.pem');
    assert.match(whyNot(answer, trusted, encodeUtf8('another')), /dates another text/);
    assert.match(whyNot(answer, certificates(other, 'ca.pem')), /does not vouch for/);
    assert.match(whyNot(answer, certificates(other, 'tsa.pem')), /does not vouch for/);
    assert.match(whyNot(answer, []), /does not vouch for/);
    assert.match(whyNot(Uint8Array.of(48, 0), trusted), /is no time-stamp/);
    const request = readFileSync(join(folder, 'text.tsq'));
    assert.match(whyNot(makeTimestamp(request), trusted), /not exactly one signature/);
    assert.match(whyNot(makeTimestamp(request, { isRefused: true }), trusted), /status 2/);
    const taken = checkTimestamp(answer, { text: TEXT, trusted });
    assert.ok(taken.ok);
    for (let at = 0; at < answer.length; at += 7) {
      const changed = Uint8Array.from(answer);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const still = checkTimestamp(changed, { text: TEXT, trusted });
      // Status texts and the name of the signer are not signed; the time and who says it are.
      if (still.ok) assert.deepEqual(still, taken, `byte ${at}`);
    }
    const last = Uint8Array.from(answer);
    last[last.length - 1] = (last.at(-1) ?? 0) ^ 1;
    assert.match(whyNot(last, trusted), /does not verify/);
  });
});

test('time-stamps: a certificate that was not valid then is not enough', async (t) => {
  if (await isWithoutOpenssl(t)) return;
  await inFolder(async (folder) => {
    await makeTimestampAuthority(folder);
    const issue = ['x509', '-req', '-in', 'tsa.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key'];
    const extended = ['-extfile', 'tsa.cnf', '-extensions', 'stamping', '-CAcreateserial'];
    await openssl(folder, ...issue, ...extended, '-days', '0', '-sha256', '-out', 'tsa.pem');
    await setTimeout(1_500);
    const late = await stamped(folder, '-cert');
    assert.match(whyNot(late, certificates(folder, 'ca.pem')), /was not valid/);
  });
});
