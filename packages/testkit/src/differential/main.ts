import { parseArgs } from 'node:util';

import { run } from './run.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    'no-coverage': { type: 'boolean', default: false },
  },
});
const wanted = Number(values.cases);
const seed = Number(values.seed);
const startedMs = performance.now();
let shownMs = startedMs;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function progress(decisions: number): void {
  if (performance.now() - shownMs < 2000) return;
  shownMs = performance.now();
  const perSecond = Math.round((decisions * 1000) / (shownMs - startedMs));
  process.stderr.write(`${decisions} of ${wanted} decisions, ${perSecond} per second\n`);
}

const isCounting = !values['no-coverage'];
const ran = run({ seed, decisions: wanted, onProgress: progress, isCounting });
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
say(`seed ${seed}: ${ran.decisions} decisions in ${ran.stories} stories, ${seconds} s`);
say([...ran.verdicts].map(([kind, times]) => `${kind} ${times}`).join(', '));
if (ran.failure !== null) {
  say(`disagreement in story ${ran.failure.seed}: ${ran.failure.what}`);
  say(ran.failure.story);
  process.exitCode = 1;
} else if (isCounting && ran.uncovered.length > 0) {
  say(`never together: ${ran.uncovered.join(', ')}`);
  process.exitCode = 1;
} else say('no disagreement');
