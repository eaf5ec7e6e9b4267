import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fill, openTestLog } from '../../testing/log-scene.ts';
import {
  answerTimestamp,
  hasOpenssl,
  makeTimestampAuthority,
  openssl,
} from '../../testing/openssl.ts';
import { nodeDisk } from '../disk/node-disk.ts';
import type { Egress } from '../egress/egress.ts';

test('time-stamps: openssl accepts the answer for the checkpoint alone', async (t) => {
  if (!(await hasOpenssl())) {
    if (process.env['CI'] === 'true') assert.fail('openssl is not installed');
    t.skip("NOT CHECKED BY OTHER PEOPLE'S TOOLS: openssl is not installed");
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-tsa-'));
  try {
    await makeTimestampAuthority(folder);
    await stampAndVerify(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function stampAndVerify(folder: string): Promise<void> {
  const egress: Pick<Egress, 'request'> = {
    request: async ({ body }) => {
      assert.ok(body instanceof Uint8Array);
      const answer = await answerTimestamp(folder, body);
      const contentType = 'application/timestamp-reply';
      return { ok: true, value: { status: 200, contentType, body: answer } };
    },
  };
  const disk = nodeDisk(folder);
  const log = await openTestLog(disk, { egress, timestamps: 'https://tsa.example' });
  await fill(log, 3);
  await log.publish();
  const stamped = await log.stamp();
  assert.equal(stamped.kind, 'stamped', JSON.stringify(stamped));
  await log.close();
  const [text = ''] = log.checkpoint().split('\n\n');
  await writeFile(join(folder, 'text'), `${text}\n`);
  await writeFile(join(folder, 'other'), `${text}\n\n`);
  const verify = ['ts', '-verify', '-CAfile', 'ca.pem', '-untrusted', 'tsa.pem'];
  const answer = ['-in', 'log/timestamps/3.tsr', '-data'];
  assert.match(await openssl(folder, ...verify, ...answer, 'text'), /Verification: OK/);
  await assert.rejects(openssl(folder, ...verify, ...answer, 'other'));
}
