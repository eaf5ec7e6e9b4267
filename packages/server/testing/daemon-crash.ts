import { parseArgs } from 'node:util';

import { crashDaemon } from './crash-daemon.ts';
import { makeHome } from './daemon-program.ts';

const PRINT_EVERY = 25;

// Kills a daemon under load as often as asked: `daemon-crash.ts --rounds 100`.
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, minutes: { type: 'string' } },
});
const minutes = Number(values.minutes ?? Infinity);
// A round waits for what is published after a start.
const home = makeHome({ 'log.publishEveryMs': '100' });
let isSound = false;
try {
  const seen = await crashDaemon(home, {
    rounds: Number(values.rounds),
    untilMs: Date.now() + minutes * 60_000,
    onRound: (so) => {
      if (so.rounds % PRINT_EVERY === 0) process.stdout.write(`${JSON.stringify(so)}\n`);
    },
  });
  process.stdout.write(`${JSON.stringify(seen)}\n`);
  isSound = true;
} finally {
  // What was lost is looked for in the folder.
  if (isSound) home.remove();
  else process.stdout.write(`kept: ${home.folder}\n`);
}
