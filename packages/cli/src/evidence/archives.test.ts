import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { packArchive } from '@plumbline/server';
import { RecordedLog } from '@plumbline/server/testing/recorded-log';
import { verifies } from '@plumbline/testkit';

import { type Said, plumbWith } from '../run-plumb.test.ts';

const root = mkdtempSync(join(tmpdir(), 'plumbline-archives-'));
const record = join(root, 'record');
const rootKey = join(root, 'root.key');
let key = '';
const sessions: string[] = [];

function plumb(...argv: readonly string[]): Promise<Said> {
  return plumbWith({ HOME: root }, ...argv);
}

before(async () => {
  const log = new RecordedLog(record).begin();
  for (const person of ['ada', 'bo', 'cy']) {
    const step = await log.story(person);
    sessions.push(step.session);
    await log.vault.eraseSubject(step.subject.id);
    const open = { subject: step.subject.id, sessions: [step.session], by: 'local' };
    log.node('erasure', open).node('heartbeat', { size: 1 });
  }
  await log.story('di');
  key = log.verifierKey;
  await log.write();
  writeFileSync(rootKey, `${Buffer.from(log.rootKey).toString('hex')}\n`, { mode: 0o600 });
});

after(() => rmSync(root, { recursive: true, force: true }));

describe('packs of people who were erased', () => {
  test('hold the erasures of those in them alone, and verify', async () => {
    verifies('evidence.pack');
    const folder = join(root, 'two');
    const [first = '', , third = ''] = sessions;
    const argv = ['pack', record, '-o', folder, '--root-key', rootKey, '--session', first, third];
    const packed = await plumb(...argv);
    assert.equal(packed.exit, 0, packed.err);
    const kinds = readdirSync(join(folder, 'entries'))
      .filter((name) => /^\d+\.json$/.test(name))
      .map((name) =>
        String(
          Reflect.get(JSON.parse(readFileSync(join(folder, 'entries', name), 'utf8')), 'kind'),
        ),
      );
    assert.equal(kinds.filter((kind) => kind === 'erasure').length, 2);
    const said = await plumb('verify', folder, '--key', key);
    assert.equal(said.exit, 3, said.out + said.err);
    assert.match(said.out, /10 erased/);
    const script = spawnSync('python3', ['verify.py'], { cwd: folder, encoding: 'utf8' });
    if (script.error === undefined) assert.equal(script.status, 0, script.stdout);
  });
});

describe('a pack in one file', () => {
  test('verifies as its folder does, and unpacks with tar', async () => {
    verifies('evidence.pack');
    const file = join(root, 'evidence.tar.gz');
    const packed = await plumb('pack', record, '-o', file, '--root-key', rootKey);
    assert.equal(packed.exit, 0, packed.err);
    const said = await plumb('verify', file, '--key', key);
    assert.equal(said.exit, 3, said.out + said.err);
    assert.match(said.out, /5 recomputed/);
    const unpacked = spawnSync('tar', ['-xzf', file], { cwd: root, encoding: 'utf8' });
    assert.equal(unpacked.status, 0, unpacked.stderr);
    assert.equal((await plumb('verify', join(root, 'evidence'), '--key', key)).exit, 3);
    assert.match((await plumb('pack', record, '-o', file)).err, /is there already, name another/);
    assert.deepEqual(
      readdirSync(tmpdir()).filter((name) => name.startsWith('plumbline-pack-')),
      [],
    );
  });

  test('that is damaged, cut or no pack at all is refused with its place', async () => {
    const file = join(root, 'cut.tar.gz');
    writeFileSync(file, readFileSync(join(root, 'evidence.tar.gz')).subarray(0, 5_000));
    assert.match((await plumb('verify', file)).err, /cut\.tar\.gz: is damaged, or no archive/);
    for (const path of ['../out', '/etc/x', 'entries/../../out', 'manifest.json/x', 'link']) {
      const bad = await archived('p', path);
      const { exit, err } = await plumb('verify', bad);
      assert.equal(exit, 2, path);
      assert.match(err, /which no evidence pack does/, path);
    }
    assert.deepEqual(readdirSync(root).includes('out'), false);
    writeFileSync(join(root, 'text'), 'text');
    assert.match((await plumb('verify', join(root, 'text'))).err, /is a file, and no archive/);
  });

  test('leaves nothing behind when nothing matches', async () => {
    const file = join(root, 'none.tar.gz');
    const argv = ['pack', record, '-o', file, '--root-key', rootKey, '--session', 'ses_none'];
    assert.match((await plumb(...argv)).err, /no session matches/);
    assert.equal(readdirSync(root).includes('none.tar.gz'), false);
  });
});

async function archived(folder: string, path: string): Promise<string> {
  const { put, end, bytes } = packArchive(folder, 0);
  const parts: Uint8Array[] = [];
  const read = (async () => {
    for await (const part of bytes) parts.push(part);
  })();
  await put(path, Buffer.from('x'));
  end();
  await read;
  mkdirSync(join(root, 'bad'), { recursive: true });
  const file = join(root, 'bad', 'bad.tar.gz');
  writeFileSync(file, Buffer.concat(parts));
  return file;
}
