import type { Command } from 'commander';
import { ENTRY_KINDS } from '@plumbline/core';

import { addRecordOptions } from '../evidence/record-options.ts';
import type { Shell } from '../shell.ts';
import { addLogRoll } from './log-roll.ts';
import { addLogRotateKey } from './log-rotate-key.ts';

const TAIL_HELP = `
Shows what is published: the daemon publishes every second unless log.publishEveryMs says otherwise.

Examples:
  plumb log tail -n 50 --kind decided
  plumb log tail -f --agent desk
`;

const SHOW_HELP = `
Examples:
  plumb log show 17
  plumb log show dec_0199aa…  --root-key ~/.config/plumbline/root.key
`;

/** Adds `plumb log` and what is below it. */
export function addLog(program: Command, shell: Shell): void {
  const log = program
    .command('log')
    .description('read the evidence log, roll it over, and hand it over to another key');
  const tail = log
    .command('tail')
    .description('list the last entries')
    .argument('[where]', 'a data directory, a log, an evidence pack or a URL')
    .option('-n, --lines <count>', 'how many', '20')
    .option('-f, --follow', 'go on as entries are published')
    .option('--agent <id>', 'only this agent')
    .option('--session <id>', 'only this session')
    .option('--kind <kind>', `only this kind: ${ENTRY_KINDS.slice(0, 5).join(', ')}, …`);
  addRecordOptions(tail)
    .addHelpText('after', TAIL_HELP)
    .action(async (where: string | undefined, options: { readonly lines: string }) => {
      const { tailLog } = await import('../evidence/tail.ts');
      await tailLog(where, options, shell);
    });
  const show = log
    .command('show')
    .description('show one entry, opened where the root key is at hand')
    .argument('<entry>', 'an index, or the id of a decision')
    .argument('[where]', 'a data directory, a log, an evidence pack or a URL');
  addRecordOptions(show)
    .addHelpText('after', SHOW_HELP)
    .action(async (entry: string, where: string | undefined, options: object) => {
      const { showEntry } = await import('../evidence/show.ts');
      await showEntry(entry, { where, options, shell });
    });
  addLogRoll(log, shell);
  addLogRotateKey(log, shell);
}
