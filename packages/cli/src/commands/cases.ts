import { type Command, Option } from 'commander';

import { casesText, truthText } from '../cases/cases-text.ts';
import { type Connection, rowsOf, step, withConnection, withDaemon } from '../daemon/connection.ts';
import { writeWhole } from '../files/write-whole.ts';
import type { Shell } from '../shell.ts';

type Options = Connection & { readonly output?: string; readonly format: 'pact' | 'truth' };

/** Adds `plumb cases`: what people said of decisions, as cases of a pact or as truth data. */
export function addCases(program: Command, shell: Shell): void {
  withConnection(
    program.command('cases').description('write down what people said of decisions, opened'),
  )
    .argument('<agent>', 'the agent')
    .option('-o, --output <file>', 'a new file (default: the terminal)')
    .addOption(
      new Option('--format <format>', '`pact`: cases for `pact test`; `truth`: JSON lines')
        .choices(['pact', 'truth'])
        .default('pact'),
    )
    .action((agent: string, options: Options) => write(agent, options, shell));
}

async function write(agent: string, options: Options, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get(`/api/v1/agents/${step(agent)}/cases`),
  );
  if (said['isComplete'] === false) {
    shell.screen.note(
      'plumb: there are more labels than one answer holds; the oldest are not here\n',
    );
  }
  const rows = rowsOf(said);
  const { count, text } = options.format === 'pact' ? casesText(rows) : truthText(rows);
  const { output } = options;
  if (output !== undefined) writeWhole(output, text, { isNew: true, mode: 0o600 });
  if (options.json === true) {
    return shell.screen.json(output === undefined ? said : { file: output, cases: count });
  }
  if (output !== undefined) return shell.screen.print(`wrote ${count} cases to ${output}`);
  shell.screen.print(count === 0 ? 'nobody has said anything of its decisions' : text.trimEnd());
}
