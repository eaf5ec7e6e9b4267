import { parseArgs } from 'node:util';

import { crashDaemon } from './crash-daemon.ts';
import { makeHome } from './daemon-program.ts';

// Kills a daemon under load as often as asked: `daemon-crash.ts --rounds 100`.
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } });
const home = makeHome();
try {
  const seen = await crashDaemon(home, { rounds: Number(values.rounds), untilMs: Infinity });
  process.stdout.write(`${JSON.stringify(seen)}\n`);
} finally {
  home.remove();
}
