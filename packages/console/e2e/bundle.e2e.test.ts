import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { buildConsole } from './harness/build-console.ts';

const dist = join(import.meta.dirname, '../dist');
const FIRST_PAGE = 'src/pages/fleet/fleet-page.tsx';

test('bundle: the first load is at most 350 kB gzipped', async () => {
  buildConsole();
  const manifest: unknown = JSON.parse(await readFile(join(dist, 'manifest.json'), 'utf8'));
  const files = new Set(['index.html']);
  const seen = new Set<string>();
  const take = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const chunk: unknown = Reflect.get(Object(manifest), name);
    const member = (key: string): unknown => Reflect.get(Object(chunk), key);
    const list = (key: string): readonly string[] => Array.from(Object(member(key) ?? []), String);
    files.add(String(member('file')));
    for (const style of list('css')) files.add(style);
    for (const imported of list('imports')) take(imported);
  };
  take('index.html');
  take(FIRST_PAGE);
  let size = 0;
  for (const file of files) size += gzipSync(await readFile(join(dist, file))).length;
  assert.ok(size <= 350_000, `the first load is ${size} bytes`);
});
