import { hash } from 'node:crypto';

import {
  canonical,
  digestsOf,
  isJsonObject,
  type Json,
  type JsonObject,
  readDefinition,
  resembledName,
  signsIn,
} from '@plumbline/core';

import type { Guard } from '../guard/guard.ts';
import { noAgent } from '../guard/refusal.ts';
import type { Caller } from '../routes/caller.ts';
import { fromGuard, refused, served } from './served.ts';
import type {
  OfferAnswer,
  OfferedTool,
  QuarantineReason,
  Served,
  ToolOffer,
  ToolRow,
  Tools,
  ToolStanding,
} from './services.ts';
import { openOfTool, type ToolRegistry } from './tool-registry.ts';
import { makeTurns } from './turns.ts';
import type { WriteEntry } from './write-entry.ts';

/** What the inventory of tools works with. */
export type ToolsNeeds = {
  readonly guard: Pick<Guard, 'status' | 'usableTools'>;
  readonly registry: ToolRegistry;
  readonly write: WriteEntry;
  readonly blob: (digest: string) => Promise<Uint8Array | undefined>;
  /** What becomes of a definition nobody has seen: it is pinned, or a person is asked. */
  readonly firstSight: 'pin' | 'ask';
};

/** Returns the service that says which definitions of tools an agent may be shown. */
export function makeTools(needs: ToolsNeeds): Tools {
  const turn = makeTurns();
  const known = <T>(agent: string, act: () => Promise<Served<T>>): Promise<Served<T>> =>
    needs.guard.status(agent) === undefined
      ? Promise.resolve(refused('unknown-agent', noAgent(agent)))
      : turn(agent, act);
  return {
    offer: (offer) => known(offer.agent, () => takeOffer(needs, offer)),
    list: (agent) => known(agent, async () => served(needs.registry.list(agent))),
    get: (of) => known(of.agent, () => readTool(needs, of)),
    accept: (of, by) => known(of.agent, () => accept(needs, of, by)),
  };
}

/** One offered tool with what decides about it. */
type Seen = {
  readonly tool: string;
  readonly definition: string;
  readonly bytes: Uint8Array;
  readonly description: string;
  readonly schema: string;
  readonly signs: readonly string[];
};

type Judged = { readonly standing: ToolStanding; readonly entry: Entering | null };
type Entering = { readonly row: Omit<ToolRow, 'at' | 'index'>; readonly bytes: Uint8Array };

async function takeOffer(needs: ToolsNeeds, offer: ToolOffer): Promise<Served<OfferAnswer>> {
  const { agent, session } = offer;
  const usable = fromGuard(needs.guard.usableTools({ agent, session }));
  if (!usable.ok) return usable;
  const counts = new Map<string, number>();
  for (const { tool } of offer.tools) counts.set(tool, (counts.get(tool) ?? 0) + 1);
  const judged = offer.tools.map((each) =>
    judge(needs, { ...offer, ...usable.value, count: counts.get(each.tool) ?? 0 }, each),
  );
  for (const written of await Promise.all(judged.map(({ entry }) => enter(needs, agent, entry)))) {
    if (!written.ok) return written;
  }
  return served({
    tools: judged.map(({ standing }) => standing),
    usable: usable.value.usable,
    pact: usable.value.pact,
  });
}

type Offered = Pick<ToolOffer, 'agent' | 'server'> & {
  readonly declared: readonly string[];
  readonly usable: readonly string[];
  /** How often the offer names the tool. */
  readonly count: number;
};

function judge(needs: ToolsNeeds, offered: Offered, { tool, definition }: OfferedTool): Judged {
  const { agent, server, declared, usable } = offered;
  const read = readDefinition(definition);
  if (typeof read === 'string') return unusable(tool, `its definition ${read}`);
  if (offered.count > 1) return kept(tool, 'repeated');
  const isDeclared = declared.includes(tool);
  const alike = isDeclared ? null : resembledName(tool, declared);
  if (!usable.includes(tool) && alike === null) return unusable(tool, null);
  const bytes = blobOf({ tool, server, definition });
  const digest = `sha256:${hash('sha256', bytes, 'hex')}`;
  const pinned = needs.registry.pinned(agent, tool);
  if (pinned?.definition === digest && alike === null) return fine(tool);
  const known = needs.registry.row(agent, digest);
  if (known?.state === 'quarantined') return kept(tool, known.why ?? 'changed');
  const seen = { tool, definition: digest, bytes, ...digestsOf(read), signs: namesOf(read) };
  const why = whyNot(needs, { offered, pinned, alike, seen });
  return why === null ? pin(seen, server) : quarantine(seen, { server, why, alike });
}

function namesOf(read: Exclude<ReturnType<typeof readDefinition>, string>): readonly string[] {
  return signsIn(read).map(({ sign }) => sign);
}

function whyNot(
  { firstSight }: ToolsNeeds,
  {
    offered,
    pinned,
    alike,
    seen,
  }: {
    readonly offered: Offered;
    readonly pinned: ToolRow | undefined;
    readonly alike: string | null;
    readonly seen: Seen;
  },
): QuarantineReason | null {
  if (alike !== null) return 'look-alike';
  if (pinned !== undefined) return pinned.server === offered.server ? 'changed' : 'shadowed';
  if (seen.signs.length > 0) return 'hidden-instructions';
  return firstSight === 'ask' ? 'first-seen' : null;
}

const FIRST_SIGHT = 'first-sight';

function pin(seen: Seen, server: string): Judged {
  const { bytes, ...rest } = seen;
  const reason = 'no person had seen another definition of it';
  const row = { ...rest, server, state: 'pinned', by: FIRST_SIGHT, reason } as const;
  return { ...fine(seen.tool), entry: { row: { ...row, why: null, name: null }, bytes } };
}

function quarantine(
  { bytes, ...seen }: Seen,
  {
    server,
    why,
    alike,
  }: {
    readonly server: string;
    readonly why: QuarantineReason;
    readonly alike: string | null;
  },
): Judged {
  // A name nobody declared is in the blob alone; in the open its digest stands for it.
  const name = alike === null ? null : `sha256:${hash('sha256', seen.tool, 'hex')}`;
  const row = { ...seen, tool: alike ?? seen.tool, server, why, name };
  const entry = { row: { ...row, state: 'quarantined', by: null, reason: null } as const, bytes };
  return { ...kept(seen.tool, why), entry };
}

function fine(tool: string): Judged {
  return { standing: { tool, state: 'usable', why: null, say: null }, entry: null };
}

function unusable(tool: string, say: string | null): Judged {
  return { standing: { tool, state: 'unusable', why: null, say }, entry: null };
}

const SAYS: Readonly<Record<QuarantineReason, string>> = {
  changed: 'its definition is not the one that was accepted',
  shadowed: 'another server already has a tool of this name',
  repeated: 'the server lists it more than once',
  'look-alike': 'its name looks like that of another tool',
  'hidden-instructions': 'its definition seems to speak to the model behind the back of people',
  'first-seen': 'nobody has accepted its definition yet',
};

function kept(tool: string, why: QuarantineReason): Judged {
  const say = `${SAYS[why]}: it stays away until a person accepts it`;
  return { standing: { tool, state: 'quarantined', why, say }, entry: null };
}

async function enter(
  needs: ToolsNeeds,
  agent: string,
  entering: Entering | null,
): Promise<Served<unknown>> {
  if (entering === null) return served(null);
  const { row, bytes } = entering;
  const kind = row.state === 'pinned' ? 'tool_pinned' : 'tool_quarantined';
  const open = openOfTool({ ...row, at: 0, index: 0 });
  const written = await needs.write({ kind, agent, open, blobs: [bytes] });
  if (written.ok) needs.registry.fold({ kind, agent, open, ...written.value });
  return written;
}

async function readTool(
  { registry, blob }: ToolsNeeds,
  { agent, digest }: { readonly agent: string; readonly digest: string },
): ReturnType<Tools['get']> {
  const row = registry.row(agent, digest);
  if (row === undefined) return refused('not-found', `\`${agent}\` was never offered ${digest}`);
  const bytes = await blob(digest);
  const accepted = registry.pinned(agent, row.tool);
  const earlier = accepted === undefined || accepted === row ? undefined : accepted.definition;
  const before = earlier === undefined ? undefined : await blob(earlier);
  return served({ ...row, offered: definitionIn(bytes), accepted: definitionIn(before) });
}

async function accept(
  needs: ToolsNeeds,
  { agent, digest, reason }: Parameters<Tools['accept']>[0],
  by: Caller,
): Promise<Served<ToolRow>> {
  const row = needs.registry.row(agent, digest);
  if (row === undefined) return refused('not-found', `\`${agent}\` was never offered ${digest}`);
  if (row.state === 'pinned') return refused('conflict', `${digest} is accepted already`);
  if (row.why === 'look-alike') {
    const what = 'a tool whose name looks like that of another cannot be accepted under that name';
    return refused('conflict', `${what}: declare it in the pact if it is meant`);
  }
  const next = { ...row, state: 'pinned', by: by.id, reason } as const;
  const open = openOfTool(next);
  const written = await needs.write({ kind: 'tool_pinned', agent, open });
  if (!written.ok) return written;
  needs.registry.fold({ kind: 'tool_pinned', agent, open, ...written.value });
  return served(needs.registry.row(agent, digest) ?? next);
}

/** Returns a definition as it is kept. Source: spec/entries.md, "a definition blob". */
function blobOf(of: {
  readonly tool: string;
  readonly server: string;
  readonly definition: Json;
}): Uint8Array {
  const { _meta: _, icons: __, ...definition } = isJsonObject(of.definition) ? of.definition : {};
  return Buffer.from(canonical({ tool: of.tool, server: of.server, definition }), 'utf8');
}

function definitionIn(blob: Uint8Array | undefined): JsonObject | null {
  if (blob === undefined) return null;
  // Only `blobOf` writes what a tool's entry names, so this is its value.
  return JSON.parse(Buffer.from(blob).toString('utf8')) as JsonObject;
}
