import type { Command } from 'commander';

import {
  type Connection,
  shown,
  shownTime,
  step,
  withConnection,
  withDaemon,
} from '../daemon/connection.ts';
import { postProved, type ProofOptions, withProof } from '../daemon/proof.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type GiveOptions = ProofOptions & {
  readonly claim: string;
  readonly value: string;
  readonly action: readonly string[];
  readonly minutes: string;
  readonly reason: string;
};

/** Adds `plumb grant` and what is below it. */
export function addGrant(program: Command, shell: Shell): void {
  const grant = program.command('grant').description('give elevated grants for one use');
  withProof(
    withConnection(
      grant.command('give').description('give a session one claim, spent by the first use'),
    ),
  )
    .argument('<agent>', 'whose session it is')
    .argument('<session>', 'its id')
    .requiredOption('--claim <name>', 'the claim the tier asks for, such as `roles`')
    .requiredOption('--value <value>', 'the value it must hold, such as `crm-export`')
    .requiredOption('--action <action...>', 'tools, and `category:<name>`, it is good for')
    .option('--minutes <minutes>', 'for how long', '5')
    .requiredOption('--reason <text>', 'why; stands open in the ledger')
    .action((agent: string, session: string, options: GiveOptions) =>
      give({ agent, session, options }, shell),
    );
  withConnection(grant.command('take-back').description('take back a grant that was not used'))
    .argument('<agent>', 'whose session it is')
    .argument('<session>', 'its id')
    .argument('<grant>', 'as `give` printed it')
    .action((agent: string, session: string, id: string, connection: Connection) =>
      takeBack({ agent, session, id }, connection, shell),
    );
}

async function give(
  {
    agent,
    session,
    options,
  }: { readonly agent: string; readonly session: string; readonly options: GiveOptions },
  shell: Shell,
): Promise<void> {
  const { claim, value, action, minutes, reason } = options;
  if (!/^[0-9]{1,4}$/.test(minutes)) throw new Stop(`not minutes: \`${minutes}\``, '--minutes');
  const withinMs = Number(minutes) * 60_000;
  const body = { claim, value, actions: [...action], withinMs, reason };
  const path = `/api/v1/agents/${step(agent)}/sessions/${step(session)}/grants`;
  const said = await postProved({ path, body }, options, shell);
  if (said === null) return;
  if (options.json === true) return shell.screen.json(said);
  const until = shownTime(said['untilMs']);
  shell.screen.print(`${shown(said['grant'])}: for one use until ${until}`);
}

async function takeBack(
  { agent, session, id }: { readonly agent: string; readonly session: string; readonly id: string },
  connection: Connection,
  shell: Shell,
): Promise<void> {
  const path = `/api/v1/agents/${step(agent)}/sessions/${step(session)}/grants/${step(id)}`;
  const said = await withDaemon({ connection, shell }, ({ remove }) => remove(path));
  if (connection.json === true) return shell.screen.json(said);
  shell.screen.print(`taken back ${id} (entry ${shown(said['index'])})`);
}
