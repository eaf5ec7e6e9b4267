import { parseArgs } from 'node:util';

import { hammerBudget } from './budget-hammer.ts';

// Hammers budgets and rates through crashes: `hammer-budget.ts --tills 10 --crashes 10`.
const { values } = parseArgs({
  options: {
    tills: { type: 'string', default: '5' },
    crashes: { type: 'string', default: '5' },
    sessions: { type: 'string', default: '100' },
    cents: { type: 'string', default: '200000' },
    seed: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
process.stdout.write(`seed ${seed}\n`);
const seen = await hammerBudget({
  tills: Number(values.tills),
  sessions: Number(values.sessions),
  crashesEach: Number(values.crashes),
  budgetCents: Number(values.cents),
  seed,
  onTill: (so) => process.stdout.write(`${JSON.stringify(so)}\n`),
});
process.stdout.write(`${JSON.stringify(seen)}\n0 cents and 0 calls too many\n`);
