import assert from 'node:assert/strict';
import { test } from 'node:test';
import { staticFile } from './static-file.ts';

const hex = 'ab'.padEnd(64, '0');

test('static files: every kind of file of a log is found, with how long it may be kept', () => {
  assert.deepEqual(staticFile('checkpoint'), {
    path: 'log/checkpoint',
    mediaType: 'text/plain; charset=utf-8',
    cacheSeconds: 2,
    isImmutable: false,
  });
  const immutable = ['tile/0/000', 'tile/1/x001/234.p/8', 'tile/entries/000', `blobs/ab/${hex}`];
  for (const path of immutable) {
    assert.deepEqual(staticFile(path), {
      path: `log/${path}`,
      mediaType: 'application/octet-stream',
      cacheSeconds: 31_536_000,
      isImmutable: true,
    });
  }
  assert.equal(staticFile('timestamps/70.tsr')?.mediaType, 'application/timestamp-reply');
  assert.equal(staticFile('rolled/0/tile/0/000')?.path, 'log/rolled/0/tile/0/000');
  assert.equal(staticFile('rolled/12/checkpoint')?.isImmutable, false);
});

test('static files: nothing else is', () => {
  const paths = [
    '',
    '/',
    'checkpoint/',
    '/checkpoint',
    '../log-state',
    'tile/0/../../../vault.db',
    'tile/0/00',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/64/000',
    'tile/0/000?x',
    'tile/0/%30%30%30',
    `blobs/cd/${hex}`,
    `blobs/ab/${hex.toUpperCase()}`,
    `blobs/ab/${hex}.part`,
    'timestamps/007.tsr',
    'timestamps/-1.tsr',
    'rolled/checkpoint',
    'rolled/00/checkpoint',
    'rolled/0/rolled-at',
    'rolled/0/rolled/0/checkpoint',
    'checkpoint.part',
    'checkpoint\0',
    'checkpoint\n',
  ];
  for (const path of paths) assert.equal(staticFile(path), undefined, JSON.stringify(path));
});
