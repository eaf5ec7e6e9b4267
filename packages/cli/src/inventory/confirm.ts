import { createInterface } from 'node:readline/promises';

import { Stop } from '../stop.ts';

/**
 * Asks a person on the terminal, and returns whether they said yes.
 *
 * Errors: `Stop` where nobody can be asked.
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new Stop('asks before it does that, and nobody sits here: say --yes');
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const said = await asking.question(`${question} [y/N] `);
    return /^y(?:es)?$/i.test(said.trim());
  } finally {
    asking.close();
  }
}
