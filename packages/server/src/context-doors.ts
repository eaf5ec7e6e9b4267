import { approverDesk } from './client/approver-desk.ts';
import { configuredServers } from './client/configured-servers.ts';
import type { Config } from './config/config.ts';
import type { Guard } from './guard/guard.ts';
import { AgentHooks } from './pep/hooks/agent-hooks.ts';
import { fewNotes, NOTES_OF_ALL } from './pep/mcp/few-notes.ts';
import { AgentDoor } from './pep/mcp/http/mcp-door.ts';
import type { Services } from './services/daemon-services.ts';

/** What the enforcement points of the daemon stand on. */
export type DoorParts = {
  readonly guard: Guard;
  readonly services: Services;
  readonly monotonicMs: () => number;
  /** Is told what a person should know, and nothing failed. */
  readonly noted?: (text: string) => void;
};

/** The enforcement points of the daemon. */
export type Doors = { readonly mcp: AgentDoor; readonly hooks: AgentHooks };

/** Opens the MCP gateway over HTTP, and what answers hooks. */
export function doorsOf(
  { mcp, limits }: Config,
  { guard, services, monotonicMs, noted = () => undefined }: DoorParts,
): Doors {
  return {
    mcp: new AgentDoor({
      guard,
      offers: (offer) => services.tools.offer(offer),
      served: configuredServers(mcp, process.env),
      desk: approverDesk(services),
      limits,
      note: fewNotes((text) => noted(`mcp: ${text}`), NOTES_OF_ALL),
    }),
    hooks: new AgentHooks({ guard, nowMs: monotonicMs }),
  };
}
