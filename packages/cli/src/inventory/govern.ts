import { resolve } from 'node:path';

import { EXIT } from '../exit-codes.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { confirm } from './confirm.ts';
import { hookAdvice } from './hook-advice.ts';
import { type Looked, lookHere, type MachineOptions, shortPath } from './machine-options.ts';
import { changeLines, type Change, leftLines } from './rewire-text.ts';
import { prefixOf, programWords, wrapperWords } from './wrapper-words.ts';

export type GovernOptions = MachineOptions & {
  readonly server?: readonly string[];
  readonly agent?: string;
  readonly plumb?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
};

type Server = Looked['machine']['servers'][number];
type Plan = ReturnType<Looked['server']['planGoverning']>;
type Governed = InstanceType<Looked['server']['GovernedFiles']>;

const AGENT = /^[a-z][a-z0-9-]{0,62}$/;

/** Puts the gateway before the servers of a client or file. */
export async function govern(target: string, options: GovernOptions, shell: Shell): Promise<void> {
  const looked = await lookHere(options, shell, [target]);
  const governed = new looked.server.GovernedFiles(looked.config.data);
  const chosen = chosenServers(looked, target, options.server);
  const agent = options.agent ?? agentOf(chosen, looked);
  if (!AGENT.test(agent)) {
    throw new Stop('must be small letters, digits and dashes, a letter first', '--agent');
  }
  const program = programWords(options.plumb, shell);
  const already = chosen.filter(({ reach }) => reach.kind === 'stdio' && reach.wrapped !== null);
  const rest = chosen.filter((server) => !already.includes(server));
  const plans = filesOf(looked, rest).map(({ file, servers }) => {
    const wrappings = servers.filter(isOpen).map((server) => {
      const told = { agent, prefix: prefixOf(server.name), ...placesOf(options, shell) };
      return { server, agent, wrapper: wrapperWords(program, told) };
    });
    const plan = looked.server.planGoverning(file, wrappings, { governed, nowMs: shell.wallMs() });
    const left = servers.filter((each) => !isOpen(each)).map((server) => whyLeft(server, looked));
    return { ...plan, left: [...left, ...plan.left] };
  });
  const change = (server: Server): Change => {
    const words = server.reach.kind === 'stdio' ? server.reach.words : [];
    const told = { agent, prefix: prefixOf(server.name), ...placesOf(options, shell) };
    return { server, before: words, after: [...wrapperWords(program, told), ...words] };
  };
  const doing = { looked, governed, plans, change, already, options, shell };
  const next = [`${shell.program} inventory draft --agent ${agent}`];
  await carryOutAll(doing, [
    ...hookAdvice(looked, { governed: chosen.filter(isOpen), shell }),
    ...next,
  ]);
}

/** A client does not have the environment of this shell, so what it says is written out. */
/** The agent that the client's hook names, or else the client's name. */
function agentOf(chosen: readonly Server[], { server, machine }: Looked): string {
  const [first] = chosen;
  const client = first?.client ?? '';
  const hook = first === undefined ? null : server.hookOver(first, machine.hooks);
  if (hook?.agent != null) return hook.agent;
  if (client !== 'file') return client;
  throw new Stop('name the agent of this file with --agent');
}

function placesOf(
  { data: given, config: told }: MachineOptions,
  { environment }: Shell,
): { readonly data?: string; readonly config?: string } {
  const folder = given ?? environment['PLUMBLINE_DATA'];
  const config = told ?? environment['PLUMBLINE_CONFIG'];
  return {
    ...(folder !== undefined && { data: resolve(folder) }),
    ...(config !== undefined && { config: resolve(config) }),
  };
}

/** Starts servers as they were started before the gateway stood in front of them. */
export async function ungovern(
  target: string,
  options: GovernOptions,
  shell: Shell,
): Promise<void> {
  const looked = await lookHere(options, shell, [target]);
  const governed = new looked.server.GovernedFiles(looked.config.data);
  const chosen = orCopy(governed, target, () => chosenServers(looked, target, options.server));
  const ours = chosen.filter(({ reach }) => reach.kind === 'stdio' && reach.wrapped !== null);
  const plans = filesOf(looked, ours).map(({ file, servers }) =>
    looked.server.planUndoing(file, servers, governed),
  );
  const change = (server: Server): Change => {
    const { reach } = server;
    if (reach.kind !== 'stdio') return { server, before: [], after: [] };
    return { server, before: reach.words, after: reach.wrapped?.inner ?? reach.words };
  };
  const doing = { looked, governed, plans, change, already: [], options, shell };
  await carryOutAll(doing, hookAdvice(looked, { governed: [], shell }, ours));
}

/** A governed file that cannot be read any more can still be put back by hand. */
function orCopy<Chosen>(governed: Governed, target: string, choose: () => Chosen): Chosen {
  try {
    return choose();
  } catch (cause) {
    const path = resolve(target);
    if (!(cause instanceof Stop) || governed.original(path) === null) throw cause;
    throw new Stop(`${cause.reason}; as it was before: ${governed.copyOf(path)}`, cause.place);
  }
}

type Doing = {
  readonly looked: Looked;
  readonly governed: Governed;
  readonly plans: readonly Plan[];
  readonly change: (server: Server) => Change;
  readonly already: readonly Server[];
  readonly options: GovernOptions;
  readonly shell: Shell;
};

async function carryOutAll(doing: Doing, next: readonly string[]): Promise<void> {
  const { looked, governed, plans, change, already, options, shell } = doing;
  const changes = plans.flatMap((plan) => plan.changed.map(change));
  const left = plans.flatMap((plan) => plan.left);
  const isJson = options.json === true;
  const print = (text: string): void => {
    if (!isJson && text !== '') shell.screen.print(text);
  };
  print(changes.map((each) => changeLines(each, looked)).join('\n\n'));
  print(leftLines(left, looked));
  const proposed = proposalFor(left, looked, agentNamed(options));
  print(proposed === null ? '' : `in the daemon's configuration:\n${JSON.stringify(proposed)}`);
  const isWanted = changes.length > 0 && options.dryRun !== true && (await isAgreed(doing));
  if (isWanted) {
    for (const plan of plans.filter(({ changed }) => changed.length > 0)) {
      perform(looked, plan, governed);
    }
  }
  if (left.length > 0) shell.exit(EXIT.no);
  if (isJson) {
    const rows = changes.map(({ server }) => ({ ...nameOf(server), done: isWanted }));
    const kept = already.map(nameOf);
    const not = left.map(({ server, why }) => ({ ...nameOf(server), why }));
    return shell.screen.json({ changed: rows, already: kept, left: not, proposed, next });
  }
  print(summary(doing, { isWanted, count: changes.length, next }));
}

function nameOf({ client, name, path, project }: Server): {
  readonly client: string;
  readonly server: string;
  readonly path: string;
  readonly project: string | null;
} {
  return { client, server: name, path, project };
}

async function isAgreed({ options }: Doing): Promise<boolean> {
  return options.yes === true || (await confirm('\nchange these files?'));
}

function perform({ server }: Looked, plan: Plan, governed: Governed): void {
  try {
    server.carryOut(plan, governed);
  } catch (cause) {
    if (cause instanceof server.RewireRefused) throw new Stop(cause.message, null, EXIT.no);
    throw cause;
  }
}

function summary(
  { looked, plans, governed, already, options }: Doing,
  done: { readonly isWanted: boolean; readonly count: number; readonly next: readonly string[] },
): string {
  if (done.count === 0) {
    return already.length > 0 ? 'nothing to do: they go through the gateway' : 'nothing to do';
  }
  if (options.dryRun === true) return `\nnothing was changed: ${done.count} would be`;
  if (!done.isWanted) return '\nnothing was changed';
  const lines = plans
    .filter(({ changed }) => changed.length > 0)
    .map(({ file, isExact }) => {
      const path = shortPath(file.path, looked.home);
      if (isExact === null) return `changed ${path}; as it was: ${governed.copyOf(file.path)}`;
      const how = isExact ? 'byte for byte as it was' : 'our edits undone, the rest as it is now';
      return `put back ${path}: ${how}`;
    });
  const next = [...done.next, 'start the client again'].map((step) => `next: ${step}`);
  return ['', ...lines, '', ...next].join('\n');
}

/** Returns the servers a client's name or a file's path means. Errors: `Stop`. */
export function chosenServers(
  { machine }: Pick<Looked, 'machine'>,
  target: string,
  names: readonly string[] | undefined,
): readonly Server[] {
  const path = resolve(target);
  const meant = machine.servers.filter(
    (server) => server.client === target || server.path === path,
  );
  if (meant.length === 0) throw new Stop(whyNone(machine, target));
  for (const name of names ?? []) {
    if (meant.some((server) => server.name === name)) continue;
    const known = [...new Set(meant.map((server) => server.name))].join(', ');
    throw new Stop(`no server \`${name}\` there, known: ${known}`, '--server');
  }
  return names === undefined ? meant : meant.filter(({ name }) => names.includes(name));
}

function whyNone({ clients, servers, troubles }: Looked['machine'], target: string): string {
  const trouble = troubles.find(({ place }) => place.startsWith(resolve(target)));
  if (trouble !== undefined) return `${trouble.place}: ${trouble.why}`;
  const named = clients.find(({ id }) => id === target);
  if (named !== undefined) return `${named.title} has no MCP server configured`;
  const known = [...new Set(servers.map(({ client }) => client))].join(', ');
  const seen = known === '' ? 'none was found' : `those with servers are: ${known}`;
  return `\`${target}\` is neither a client nor a file with servers that was found; ${seen}`;
}

type FileOf = { readonly file: Plan['file']; readonly servers: readonly Server[] };

function filesOf({ server }: Looked, servers: readonly Server[]): readonly FileOf[] {
  const paths = [...new Set(servers.map(({ path }) => path))];
  return paths.map((path) => {
    const its = servers.filter((each) => each.path === path);
    const [first] = its;
    const now = first === undefined ? null : server.readClientFile(path, first.client);
    if (first === undefined || now === null) {
      throw new Stop('changed while it was looked at: try again', path, EXIT.no);
    }
    // The servers are those of the text that is edited, not of the one that was looked at first.
    const found = its.flatMap((each) => {
      const same = now.servers.filter((one) => one.name === each.name && isSameProject(one, each));
      // In a list, two may have one name.
      return same.find(({ line }) => line === each.line) ?? same[0] ?? [];
    });
    // A file that two clients read is edited once.
    const current = [...new Set(found)];
    const { text, format } = now.read;
    return {
      file: { path, client: first.client, format, text, servers: current },
      servers: current,
    };
  });
}

// A file of one project is read again without saying which.
function isSameProject(one: Server, other: Server): boolean {
  return one.file.base === 'project' || one.project === other.project;
}

function isOpen({ reach, file }: Server): boolean {
  return reach.kind === 'stdio' && file.isManaged !== true;
}

function agentNamed({ agent }: GovernOptions): string {
  return agent ?? 'the-agent';
}

/** What the daemon is configured with to serve what is reached at an address; null: nothing is. */
function proposalFor(left: Plan['left'], { server }: Looked, agent: string): object | null {
  const remote = left.flatMap(({ server: { reach, name } }) =>
    reach.kind === 'http' ? [[prefixOf(name).replace(/\.$/, ''), reach.url] as const] : [],
  );
  if (remote.length === 0) return null;
  const servers = remote.map(([name, url]) => {
    const shown = server.maskedUrl(url);
    return [name, { url: shown === url ? url : 'its address, as it is configured' }];
  });
  return { mcp: { [agent]: { servers: Object.fromEntries(servers) } } };
}

function whyLeft(server: Server, { governors: { origins } }: Looked): Plan['left'][number] {
  const { reach, file } = server;
  if (file.isManaged === true) {
    return {
      server,
      why: 'stands in a file that a plugin or extension brings: switch it off there',
    };
  }
  if (reach.kind === 'other')
    return { server, why: 'is built into the client: only a hook sees it' };
  const origin = origins[0] ?? 'http://127.0.0.1:7411';
  const why = 'is reached over HTTP: have the daemon serve it, and give the client';
  return { server, why: `${why} ${origin}/mcp/<agent> with a key of the agent's instead` };
}
