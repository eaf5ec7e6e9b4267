import type { ConfiguredServer } from './configured-server.ts';
import {
  digestOf,
  type GovernedFile,
  type GovernedFiles,
  type GovernedServer,
  replaceText,
} from './governed-files.ts';
import type { FileFormat } from './read-file.ts';
import { beforeOf, type Edit, edited, unwrapEdits, wrapEdits } from './rewire.ts';

/** A client's file with the servers in it. */
export type RewiredFile = {
  readonly path: string;
  readonly client: string;
  readonly format: FileFormat;
  readonly text: string;
  readonly servers: readonly ConfiguredServer[];
};

/** What would be put before a server's command. */
export type Wrapping = {
  readonly server: ConfiguredServer;
  readonly agent: string;
  readonly wrapper: readonly string[];
};

/** A server that stays as it is, and why. */
export type Left = { readonly server: ConfiguredServer; readonly why: string };

/** A change of a file that nothing was done about yet. */
export type Plan = {
  readonly file: RewiredFile;
  readonly text: string;
  readonly changed: readonly ConfiguredServer[];
  readonly left: readonly Left[];
  /** Whether the file comes back byte for byte as it was; null where nothing is put back. */
  readonly isExact: boolean | null;
  readonly record: GovernedFile | null;
  readonly original: string | null;
};

/** Returns how a file would be changed so that its servers are started behind the gateway. */
export function planGoverning(
  file: RewiredFile,
  wrappings: readonly Wrapping[],
  { governed, nowMs }: { readonly governed: GovernedFiles; readonly nowMs: number },
): Plan {
  const edits: Edit[] = [];
  const left: Left[] = [];
  const servers: GovernedServer[] = [];
  const changed: ConfiguredServer[] = [];
  for (const { server, agent, wrapper } of wrappings) {
    const planned = wrapEdits(file, server, wrapper);
    if (!planned.ok) {
      left.push({ server, why: planned.why });
      continue;
    }
    edits.push(...planned.edits);
    changed.push(server);
    const { name, project } = server;
    servers.push({ name, project, agent, before: beforeOf(file, server) });
  }
  const text = edited(file.text, edits);
  const known = governed.of(file.path);
  const isUnbroken = known?.isWhole === true && known.after === digestOf(file.text);
  const kept = (known?.servers ?? []).filter((one) => !servers.some((other) => isOne(one, other)));
  const isWhole = isUnbroken || kept.length === 0;
  const record: GovernedFile = {
    v: 1,
    path: file.path,
    client: file.client,
    at: nowMs,
    after: digestOf(text),
    isWhole,
    servers: [...kept, ...servers],
  };
  const original = isUnbroken ? null : file.text;
  return { file, text, changed, left, isExact: null, record, original };
}

function isOne(
  one: Pick<GovernedServer, 'name' | 'project'>,
  other: Pick<GovernedServer, 'name' | 'project'>,
): boolean {
  return one.name === other.name && one.project === other.project;
}

/** Returns how a file would be changed so that servers are started as they were before. */
export function planUndoing(
  file: RewiredFile,
  servers: readonly ConfiguredServer[],
  governed: GovernedFiles,
): Plan {
  const known = governed.of(file.path);
  const isUntouched = known?.isWhole === true && known.after === digestOf(file.text);
  const rest = (known?.servers ?? []).filter((one) => !servers.some((each) => isOne(one, each)));
  const original = isUntouched && rest.length === 0 ? governed.original(file.path) : null;
  if (original !== null) {
    const plan = { file, text: original, changed: servers, left: [] };
    return { ...plan, isExact: true, record: null, original: null };
  }
  const edits: Edit[] = [];
  const left: Left[] = [];
  for (const server of servers) {
    const before = known?.servers.find((one) => isOne(one, server))?.before ?? null;
    const planned = unwrapEdits(file, server, before);
    if (planned.ok) edits.push(...planned.edits);
    else left.push({ server, why: planned.why });
  }
  const text = edited(file.text, edits);
  const changed = servers.filter((server) => !left.some((each) => each.server === server));
  const record =
    known === null || rest.length === 0 ? null : { ...known, servers: rest, after: digestOf(text) };
  return { file, text, changed, left, isExact: false, record, original: null };
}

/**
 * Does what was planned. What a file was is durable before the file is changed, so that a crash
 * in between leaves a copy that equals it.
 *
 * Errors: `RewireRefused`.
 */
export function carryOut(
  { file, text, record, original, isExact }: Plan,
  governed: GovernedFiles,
): void {
  if (isExact === null && record !== null) governed.remember(record, original);
  if (text !== file.text) replaceText(file.path, file.text, text);
  if (isExact === null) return;
  if (record === null) governed.forget(file.path);
  else governed.remember(record, null);
}
