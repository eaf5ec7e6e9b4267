import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { after, before, describe, test } from 'node:test';

import { cosignText, formatNote, formatVerifierKey, readCheckpoint } from '@plumbline/ledger';
import { witnessSigner } from '@plumbline/server/testing/real-record';
import { RecordedLog, writeLogFolder } from '@plumbline/server/testing/recorded-log';
import { until } from '@plumbline/testkit';

import { run } from '../program.ts';
import { type Said, plumbWith } from '../run-plumb.test.ts';

const root = mkdtempSync(join(tmpdir(), 'plumbline-records-'));
const record = join(root, 'record');
const rootKey = join(root, 'root.key');
let key = '';
let server: Server | undefined;
let url = '';

function plumb(...argv: readonly string[]): Promise<Said> {
  return plumbWith({ HOME: root }, ...argv);
}

before(async () => {
  const log = new RecordedLog(record).begin();
  await log.story('ada');
  key = log.verifierKey;
  await log.write();
  writeFileSync(rootKey, `${Buffer.from(log.rootKey).toString('hex')}\n`, { mode: 0o600 });
  server = createServer((request, response) => {
    const file = join(record, 'log', request.url ?? '');
    const isThere = existsSync(file) && statSync(file).isFile();
    response.writeHead(isThere ? 200 : 404).end(isThere ? readFileSync(file) : '');
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  url = `http://127.0.0.1:${address.port}/`;
});

after(() => {
  server?.close();
  server?.closeAllConnections();
  rmSync(root, { recursive: true, force: true });
});

describe('records from elsewhere', () => {
  test('a log that is served is verified, listed and proved from', async () => {
    const said = await plumb('verify', url, '--key', key);
    assert.equal(said.exit, 3, said.err);
    assert.match(said.out, /5 decisions: 5 missing opening/);
    assert.match((await plumb('log', 'tail', url, '-n', '2')).out, /session_closed/);
    const proof = join(root, 'served.tlog-proof');
    assert.equal((await plumb('proof', '3', url, '-o', proof)).exit, 0);
    assert.equal((await plumb('proof', '--check', proof, '--key', key)).exit, 3);
    const nowhere = await plumb('verify', `${url}nowhere/`);
    assert.equal(nowhere.exit, 2);
    assert.match(nowhere.err, /checkpoint/);
  });

  test('a server that refuses connections is named, with what failed', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const address = gone.address();
    assert.ok(typeof address === 'object' && address !== null);
    await new Promise((resolve) => gone.close(resolve));
    const host = `127.0.0.1:${address.port}`;
    const said = await plumb('verify', `http://${host}/x`);
    assert.equal(said.exit, 2);
    assert.ok(said.err.includes(`\`${host}\` cannot be reached (ECONNREFUSED)`), said.err);
  });

  test('a cosigned checkpoint is witnessed by a policy that names the witness', async () => {
    const copy = join(root, 'cosigned');
    cpSync(join(record, 'log'), copy, { recursive: true });
    const file = join(copy, 'checkpoint');
    const read = readCheckpoint(readFileSync(file));
    assert.ok(read.ok);
    const { note } = read.value;
    const witness = witnessSigner();
    const cosigned = await cosignText(witness, note.text, 1_767_225_600);
    writeFileSync(file, formatNote({ ...note, signatures: [...note.signatures, cosigned] }));
    const policy = join(root, 'witnesses.policy');
    const named = `witness w1 ${formatVerifierKey(witness.key)}\n`;
    writeFileSync(policy, `log ${key}\n${named}quorum w1\n`);
    const said = await plumb('verify', copy, '--policy', policy, '--tree-only');
    assert.equal(said.exit, 0, said.out + said.err);
    assert.match(said.out, /WITNESSED/);
    assert.match(said.out, /cosigned by w1/);
    const bare = await plumb('verify', record, '--policy', policy, '--tree-only');
    assert.equal(bare.exit, 3, bare.out);
  });

  test('openings in a file open the entries they are of, and no others', async () => {
    const pack = join(root, 'pack');
    const argv = ['pack', record, '-o', pack, '--root-key', rootKey];
    assert.equal((await plumb(...argv)).exit, 0);
    const lines = readdirSync(join(pack, 'entries'))
      .filter((name) => name.endsWith('.opening'))
      .map((name) => `${Number(name.slice(0, 12))} ${readIn(pack, `entries/${name}`)}`);
    const file = join(root, 'openings');
    writeFileSync(file, `# all\n${lines.join('')}`);
    const all = await plumb('verify', join(record, 'log'), '--openings', file);
    assert.match(all.out, /5 decisions: 5 recomputed/);
    writeFileSync(file, lines.slice(0, 3).join(''));
    const some = await plumb('verify', join(record, 'log'), '--openings', file);
    assert.match(some.out, /1 recomputed, 4 missing opening/);
    writeFileSync(file, 'not an opening\n');
    assert.match((await plumb('verify', record, '--openings', file)).err, /openings:1/);
    rmSync(pack, { recursive: true });
  });

  test('a pack of which any file is gone, or whose note is changed, does not verify', async () => {
    const pack = join(root, 'pack');
    assert.equal((await plumb('pack', record, '-o', pack, '--root-key', rootKey)).exit, 0);
    const verified = async (): Promise<number> => {
      return (await plumb('verify', pack, '--key', key, '--tree-only')).exit;
    };
    assert.equal(await verified(), 3);
    for (const path of readdirSync(pack, { recursive: true, encoding: 'utf8' })) {
      const file = join(pack, path);
      // Who takes the note away leaves an unsigned pack, which is what the reader is told.
      if (statSync(file).isDirectory() || path === 'manifest.note') continue;
      const bytes = readFileSync(file);
      rmSync(file);
      assert.ok([1, 2].includes(await verified()), path);
      writeFileSync(file, bytes);
    }
    const note = join(pack, 'manifest.note');
    const bytes = readFileSync(note);
    for (let at = 0; at < bytes.length; at += 5) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(note, changed);
      assert.equal(await verified(), 1, `byte ${at}`);
    }
    rmSync(pack, { recursive: true });
  });

  test('the tail of a log goes on as entries are published', async () => {
    const place = join(root, 'growing');
    const log = new RecordedLog(place).begin();
    await log.write();
    const lines: string[] = [];
    const ended = run(['log', 'tail', place, '-f', '-n', '1'], {
      screen: {
        isTerminal: false,
        columns: 100,
        colors: createColors(false),
        print: (text) => lines.push(text),
        json: () => undefined,
        note: () => undefined,
      },
      program: 'plumb',
      nowMs: () => 0,
      wallMs: () => 0,
      environment: { HOME: root },
    });
    await until(() => lines.length === 1);
    log.node('heartbeat', { sessions: 0, inFlight: 0 });
    await writeLogFolder(join(place, 'log'), log);
    await until(() => lines.length === 2);
    assert.match(lines[1] ?? '', /heartbeat/);
    rmSync(place, { recursive: true });
    assert.equal(await ended, 2);
  });
});

function readIn(folder: string, path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}
