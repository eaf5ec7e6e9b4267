import type { Command } from 'commander';
import type { JsonObject } from '@plumbline/core';

import { type Connection, shown, withConnection, withDaemon } from '../daemon/connection.ts';
import { writeWhole } from '../files/write-whole.ts';
import type { Shell } from '../shell.ts';

type EraseOptions = Connection & { readonly reason: string };
type ExportOptions = Connection & { readonly output: string };

/** Adds `plumb erase` and `plumb export`: what is held of one person. */
export function addSubject(program: Command, shell: Shell): void {
  withConnection(
    program.command('erase').description("erase a person's data; every proof still passes"),
  )
    .argument('<subject>', 'the name sessions were opened for')
    .requiredOption('--reason <text>', 'why')
    .action((subject: string, options: EraseOptions) => erase(subject, options, shell));
  withConnection(
    program.command('export').description('write down everything held of a person, opened'),
  )
    .argument('<subject>', 'the name sessions were opened for')
    .requiredOption('-o, --output <file>', 'the file of JSON lines; a readme is put beside it')
    .action((subject: string, options: ExportOptions) => exportOne(subject, options, shell));
}

async function erase(subject: string, options: EraseOptions, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post('/api/v1/subjects/erase', { subject, reason: options.reason }),
  );
  if (options.json === true) return shell.screen.json(said);
  const closed = Array.isArray(said['sessions']) ? said['sessions'].length : 0;
  shell.screen.print(
    `erased ${shown(said['subject'])}: the key is destroyed, ${closed} open sessions were closed ` +
      `(entry ${shown(said['index'])}). Backups of the vault that are older still hold the key: ` +
      'a restore erases it again before anything is served',
  );
}

async function exportOne(subject: string, options: ExportOptions, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post('/api/v1/subjects/export', { subject }),
  );
  const entries = Array.isArray(said['entries']) ? said['entries'] : [];
  const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  writeWhole(options.output, lines, { isNew: true, mode: 0o600 });
  const readme = `${options.output}.readme.md`;
  writeWhole(readme, readmeOf(said, entries.length), { isNew: true, mode: 0o600 });
  const answer = { file: options.output, readme, entries: entries.length };
  if (options.json === true) return shell.screen.json(answer);
  shell.screen.print(
    `wrote ${entries.length} entries to ${options.output}, explained in ${readme}`,
  );
}

function readmeOf(said: JsonObject, count: number): string {
  return `# Everything held of one person

Subject \`${shown(said['subject'])}\`, ${count} entries:
everything before entry ${shown(said['nextIndex'])} of the log.

Each line of the file beside this one is one entry of the ledger, as JSON:

- \`index\`, \`at\`: its place in the log, and when it was written (milliseconds since 1970, UTC)
- \`kind\`, \`agent\`, \`session\`: what happened, and where
- \`open\`: what everyone who reads the log sees
- \`secret\`: what was sealed for this person, opened; null when nothing was sealed

It holds personal data in the clear. Its being read is recorded in the ledger.
`;
}
