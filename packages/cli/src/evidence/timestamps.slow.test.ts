import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import {
  answerTimestamp,
  hasOpenssl,
  makeTimestampAuthority,
  openssl,
} from '@plumbline/server/testing/openssl';
import { RecordedLog, writeLogFolder } from '@plumbline/server/testing/recorded-log';

import { plumbWith, type Said } from '../run-plumb.test.ts';

/** Has the checkpoint of a log dated, as a daemon would. */
async function stamp(folder: string, log: string): Promise<Uint8Array> {
  const [text = ''] = readFileSync(join(log, 'checkpoint'), 'utf8').split('\n\n');
  writeFileSync(join(folder, 'text'), `${text}\n`);
  const query = ['ts', '-query', '-data', 'text', '-sha256', '-cert', '-out', 'text.tsq'];
  await openssl(folder, ...query);
  return answerTimestamp(folder, readFileSync(join(folder, 'text.tsq')));
}

test('plumb verify: a time-stamp of an earlier size dates a log that grew', async (t) => {
  if (!(await hasOpenssl())) {
    if (process.env['CI'] === 'true') assert.fail('openssl is not installed');
    t.skip('openssl is not installed');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-stamped-'));
  try {
    await makeTimestampAuthority(folder);
    const record = new RecordedLog(join(folder, 'record')).begin();
    await record.story('ada');
    const key = record.verifierKey;
    const log = join(await record.write(), 'log');
    const stampedSize = record.entries.length;
    const answer = await stamp(folder, log);
    mkdirSync(join(log, 'timestamps'));
    const file = join(log, `timestamps/${stampedSize}.tsr`);
    writeFileSync(file, answer);
    record.node('heartbeat', { sessions: 0, inFlight: 0 });
    await writeLogFolder(log, record);
    const known = join(folder, 'known-logs');
    const verify = (...options: readonly string[]): Promise<Said> => {
      const told = ['--key', key, '--known-logs', known, '--tree-only'];
      return plumbWith({ HOME: folder }, 'verify', log, ...told, ...options);
    };
    assert.equal((await verify('--remember')).exit, 3);
    const root = ['--tsa', join(folder, 'ca.pem')];
    const dated = await verify(...root);
    assert.equal(dated.exit, 0, dated.out + dated.err);
    assert.match(dated.out, /TIMESTAMPED/);
    assert.match(dated.out, new RegExp(`first ${stampedSize} entries stood there at 20`));
    assert.match((await verify()).out, /no authority says when this was/);
    writeFileSync(join(log, `timestamps/${stampedSize + 1}.tsr`), answer);
    const other = await verify(...root);
    assert.equal(other.exit, 1);
    assert.match(other.out, /dates another text than that of the checkpoint/);
    rmSync(join(log, 'timestamps'), { recursive: true });
    assert.match((await verify(...root)).out, /\nANCHORED/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
