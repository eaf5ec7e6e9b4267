import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { inFolder } from '../../testing/folder.ts';
import { wrapServer } from './mcp-stdio.ts';
import type { SocketEnforcement } from './socket-enforcement.ts';
import { stagingCommand } from './staging-command.ts';

const TELL = "require('fs').writeFileSync(process.argv[1], Object.keys(process.env).join(' '))";
const DONE = { ok: true, value: null } as const;
const AWAY = { ok: false, code: 'unavailable', message: 'away' } as const;

const ENFORCEMENT: SocketEnforcement = {
  session: 'ses_1',
  decide: async () => AWAY,
  forward: async () => AWAY,
  report: async () => DONE,
  isWaiting: async () => true,
  offer: async () => ({ ok: true, value: { tools: [], usable: [] } }),
  refused: async () => DONE,
  untrusted: async () => DONE,
  close: async () => undefined,
};

test('plumb mcp: keys and settings of Plumbline do not reach the servers it starts', async () => {
  verifies('authority.credentials');
  await inFolder(async (folder) => {
    const [live, staged] = [join(folder, 'live'), join(folder, 'staged')];
    const environment = { PLUMBLINE_KEY: 'k', PLUMBLINE_ROOT_KEY: 'r', KEPT: '1' };
    const run = (file: string): readonly string[] => [process.execPath, '-e', TELL, file];
    const [command = '', ...args] = run(live);
    const wrapped = wrapServer({
      command,
      args,
      environment,
      enforcement: ENFORCEMENT,
      prefix: '',
      server: 'one',
      messageBytes: 1_024,
      input: new PassThrough(),
      output: new PassThrough(),
      note: () => undefined,
    });
    const where = JSON.stringify(run(staged));
    const beside = stagingCommand({ name: 'staging', where, environment, messageBytes: 1_024 });
    const ended = Promise.withResolvers<null>();
    beside?.open({
      line: () => undefined,
      tooLong: () => undefined,
      waitsFor: () => false,
      lost: () => undefined,
      gone: () => ended.resolve(null),
    });
    await Promise.all([wrapped.done, ended.promise]);
    assert.deepEqual([readFileSync(live, 'utf8'), readFileSync(staged, 'utf8')], ['KEPT', 'KEPT']);
  });
});
