// Executes the style guide: `npm run tidy`, or with `--coverage` prints who proves what.
import { dirname } from 'node:path';
import { readHouse } from './tidy/house.ts';
import { renderCoverage, renderProblem, renderSummary, tidy } from './tidy/tidy.ts';

const house = readHouse(dirname(import.meta.dirname));

if (process.argv.includes('--coverage')) {
  process.stdout.write(`${renderCoverage(house)}\n`);
} else {
  const problems = tidy(house);
  for (const problem of problems) process.stdout.write(`${renderProblem(problem)}\n`);
  process.stdout.write(`tidy: ${renderSummary(house)}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
