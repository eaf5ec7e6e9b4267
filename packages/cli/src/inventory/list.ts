import { renderRows } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { type Looked, lookHere, type MachineOptions, shortPath } from './machine-options.ts';

type Shown = ReturnType<Looked['server']['shownServer']>;

/** A client's tools of its own, and whether a hook governs them. */
type BuiltIn = {
  readonly client: string;
  readonly title: string;
  readonly governed: boolean;
  readonly files: readonly string[];
};

/** Says what clients, servers and hooks there are, and what governs each. */
export async function listMachine(options: MachineOptions, shell: Shell): Promise<void> {
  const looked = await lookHere(options, shell);
  const { machine, server, governors } = looked;
  const servers = machine.servers.map((each) => server.shownServer(each, governors));
  const builtIns = builtInsOf(looked);
  const { clients, files, projects, troubles } = machine;
  if (options.json === true) {
    return shell.screen.json({ clients, files, projects, servers, builtIns, troubles });
  }
  shell.screen.print(render(looked, { servers, builtIns, shell }));
}

/** Returns the clients that have tools of their own and could be hooked. */
export function builtInsOf({ machine, server }: Looked): readonly BuiltIn[] {
  return machine.clients
    .filter(({ builtIn }) => builtIn !== undefined)
    .map(({ id, title }) => {
      const ours = machine.hooks.filter(({ client, isOurs }) => client === id && isOurs);
      // A hook of one project is none for the others.
      const isEverywhere = server.hookOver({ client: id, project: null }, machine.hooks) !== null;
      return {
        client: id,
        title,
        governed: isEverywhere,
        files: ours.map(({ path }) => path),
      };
    });
}

type Shows = {
  readonly servers: readonly Shown[];
  readonly builtIns: readonly BuiltIn[];
  readonly shell: Shell;
};

function render({ machine, home }: Looked, { servers, builtIns, shell }: Shows): string {
  const rows = servers.map((each) => [
    each.client,
    each.server,
    each.reach,
    cut(each.command?.join(' ') ?? each.url ?? 'built into the client'),
    governance(each),
    `${shortPath(each.place, home)}${each.isEnabled ? '' : ' (switched off)'}`,
  ]);
  const heads = ['client', 'server', 'reached by', 'as', 'governed', 'place'];
  const none =
    machine.clients.length === 0
      ? 'no MCP client and no agent was found on this machine'
      : `no MCP server is configured for ${machine.clients.map(({ title }) => title).join(', ')}`;
  const parts = [renderRows(heads, rows, none)];
  if (builtIns.length > 0) parts.push(builtIns.map((each) => builtInLine(each, shell)).join('\n'));
  if (machine.troubles.length > 0) parts.push(troubleLines(machine.troubles, home));
  const open = servers.filter(({ governed, isEnabled }) => governed === null && isEnabled).length;
  const count = servers.length === 1 ? '1 server' : `${servers.length} servers`;
  const summary = `${count}, ${open} not governed`;
  if (servers.length > 0)
    parts.push(open === 0 ? summary : `${summary}: ${nextOf(servers, shell)}`);
  return parts.join('\n\n');
}

function nextOf(servers: readonly Shown[], { program }: Shell): string {
  const client = servers.find(({ governed }) => governed === null)?.client ?? '';
  return `\`${program} inventory govern ${client}\` puts the gateway before them`;
}

function governance({ governed, isDecidedTwice }: Shown): string {
  if (governed === null) return 'no';
  if (isDecidedTwice) return `${governed.how} and hook: charged twice`;
  return `${governed.how}, ${governed.agent ?? 'agent of the environment'}`;
}

function builtInLine({ client, title, governed, files }: BuiltIn, { program }: Shell): string {
  if (governed) return `${title}: its own tools are governed by a hook`;
  const partly = files.length === 0 ? 'by nothing' : 'in some projects only';
  const next = `\`${program} hook ${client} install\` hooks them`;
  return `${title}: its own tools are governed ${partly}; ${next}`;
}

/** Returns what could not be read, a line each. */
export function troubleLines(troubles: Looked['machine']['troubles'], home: string): string {
  const lines = troubles.map(({ place, why }) => `  ${shortPath(place, home)}: ${why}`);
  return ['not read:', ...lines].join('\n');
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
