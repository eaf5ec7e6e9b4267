import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';

import { inFolder } from '../../testing/folder.ts';
import { openSite, type Site } from './built-site.ts';

type Scene = {
  readonly site: Site;
  readonly failures: unknown[];
  readonly later: () => void;
};

function scene(folder: string): Scene {
  let nowMs = 0;
  const failures: unknown[] = [];
  const site = openSite(folder, {
    failed: (cause) => failures.push(cause),
    monotonicMs: () => nowMs,
  });
  return { site, failures, later: () => void (nowMs += 1_001) };
}

function build(folder: string, script: string): void {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'assets/a-1.js'), script);
  writeFileSync(join(folder, 'index.html'), `<!doctype html>${script.length}`);
}

test('site: a file is sent as short as the browser takes it', () =>
  inFolder(async (folder) => {
    const { site } = scene(folder);
    build(folder, 'let a = 1;\n'.repeat(500));
    const file = await site.file('assets/a-1.js', 'gzip, br;q=0.9');
    assert.equal(file?.encoding, 'br');
    assert.equal(file.mediaType, 'text/javascript; charset=utf-8');
    assert.equal(file.isImmutable, true);
    assert.equal(brotliDecompressSync(file.bytes).length, 5_500);
    assert.equal((await site.file('assets/a-1.js', 'br;q=0, gzip'))?.encoding, 'gzip');
    assert.equal((await site.file('assets/a-1.js', ''))?.bytes.length, 5_500);
    const tags = ['br', 'gzip', ''].map(
      async (each) => (await site.file('assets/a-1.js', each))?.etag,
    );
    assert.equal(new Set(await Promise.all(tags)).size, 3);
  }));

test('site: a path leads to no file but those that were built', () =>
  inFolder(async (folder) => {
    const { site } = scene(folder);
    build(folder, 'x');
    symlinkSync('/etc/hosts', join(folder, 'assets/hosts.txt'));
    for (const path of [
      '../index.html',
      'assets/../index.html',
      'assets/hosts.txt',
      '',
      'assets',
    ]) {
      assert.equal(await site.file(path, ''), undefined, path);
    }
  }));

test('site: without a build there is nothing, and a build is seen when it is there', () =>
  inFolder(async (folder) => {
    const { site, later, failures } = scene(folder);
    assert.equal(await site.file('index.html', ''), undefined);
    build(folder, 'first');
    assert.equal(await site.file('index.html', ''), undefined, 'it looks once a second');
    later();
    assert.ok(await site.file('index.html', ''));
    build(folder, 'the second');
    utimesSync(join(folder, 'index.html'), 1, 1);
    later();
    assert.equal(String((await site.file('assets/a-1.js', ''))?.bytes), 'the second');
    assert.deepEqual(failures, []);
  }));
