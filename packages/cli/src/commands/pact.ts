import type { Command } from 'commander';

import type { Shell } from '../shell.ts';
import { addPactCheck } from './pact-check.ts';
import { addPactDraft } from './pact-draft.ts';
import { addPactFmt } from './pact-fmt.ts';

/** Adds `plumb pact` and what is below it. */
export function addPact(program: Command, shell: Shell): void {
  const pact = program.command('pact').description('check, test, compare, draft and explain pacts');
  addPactCheck(pact, shell);
  addPactFmt(pact, shell);
  addPactDraft(pact, shell);
}
