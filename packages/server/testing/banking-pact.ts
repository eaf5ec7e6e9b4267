import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { PactProposal } from '../src/services/services.ts';

const folder = join(import.meta.dirname, '../../../examples/agentdojo/pacts');

/** Returns the example pact of a bank's assistant as it is published. */
export function bankingProposal(
  change: (text: string) => string = (text) => text,
): Pick<PactProposal, 'entry' | 'files' | 'mode' | 'reason'> {
  const paths = ['banking.pact.yaml', ...globSync('schemas/banking*', { cwd: folder })];
  const files = Object.fromEntries(
    paths.map((path) => {
      const text = readFileSync(join(folder, path), 'utf8');
      return [path, path === 'banking.pact.yaml' ? change(text) : text];
    }),
  );
  return { entry: 'banking.pact.yaml', files, mode: 'publish', reason: 'a test' };
}
