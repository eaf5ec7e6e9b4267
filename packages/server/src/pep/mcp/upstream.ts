import type { JsonObject } from '@plumbline/core';

import type { MessageUse } from './message-use.ts';
import type { RequestId } from './message.ts';
import type { RelayBounds } from './relay.ts';

/** What comes from a server. */
export type UpstreamListener = {
  readonly line: (bytes: Buffer) => void;
  /** The server said something longer than is read. */
  readonly tooLong: () => void;
  /** Nothing comes any more. */
  readonly gone: (why: string) => void;
  /** Whether an answer to a request is still waited for. */
  readonly waitsFor: (id: RequestId) => boolean;
  /** No answer to a request comes any more; said of one that is answered it changes nothing. */
  readonly lost: (id: RequestId, why: 'server-gone' | 'bad-answer' | 'too-large') => void;
};

/** A server behind the gateway, whatever it is reached over. */
export type Upstream = {
  /** Sends one message. What cannot be sent is told by `gone`. */
  readonly send: (
    bytes: Buffer,
    headers?: Readonly<Record<string, string>>,
    use?: MessageUse,
  ) => void;
  /** Makes ready what `send` needs for a use; returns why it cannot be, or null. */
  readonly prepare?: ((use: MessageUse) => Promise<string | null>) | undefined;
  readonly close: () => Promise<void>;
};

/** Reaches a server; it may be gone before it said anything. */
export type OpenUpstream = (listener: UpstreamListener) => Upstream;

/** A staging upstream as it is configured. */
export type StagingServer = {
  /** What the pact calls it. */
  readonly name: string;
  readonly open: OpenUpstream;
  /** Whether it is reached over HTTP. */
  readonly isRemote: boolean;
};

/** Who an agent's MCP sessions are for where nobody else opens them; the operator attests it. */
export type ConfiguredSession = {
  readonly principal: string;
  readonly task: string | null;
  readonly room: string | null;
  readonly attributes: JsonObject;
};

/** One server of an agent. */
export type ServedServer = {
  readonly open: OpenUpstream;
  /** Whether clients see its names as they are. */
  readonly isPlain: boolean;
  /** Whether it is reached over HTTP. */
  readonly isRemote: boolean;
  /** Whether pacts name its tools as they are, without the namespace. */
  readonly isBare: boolean;
  readonly staging?: StagingServer | undefined;
  /** How long the handshake may take, and what else is bounded; by default as ever. */
  readonly handshakeMs?: number;
  readonly bounds?: Partial<RelayBounds>;
};

/** What the gateway serves one agent. */
export type Served = {
  /** Servers by the namespace their names get. */
  readonly upstreams: ReadonlyMap<string, ServedServer>;
  readonly session: ConfiguredSession | null;
  /** Whether a person who shows a token of their own is asked at the client for approvals. */
  readonly elicitsApprovals: boolean;
};
