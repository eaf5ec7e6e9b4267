import net from 'node:net';
import type { JsonObject } from '@plumbline/core';

import type { Answer } from '../src/guard/guard.ts';

/** One decision that the daemon acknowledged. */
export type Acknowledged = {
  readonly session: string;
  readonly request: string;
  readonly decision: string;
  readonly index: number;
  readonly token: string;
  /** Null while its outcome was not acknowledged. */
  reported: boolean;
};

/** What a load saw answered. */
export type Load = {
  readonly acknowledged: readonly Acknowledged[];
  /** Sends nothing more. */
  readonly stop: () => void;
};

type Frame = { readonly id: number; readonly ok: boolean; readonly value?: JsonObject };

/** Sends decisions and outcomes over one connection of frames until it breaks or is stopped. */
export function startLoad(
  path: string,
  {
    session,
    prefix,
    width,
  }: {
    readonly session: string;
    readonly prefix: string;
    /** How many requests are under way at once. */
    readonly width: number;
  },
): Load {
  const socket = net.connect(path);
  const acknowledged: Acknowledged[] = [];
  const waiting = new Map<number, (value: JsonObject) => void>();
  let nextId = 0;
  let isStopped = false;
  let rest = '';
  const send = (frame: JsonObject, take: (value: JsonObject) => void): void => {
    if (isStopped) return;
    nextId += 1;
    waiting.set(nextId, take);
    socket.write(`${JSON.stringify({ id: nextId, agent: 'banking', ...frame })}\n`);
  };
  const decide = (): void => {
    const request = `${prefix}-${nextId}`;
    send({ op: 'decide', session, request, tool: 'get_balance', args: {} }, (value) => {
      const seen = { session, request, ...acknowledgedIn(value), reported: false };
      acknowledged.push(seen);
      // Some actions never get an outcome; how many an agent may have under way is bounded.
      if (nextId % 50 === 0) return decide();
      const outcome = { op: 'outcome', session, decision: seen.decision };
      send({ ...outcome, status: 'ok', result: null }, () => {
        seen.reported = true;
        decide();
      });
    });
  };
  socket.on('error', () => (isStopped = true));
  socket.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      // The daemon prints one answer a line.
      const { id, ok, value = {} } = JSON.parse(line) as Frame;
      if (ok) waiting.get(id)?.(value);
      else decide();
      waiting.delete(id);
    }
  });
  for (let at = 0; at < width; at += 1) decide();
  return {
    acknowledged,
    stop: () => {
      isStopped = true;
      socket.destroy();
    },
  };
}

function acknowledgedIn(value: JsonObject): Pick<Acknowledged, 'decision' | 'index' | 'token'> {
  // The members of an answer to `decide`, of which all are allowed here.
  const { decision, index, permit } = value as unknown as Answer;
  if (permit === null) throw new Error(`not let through: ${JSON.stringify(value)}`);
  return { decision, index, token: permit.token };
}
