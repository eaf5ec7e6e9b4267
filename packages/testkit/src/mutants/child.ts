import { parseArgs } from 'node:util';

import { run } from '../differential/run.ts';
import { playVector } from '../vectors/play-vector.ts';
import { readVectors } from '../vectors/vector.ts';

// Looks at whichever kernel this tree links to: exit code 3 says that it is faulty.
const { values } = parseArgs({
  options: {
    decisions: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
  },
});

function faultInVectors(): string | null {
  for (const vector of readVectors()) {
    const difference = playVector(vector, 'kernel');
    if (difference !== null) return `vector ${vector.section}, ${vector.name}: ${difference}`;
  }
  return null;
}

function faultInStories(): string | null {
  const [seed, decisions] = [Number(values.seed), Number(values.decisions)];
  const { failure } = run({ seed, decisions, isCounting: false });
  return failure === null ? null : `story ${failure.seed}: ${failure.what}`;
}

const fault = faultInVectors() ?? faultInStories();
process.stdout.write(`${fault?.slice(0, 200) ?? 'no fault'}\n`);
process.exitCode = fault === null ? 0 : 3;
