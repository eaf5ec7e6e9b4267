import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { maskedWords } from './masked.ts';

const of = (...words: readonly string[]): string => maskedWords(words).join(' ');

test('masked: command lines, connection strings and JSON in one word are looked into', () => {
  verifies('fleet.inventory');
  const script = `export TOKEN=hunter2; MY_API_KEY='a b' npx -y srv --api-key hunter3 --port 80`;
  assert.equal(
    of('bash', '-c', script),
    'bash -c export TOKEN=…; MY_API_KEY=… npx -y srv --api-key … --port 80',
  );
  assert.equal(of('npx -y srv --token hunter2'), 'npx -y srv --token …');
  assert.equal(
    of('Protocol=https;AccountName=x;AccountKey=hunter2==;'),
    'Protocol=https;AccountName=x;AccountKey=…;',
  );
  assert.equal(of('Server=db;User Id=sa;Password=hunter2;'), 'Server=db;User Id=sa;Password=…;');
  assert.equal(
    of('--config', '{"apiKey":"hunter2","a":[{"token" : "hun\\"ter3"}],"port":80}'),
    '--config {"apiKey":…,"a":[{"token" : …}],"port":80}',
  );
  assert.equal(of('--config={"apiKey":"hunter2"}'), '--config={"apiKey":…}');
  assert.equal(of('jdbc:postgresql://u:hunter2@h/d?password=x'), 'jdbc:postgresql://…@h/d?…');
  assert.equal(of('curl -H "Authorization: Bearer hunter2" x'), 'curl -H "Authorization: … …" x');
  assert.equal(of('--header=X-Api-Key:hunter2'), '--header=X-Api-Key: …');
});

test('masked: what stands behind the name of a secret is not shown, everything else is', () => {
  verifies('fleet.inventory');
  for (const name of ['--pass', '--passphrase', '--pw', '--access-key-id', '--db-password']) {
    assert.equal(of('srv', name, 'hunter2'), `srv ${name} …`);
  }
  assert.equal(of('srv', 'x'.repeat(5_000)), 'srv …');
  const plain = [
    'npx',
    '-y',
    '@scope/server-files@1.2.3',
    '/home/ada/notes',
    '--port',
    '80',
    'a=b',
  ];
  assert.deepEqual(maskedWords(plain), plain);
  assert.equal(
    of('sh', '-c', 'cd /srv && node main.js --verbose'),
    'sh -c cd /srv && node main.js --verbose',
  );
});
