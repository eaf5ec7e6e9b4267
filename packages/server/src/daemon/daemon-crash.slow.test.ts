import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';

import { crashDaemon } from '../../testing/crash-daemon.ts';
import { makeHome } from '../../testing/daemon-program.ts';

test('daemon: killed under load, it loses nothing it acknowledged', async (t) => {
  verifies('evidence.before-effect', 'evidence.tlog');
  const home = makeHome();
  t.after(() => home.remove());
  const seen = await crashDaemon(home, { rounds: 1_000, untilMs: Date.now() + 40_000 });
  t.diagnostic(JSON.stringify(seen));
  assert.ok(seen.rounds >= 2, 'the machine is too slow for two rounds');
});
