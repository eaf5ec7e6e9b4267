import type { Command } from 'commander';

import type { Shell } from '../shell.ts';
import { addPactCheck } from './pact-check.ts';
import { addPactDraft } from './pact-draft.ts';
import { addPactDiff } from './pact-diff.ts';
import { addPactExplain } from './pact-explain.ts';
import { addPactFmt } from './pact-fmt.ts';
import { addPactPublish } from './pact-publish.ts';
import { addPactSign } from './pact-sign.ts';
import { addPactTest } from './pact-test.ts';
import { addPactTry } from './pact-try.ts';

/** Adds `plumb pact` and what is below it. */
export function addPact(program: Command, shell: Shell): void {
  const pact = program
    .command('pact')
    .description('check, test, compare, draft, explain and publish pacts');
  addPactCheck(pact, shell);
  addPactTest(pact, shell);
  addPactTry(pact, shell);
  addPactDiff(pact, shell);
  addPactFmt(pact, shell);
  addPactExplain(pact, shell);
  addPactDraft(pact, shell);
  addPactSign(pact, shell);
  addPactPublish(pact, shell);
}
