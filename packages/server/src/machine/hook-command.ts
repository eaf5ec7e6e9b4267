import type { HookClientId } from './hook-clients.ts';

/** What whoever installs a hook attests. */
export type HookAttestation = {
  readonly agent: string;
  readonly principal: string;
  readonly task: string | null;
  readonly prefix: string | null;
  readonly gateways: readonly string[];
  /** How long a call waits for a person or for facts. */
  readonly waitSeconds: number;
};

/** A hook of ours as it stands in a client's file. */
export type InstalledHook = {
  readonly form: 'command' | 'http';
  /** The script, or the address of the daemon. */
  readonly place: string;
  readonly client: string;
  readonly event: string;
  readonly attested: HookAttestation;
};

/** What the script is called; whoever looks for hooks of ours looks for it. */
export const HOOK_SCRIPT = 'plumb-hook';

/**
 * Returns the command line of one hook. Also where the script is not there any more it ends with
 * exit code 2, which blocks.
 */
export function hookCommand(hook: {
  readonly script: string;
  readonly client: HookClientId;
  readonly event: string;
  readonly seconds: number;
  readonly attested: HookAttestation;
}): string {
  const { script, client, event, seconds, attested } = hook;
  const words = [script, client, event, attested.agent, queryOf(attested), String(seconds)];
  return `${words.map(quoted).join(' ')} || exit 2`;
}

function queryOf({ principal, task, prefix, gateways, waitSeconds }: HookAttestation): string {
  const members: readonly (readonly [string, string | null])[] = [
    ['principal', principal],
    ['task', task],
    ['prefix', prefix],
    ['gateways', gateways.length === 0 ? null : gateways.join(',')],
    ['wait', String(waitSeconds)],
  ];
  return members
    .flatMap(([name, value]) => (value === null ? [] : [`${name}=${escaped(value)}`]))
    .join('&');
}

// A quote is escaped as well, so that no shell and no address ever sees one.
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll("'", '%27');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

const COMMAND = /^'((?:[^']|'\\'')*)' '([^']*)' '([^']*)' '([^']*)' '([^']*)' '(\d+)' \|\| exit 2$/;

/** Returns what a command line of ours says, or null where it is none. */
export function readHookCommand(line: string): InstalledHook | null {
  const [, script, client, event, agent, query] = COMMAND.exec(line) ?? [];
  if (script === undefined || !script.endsWith(`/${HOOK_SCRIPT}`)) return null;
  if (client === undefined || event === undefined || agent === undefined) return null;
  const place = script.replaceAll(`'\\''`, "'");
  return { form: 'command', place, client, event, attested: attestedIn(agent, query ?? '') };
}

/** Returns the address that a hook is sent to which needs no program. */
export function hookUrl(hook: {
  readonly origin: string;
  readonly client: HookClientId;
  readonly event: string;
  readonly attested: HookAttestation;
}): string {
  const { origin, client, event, attested } = hook;
  return `${origin}/api/v1/agents/${attested.agent}/hooks/${client}/${event}?${queryOf(attested)}`;
}

const URL_OF = /^(https?:\/\/[^/]+)\/api\/v1\/agents\/([^/]+)\/hooks\/([^/]+)\/([^/?]+)\?(.*)$/;

/** Returns what an address of ours says, or null where it is none. */
export function readHookUrl(url: string): InstalledHook | null {
  const [, place, agent, client, event, query] = URL_OF.exec(url) ?? [];
  if (place === undefined || agent === undefined) return null;
  if (client === undefined || event === undefined) return null;
  return { form: 'http', place, client, event, attested: attestedIn(agent, query ?? '') };
}

function attestedIn(agent: string, query: string): HookAttestation {
  const members = new URLSearchParams(query);
  return {
    agent,
    principal: members.get('principal') ?? '',
    task: members.get('task'),
    prefix: members.get('prefix'),
    gateways: (members.get('gateways') ?? '').split(',').filter((each) => each !== ''),
    waitSeconds: Number(members.get('wait') ?? 0),
  };
}
