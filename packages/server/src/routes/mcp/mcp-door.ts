import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

import type { Caller } from '../caller.ts';

/** An answer that writes itself, at once or over time. */
export type StreamReply = {
  readonly kind: 'stream';
  readonly status: number;
  readonly write: (response: ServerResponse) => void;
};

/** One request at the door; the gate has let it through. `body` is JSON. */
export type DoorRequest = {
  readonly agent: string;
  readonly caller: Caller;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
};

/** MCP over Streamable HTTP. Source: spec/mcp.md, section "Over HTTP". */
export type McpDoor = {
  /** Takes messages of a client. */
  readonly post: (asked: DoorRequest) => Promise<StreamReply>;
  /** Lets a legacy client listen, or come back to a stream it lost. */
  readonly get: (asked: DoorRequest) => StreamReply;
  /** Ends a legacy client's session. */
  readonly remove: (asked: DoorRequest) => Promise<StreamReply>;
};
