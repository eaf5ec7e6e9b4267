import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inFolder } from '../../testing/folder.ts';
import { createRootKey, loadRootKey, RootKeyError, type RootKeyFault } from './root-key.ts';

const key = Uint8Array.from({ length: 32 }, (_, index) => index);
const hex = Buffer.from(key).toString('hex');

function isFault(fault: RootKeyFault, says = ''): (error: unknown) => boolean {
  return (error) =>
    error instanceof RootKeyError && error.fault === fault && error.message.includes(says);
}

type Place = {
  readonly home: string;
  readonly path: string;
  readonly load: () => Uint8Array;
};

async function inPlace(check: (place: Place) => void): Promise<void> {
  await inFolder(async (folder) => {
    const [home, path] = [join(folder, 'data'), join(folder, 'config', 'root.key')];
    mkdirSync(home);
    const places = { data: home, credentials: null };
    check({ home, path, load: () => loadRootKey({ kind: 'file', path }, places).bytes });
  });
}

test('root key: is made once, for its owner alone, and loads again', async () => {
  await inPlace(({ home, path, load }) => {
    const made = createRootKey(path, { data: home });
    assert.equal(made.source, path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700);
    assert.deepEqual(load(), made.bytes);
    const text = readFileSync(path, 'utf8');
    assert.throws(() => createRootKey(path, { data: home }), isFault('exists'));
    assert.equal(readFileSync(path, 'utf8'), text);
    assert.match(text, /^# The root key of Plumbline\./);
  });
});

test('root key: is read as hex or base64, with comments', async () => {
  await inPlace(({ home, path, load }) => {
    createRootKey(path, { data: home });
    for (const text of [hex, `${hex}\n`, `# a\n\n  ${hex.toUpperCase()}  \r\n#b`]) {
      writeFileSync(path, text);
      assert.deepEqual(load(), key);
    }
    writeFileSync(path, Buffer.from(key).toString('base64'));
    assert.deepEqual(load(), key);
  });
});

test('root key: of another length or form is refused, and never shown', async () => {
  await inPlace(({ home, path, load }) => {
    createRootKey(path, { data: home });
    const wrong = [
      '',
      hex.slice(2),
      `${hex}00`,
      `${hex}\n${hex}`,
      `key: ${hex}`,
      `${hex} `.repeat(99),
    ];
    for (const text of wrong) {
      writeFileSync(path, text);
      assert.throws(load, isFault('malformed', path));
      assert.throws(load, (error: Error) => !error.message.includes(hex.slice(2)));
    }
  });
});

test('root key: that others can read is refused with the command that helps', async () => {
  await inPlace(({ home, path, load }) => {
    createRootKey(path, { data: home });
    for (const mode of [0o640, 0o604, 0o660]) {
      chmodSync(path, mode);
      assert.throws(load, isFault('open-to-others', `chmod 600 ${path}`));
    }
    chmodSync(path, 0o400);
    assert.equal(load().length, 32);
  });
});

test('root key: inside the data directory is refused, also through a link', async () => {
  await inFolder(async (folder) => {
    const home = join(folder, 'data');
    const inside = join(home, 'keys', 'root.key');
    mkdirSync(home);
    assert.throws(() => createRootKey(inside, { data: home }), isFault('inside-data'));
    writeFileSync(join(home, 'root.key'), hex, { mode: 0o600 });
    symlinkSync(home, join(folder, 'link'));
    for (const path of [join(home, 'root.key'), join(folder, 'link', 'root.key')]) {
      const load = (): unknown =>
        loadRootKey({ kind: 'file', path }, { data: home, credentials: null });
      assert.throws(load, isFault('inside-data'));
    }
    const beside = join(folder, 'data.key');
    createRootKey(beside, { data: home });
    assert.equal(
      loadRootKey({ kind: 'file', path: beside }, { data: home, credentials: null }).source,
      beside,
    );
  });
});

test('root key: that is not there is not made by loading', async () => {
  await inPlace(({ load }) => {
    assert.throws(load, isFault('missing', 'there is no root key'));
  });
});

test('root key: comes from a credential of systemd', async () => {
  await inFolder(async (folder) => {
    const [home, credentials] = [join(folder, 'data'), join(folder, 'credentials')];
    mkdirSync(credentials);
    writeFileSync(join(credentials, 'plumbline.key'), hex, { mode: 0o440 });
    const load = (name: string, from: string | null): Uint8Array =>
      loadRootKey({ kind: 'credential', name }, { data: home, credentials: from }).bytes;
    assert.deepEqual(load('plumbline.key', credentials), key);
    assert.throws(() => load('plumbline.key', null), isFault('missing', 'LoadCredential'));
    assert.throws(() => load('other', credentials), isFault('missing'));
    assert.throws(() => load('../credentials/plumbline.key', credentials), isFault('missing'));
  });
});
