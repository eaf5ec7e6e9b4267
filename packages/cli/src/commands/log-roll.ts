import type { Command } from 'commander';

import { type Connection, shown, withConnection, withDaemon } from '../daemon/connection.ts';
import type { Shell } from '../shell.ts';

const HELP = `
The log ends and another one goes on, called <origin>/<n>. Whoever asks meanwhile waits for a
moment. What ended stays where it is served, and \`plumb verify\` reads both.
`;

/** Adds `plumb log roll`: ends the log and goes on with another. */
export function addLogRoll(log: Command, shell: Shell): void {
  const roll = log.command('roll').description('roll the log over: it ends, another one goes on');
  withConnection(roll)
    .addHelpText('after', HELP)
    .action((connection: Connection) => rollLog(connection, shell));
}

async function rollLog(connection: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection, shell }, ({ post }) => post('/api/v1/log/roll'));
  if (connection.json === true) return shell.screen.json(said);
  shell.screen.print(`${shown(said['origin'])}, after ${shown(said['start'])} entries`);
}
