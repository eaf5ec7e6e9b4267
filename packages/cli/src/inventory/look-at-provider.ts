import {
  isJsonObject,
  type KnownUse,
  oddUses,
  type ProviderUse,
  readProviderUse,
} from '@plumbline/core';

import { type Daemon, rowsOf, step } from '../daemon/connection.ts';
import { readText } from '../files/read-text.ts';
import { type Found, ledgerName, ledgerPlace, type Look, type Unseen } from './bypass-finding.ts';

/** More lines of a provider's record are not read at once. */
const MOST_LINES = 100_000;
const MOST_PAGES = 100;

/** Compares a provider's record of uses with the permits in the ledger. Errors: `Stop`. */
export async function lookAtProvider(path: string, daemon: Daemon | null): Promise<Look> {
  const { uses, unseen } = usesIn(path);
  if (daemon === null) {
    const why = 'no daemon could be asked which permits were used';
    return { found: [], unseen: [...unseen, { what: path, why }] };
  }
  const permits = new Map<string, string>();
  const ids = new Set(uses.flatMap(({ id }) => (id === null ? [] : [id])));
  for (const id of ids) {
    const agent = await agentOfPermit(daemon, id);
    if (agent !== null) permits.set(id, agent);
  }
  const isTimed = uses.some(({ id }) => id === null);
  const known = isTimed ? await knownUses(daemon) : [];
  const found = oddUses(uses, { permits: new Set(permits.keys()), known }).map(
    ({ use, what }): Found => ({
      what,
      agent: (use.id === null ? undefined : permits.get(use.id)) ?? null,
      client: null,
      server: null,
      tool: null,
      evidence: evidenceOf(path, use),
      place: `${path}:${use.line}`,
      seenAtMs: use.at,
    }),
  );
  return { found, unseen };
}

function evidenceOf(path: string, { line, id, credential }: ProviderUse): string {
  const of = ledgerName(id, 64) ?? `credential ${ledgerName(credential, 64) ?? ''}`;
  return `${ledgerPlace(path, `:${line}`)} ${of}`;
}

function usesIn(path: string): {
  readonly uses: readonly ProviderUse[];
  readonly unseen: Unseen[];
} {
  const lines = readText(path).split('\n');
  const uses: ProviderUse[] = [];
  const unseen: Unseen[] = [];
  for (const [at, text] of lines.slice(0, MOST_LINES).entries()) {
    if (text.trim() === '') continue;
    const use = readProviderUse(text, at + 1);
    if (use.ok) uses.push(use.value);
    else unseen.push({ what: `${path}:${at + 1}`, why: use.error });
  }
  if (lines.length > MOST_LINES) {
    unseen.push({
      what: path,
      why: `has more than ${MOST_LINES} lines, of which the first were read`,
    });
  }
  return { uses, unseen };
}

/** The agent of a decision whose permit was used, or null where none was. */
async function agentOfPermit({ peek }: Daemon, id: string): Promise<string | null> {
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(id)) return null;
  const { isFine, body } = await peek(`/api/v1/decisions/${step(id)}`);
  const { agent, verdict, outcome = null } = body;
  const isLetThrough = verdict === 'allow' || verdict === 'modify';
  if (!isFine || !isLetThrough || typeof agent !== 'string') return null;
  // Whoever has not reported yet may still be under way with a permit that was used.
  if (!isJsonObject(outcome)) return agent;
  const open = outcome['open'];
  const redeemedAt = open !== undefined && isJsonObject(open) ? open['redeemedAt'] : null;
  return redeemedAt === null ? null : agent;
}

/** The uses of credentials that the broker wrote down, by their names. */
async function knownUses({ get }: Daemon): Promise<readonly KnownUse[]> {
  const names = new Map<string, string>();
  for (const { id, name } of rowsOf(await get('/api/v1/credentials'))) {
    if (typeof id === 'string' && typeof name === 'string') names.set(id, name);
  }
  const uses: KnownUse[] = [];
  let before = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await get(`/api/v1/events?kind=credential_used&limit=1000${before}`);
    for (const { at, index } of rowsOf(answer)) {
      if (typeof index !== 'number') continue;
      const entry = await get(`/api/v1/log/entries/${index}`);
      const open = entry['open'];
      const id = open !== undefined && isJsonObject(open) ? open['credential'] : undefined;
      if (typeof id !== 'string' || typeof at !== 'number') continue;
      uses.push({ at, credential: names.get(id) ?? id });
    }
    if (typeof answer['next'] !== 'number') break;
    before = `&before=${answer['next']}`;
  }
  return uses;
}
