import { approverDesk } from './client/approver-desk.ts';
import { configuredServers, type KeysFor } from './client/configured-servers.ts';
import type { Config } from './config/config.ts';
import { compiledPact, type PactSource } from './context-compiled.ts';
import { AwayLists } from './daemon/away-lists.ts';
import type { Guard } from './guard/guard.ts';
import { AgentHooks } from './pep/hooks/agent-hooks.ts';
import { fewNotes, NOTES_OF_ALL } from './pep/mcp/few-notes.ts';
import { AgentDoor } from './pep/mcp/http/mcp-door.ts';
import type { Services } from './services/daemon-services.ts';

/** What the enforcement points of the daemon stand on. */
export type DoorParts = {
  readonly guard: { readonly guard: Guard };
  readonly services: Services;
  readonly sequencer: PactSource['sequencer'];
  readonly past: Pick<PactSource, 'registry'>;
  readonly places: { readonly folder: string };
  readonly keysFor: KeysFor;
};

/** What the machine lends them. */
export type DoorSurroundings = {
  readonly monotonicMs: () => number;
  readonly failed: (cause: unknown) => void;
  /** Is told what a person should know, and nothing failed. */
  readonly noted?: (text: string) => void;
};

/** The enforcement points of the daemon. */
export type Doors = {
  readonly mcp: AgentDoor;
  readonly hooks: AgentHooks;
  readonly away: AwayLists;
};

/** Opens the MCP gateway over HTTP, and what answers hooks. */
export function doorsOf(
  { mcp, limits }: Config,
  parts: DoorParts,
  { monotonicMs, failed, noted = () => undefined }: DoorSurroundings,
): Doors {
  const { services, sequencer, keysFor } = parts;
  const { guard } = parts.guard;
  const { registry } = parts.past;
  const { folder } = parts.places;
  const hooks = new AgentHooks({ guard, nowMs: monotonicMs });
  return {
    mcp: new AgentDoor({
      guard,
      offers: (offer) => services.tools.offer(offer),
      served: configuredServers(mcp, process.env, keysFor),
      desk: approverDesk(services),
      limits,
      note: fewNotes((text) => noted(`mcp: ${text}`), NOTES_OF_ALL),
    }),
    hooks,
    away: new AwayLists({
      folder,
      guard,
      pactOf: (digest) => compiledPact({ sequencer, registry }, digest, null),
      note: (read) => hooks.noteAway(read),
      failed,
    }),
  };
}
