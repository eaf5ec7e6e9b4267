import { type JSONPath, parse, type ParseError, printParseErrorCode } from 'jsonc-parser';

import type { HookClient, HookEntry } from './hook-clients.ts';
import {
  hookCommand,
  type HookAttestation,
  type InstalledHook,
  hookUrl,
  readHookCommand,
  readHookUrl,
} from './hook-command.ts';
import { putFirst, takeOut } from './json-edits.ts';

/** Seconds the client lets a hook have beyond what the daemon may take. */
const GRACE_S = 15;
const OTHER_S = 30;

/** Returns a client's file with the hooks of one agent in it, and everything else as it was. */
export function withHooks(
  text: string,
  client: HookClient,
  {
    script,
    attested,
    origin = null,
  }: {
    readonly script: string;
    readonly attested: HookAttestation;
    /** The daemon's address, for what goes over HTTP; null: nothing does. */
    readonly origin?: string | null;
  },
): string {
  const wanted = client.events.map(([event, moment]): Wanted => {
    const seconds = moment === 'before' ? attested.waitSeconds + GRACE_S : OTHER_S;
    const inside = seconds - GRACE_S / 3;
    if (origin !== null && client.http?.events.has(event) === true) {
      const url = hookUrl({ origin, client: client.id, event, attested });
      return [event, client.http.entry({ url, seconds, moment })];
    }
    const command = hookCommand({ script, client: client.id, event, seconds: inside, attested });
    return [event, client.entry({ command, seconds, moment })];
  });
  if (isInstalled(text, wanted)) return text;
  let edited = withoutHooks(text);
  if (edited.trim() === '') edited = '{\n}\n';
  if (memberOf(parse(edited), 'hooks') === undefined) {
    edited = putFirst(edited, [], { name: 'hooks', value: {} });
  }
  // Each is put first, so the last comes to stand at the top.
  for (const [event, entry] of wanted.toReversed()) {
    const held = memberOf(memberOf(parse(edited), 'hooks'), event);
    edited = Array.isArray(held)
      ? putFirst(edited, ['hooks', event], { name: null, value: entry })
      : putFirst(edited, ['hooks'], { name: event, value: [entry] });
  }
  for (const [name, value] of Object.entries(client.members)) {
    if (memberOf(parse(edited), name) === undefined) edited = putFirst(edited, [], { name, value });
  }
  return edited;
}

type Wanted = readonly [string, HookEntry];

function isInstalled(text: string, wanted: readonly Wanted[]): boolean {
  if (hooksIn(text).length !== wanted.length) return false;
  const hooks = memberOf(parse(text), 'hooks');
  return wanted.every(([event, entry]) => {
    const list = memberOf(hooks, event);
    const printed = JSON.stringify(entry);
    return Array.isArray(list) && list.some((each: unknown) => JSON.stringify(each) === printed);
  });
}

/** Returns a client's file without hooks of ours; what holds nothing any more goes as well. */
export function withoutHooks(text: string): string {
  let edited = text;
  for (const event of eventsIn(text)) {
    const list = memberOf(memberOf(parse(edited), 'hooks'), event);
    if (!Array.isArray(list)) continue;
    const ours = list.flatMap((entry: unknown, at) => (isOurs(entry) ? [at] : []));
    const isAll = ours.length === list.length;
    if (ours.length > 0 && isAll) edited = takeOut(edited, ['hooks', event]);
    else
      for (const path of oursIn(list).toReversed())
        edited = takeOut(edited, ['hooks', event, ...path]);
  }
  const hooks = memberOf(parse(edited), 'hooks');
  const isEmptied = edited !== text && isObject(hooks) && Object.keys(hooks).length === 0;
  return isEmptied ? takeOut(edited, ['hooks']) : edited;
}

/** Returns the hooks of ours in a client's file. */
export function hooksIn(text: string): readonly InstalledHook[] {
  const hooks = memberOf(parse(text), 'hooks');
  return eventsIn(text).flatMap((event) => {
    const list = memberOf(hooks, event);
    return Array.isArray(list) ? list.flatMap((entry: unknown) => commandsIn(entry)) : [];
  });
}

/** Returns why hooks cannot be put in a client's file as it stands, or null. */
export function faultOfHooks(text: string): string | null {
  if (text.trim() === '') return null;
  const errors: ParseError[] = [];
  // The parser says `any` where it may return anything.
  const root = parse(text, errors, { allowTrailingComma: true }) as unknown;
  const [first] = errors;
  if (first !== undefined) {
    const line = text.slice(0, first.offset).split('\n').length;
    return `line ${line}: is no JSON (${printParseErrorCode(first.error)}); mend it first`;
  }
  if (!isObject(root)) return 'is no JSON object; mend it first';
  const hooks = memberOf(root, 'hooks');
  if (hooks === undefined) return null;
  if (!isObject(hooks)) return '`hooks` is no object; mend it first';
  const odd = Object.entries(hooks).find(([, list]) => !Array.isArray(list))?.[0];
  return odd === undefined ? null : `\`hooks.${odd}\` is no list; mend it first`;
}

function eventsIn(text: string): readonly string[] {
  const hooks = memberOf(parse(text), 'hooks');
  return isObject(hooks) ? Object.keys(hooks) : [];
}

/** Where hooks of ours are in a list: whole groups, and what is ours in one that is shared. */
function oursIn(list: readonly unknown[]): readonly JSONPath[] {
  return list.flatMap((entry, at): readonly JSONPath[] => {
    if (isOurs(entry)) return [[at]];
    const inner = memberOf(entry, 'hooks');
    if (!Array.isArray(inner)) return [];
    return inner.flatMap((hook: unknown, k) => (isOurs(hook) ? [[at, 'hooks', k]] : []));
  });
}

function isOurs(entry: unknown): boolean {
  const inner = memberOf(entry, 'hooks');
  const hooks = Array.isArray(inner) ? inner : [entry];
  return hooks.length > 0 && hooks.every((hook: unknown) => commandsIn(hook).length > 0);
}

function commandsIn(entry: unknown): readonly InstalledHook[] {
  const inner = memberOf(entry, 'hooks');
  if (Array.isArray(inner)) return inner.flatMap((hook: unknown) => commandsIn(hook));
  const [command, url] = [memberOf(entry, 'command'), memberOf(entry, 'url')];
  const byUrl = typeof url === 'string' ? readHookUrl(url) : null;
  const read = typeof command === 'string' ? readHookCommand(command) : byUrl;
  return read === null ? [] : [read];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
