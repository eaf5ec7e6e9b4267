import { parseArgs } from 'node:util';

import { type Fate, huntMutants } from './run-mutants.ts';

const { values } = parseArgs({
  options: {
    decisions: { type: 'string', default: '30000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});

let seen = 0;

function show({ mutant, isCaught, gaveAway, elapsedMs }: Fate): void {
  seen += 1;
  const fate = isCaught ? 'caught' : 'SURVIVED';
  const line = `${seen} ${fate} ${mutant.file}: ${mutant.says}`;
  process.stdout.write(`${line} (${elapsedMs} ms) ${gaveAway.slice(0, 80)}\n`);
}

const fates = await huntMutants({
  seed: Number(values.seed),
  decisions: Number(values.decisions),
  lanes: 2,
  only: values.only,
  onFate: show,
});
const survivors = fates.filter(({ isCaught }) => !isCaught);
process.stdout.write(`${fates.length - survivors.length} of ${fates.length} caught\n`);
for (const { mutant } of survivors) process.stdout.write(`${mutant.file}: ${mutant.says}\n`);
process.exitCode = survivors.length === 0 ? 0 : 1;
