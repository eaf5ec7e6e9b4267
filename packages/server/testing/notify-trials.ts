// Plays schedules of telling people, each by its own seed: `notify-trials.ts [--trials 200]
// [--seed N]`. Fails when a message was lost, told again, or told in another order.
import { parseArgs } from 'node:util';

import { inFolder } from './folder.ts';
import { simulate } from './notify-simulation/simulate.ts';

const { values } = parseArgs({
  options: { trials: { type: 'string', default: '200' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const trials = Number(values.trials);
const sums = { told: 0, attempts: 0, crashes: 0, wrong: 0 };
const met = new Map<string, number>();
process.stdout.write(`seed ${seed}\n`);
for (let at = 0; at < trials; at += 1) {
  await inFolder(async (folder) => {
    const played = await simulate(seed + at, folder);
    sums.told += played.told;
    sums.attempts += played.attempts;
    sums.crashes += played.crashes;
    for (const [way, count] of played.met) met.set(way, (met.get(way) ?? 0) + count);
    if (played.faults.length === 0) return;
    sums.wrong += 1;
    process.stdout.write(`seed ${seed + at}:\n  ${played.faults.slice(0, 8).join('\n  ')}\n`);
  });
}
const { told, attempts, crashes, wrong } = sums;
const ways = [...met].map(([way, count]) => `${way} ${count}`).join(', ');
process.stdout.write(
  `${trials} schedules, ${crashes} crashes: ${told} messages told in ${attempts} attempts\n` +
    `requests: ${ways}\n${wrong} schedules in which something did not hold\n`,
);
process.exitCode = wrong === 0 ? 0 : 1;
