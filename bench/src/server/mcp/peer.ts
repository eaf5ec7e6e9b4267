/** The programs a call goes through, beside the one that measures. */
export type Programs = {
  /** The proxy or gateway in between. */
  readonly between?: number;
  readonly daemon?: number;
  readonly upstream?: number;
};

/** One way to call a tool. */
export type Peer = {
  readonly call: (asked: PeerCall) => Promise<unknown>;
  readonly programs: Programs;
  readonly close: () => Promise<void>;
};

/** What is called. */
export type PeerCall = { readonly name: string; readonly arguments: object };

/** The handshake every measured program understands. */
export const HELLO = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'bench', version: '1' },
} as const;

export const READY = { method: 'notifications/initialized' } as const;

/** Returns the result of an answer; a refusal or a fault ends the benchmark. */
export function resultIn(text: string): { readonly id: number | undefined } {
  // What the measured programs print is JSON-RPC.
  const { id, result } = JSON.parse(text) as { readonly id?: number; readonly result?: unknown };
  if (id === undefined) return { id };
  if (result === undefined || Object(result).isError === true) throw new Error(text);
  return { id };
}
