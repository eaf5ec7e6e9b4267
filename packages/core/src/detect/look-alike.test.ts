import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';

import { resembledName } from './look-alike.ts';

test('detect: a name drawn like a known one resembles it', () => {
  verifies('enforce.tool-pinning');
  const known = ['mail.send', 'fs.read_file', 'billing'];
  const alike = ['mаil.send', 'mail_send', 'Mail.Send', 'mai1.send', 'fs.read-file', 'bi11ing'];
  const found = alike.map((name) => resembledName(name, known));
  const [mail, read, billing] = known;
  assert.deepEqual(found, [mail, mail, mail, mail, read, billing]);
});

test('detect: the name itself and other words resemble nothing', () => {
  const known = ['fs.read_file', 'fs.read_text_file'];
  for (const name of ['fs.read_file', 'fs.read_files', 'fs.write_file', 'web.read_file']) {
    assert.equal(resembledName(name, known), null, name);
  }
});
