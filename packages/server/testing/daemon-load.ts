import net from 'node:net';
import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

/** One action that the daemon acknowledged, and how far it came. */
export type Acknowledged = {
  readonly agent: string;
  readonly session: string;
  readonly request: string;
  readonly decision: string;
  readonly index: number;
  readonly token: string;
  /** How often its permit was redeemed, as the daemon said. */
  redeemed: number;
  reported: boolean;
};

/** What a load saw answered. */
export type Load = {
  readonly acknowledged: readonly Acknowledged[];
  /** Answers to a decision that is allowed, without a permit. There must be none. */
  readonly strange: readonly string[];
  /** How many requests were sent twice and answered with the same decision. */
  readonly repeats: () => number;
  /** Sends nothing more. */
  readonly stop: () => void;
};

/** Whose actions, and how many of them are under way at once. */
export type LoadOf = {
  readonly agent: string;
  readonly session: string;
  readonly prefix: string;
  readonly width: number;
};

type Said = { readonly ok: boolean; readonly value: JsonObject; readonly line: string };
type Ask = (op: string, members: JsonObject) => Promise<Said>;

// Of so many actions, one is asked twice, one never redeemed, one redeemed twice, one not reported.
const EACH = { repeated: 7, unredeemed: 11, again: 13, unreported: 50 };

/**
 * Works through actions over one connection of frames until it breaks or is stopped: decided, now
 * and then asked again, redeemed, reported.
 */
export function startLoad(path: string, of: LoadOf): Load {
  const socket = net.connect(path);
  const load = new Running(of, asking(socket, of.agent));
  for (let at = 0; at < of.width; at += 1) void load.work();
  return {
    acknowledged: load.acknowledged,
    strange: load.strange,
    repeats: () => load.repeats,
    stop: () => socket.destroy(),
  };
}

class Running {
  readonly acknowledged: Acknowledged[] = [];
  readonly strange: string[] = [];
  repeats = 0;
  readonly #of: LoadOf;
  readonly #ask: Ask;
  #next = 0;

  constructor(of: LoadOf, ask: Ask) {
    this.#of = of;
    this.#ask = ask;
  }

  /** Goes on until nothing is answered any more: what is asked then stays pending for good. */
  async work(): Promise<void> {
    for (;;) {
      this.#next += 1;
      await this.#act(this.#next);
    }
  }

  async #act(number: number): Promise<void> {
    const { agent, session, prefix } = this.#of;
    const request = `${prefix}-${number}`;
    const action = { session, request, tool: 'get_balance', args: {} };
    const first = this.#ask('decide', action);
    const twin = number % EACH.repeated === 0 ? this.#ask('decide', action) : null;
    const said = await first;
    const { decision, index, permit } = said.value;
    const token = permit !== undefined && isJsonObject(permit) ? permit['token'] : undefined;
    if (!said.ok || typeof decision !== 'string' || typeof token !== 'string') {
      this.strange.push(said.line);
      return;
    }
    const at = { agent, session, request, decision, index: Number(index), token };
    const seen: Acknowledged = { ...at, redeemed: 0, reported: false };
    this.acknowledged.push(seen);
    if (twin !== null) this.#compare(seen, await twin);
    if (number % EACH.unredeemed !== 0) await this.#redeem(seen, number);
    if (number % EACH.unreported === 0) return;
    const report = { session, decision, status: 'ok', result: null };
    if ((await this.#ask('outcome', report)).ok) seen.reported = true;
  }

  #compare(seen: Acknowledged, { value, line }: Said): void {
    if (value['decision'] === seen.decision && value['isRepeat'] === true) this.repeats += 1;
    else this.strange.push(`another answer to ${seen.request}: ${line}`);
  }

  async #redeem(seen: Acknowledged, number: number): Promise<void> {
    const times = number % EACH.again === 0 ? 2 : 1;
    const { token } = seen;
    const all = Array.from({ length: times }, () => this.#ask('redeem', { token }));
    for (const { ok } of await Promise.all(all)) if (ok) seen.redeemed += 1;
  }
}

/** Returns what sends a frame and resolves with its answer, or never when there is none. */
function asking(socket: net.Socket, agent: string): Ask {
  const waiting = new Map<number, (said: Said) => void>();
  let nextId = 0;
  let rest = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      // The daemon prints one answer a line.
      const { id, ok, value } = JSON.parse(line) as { id: number; ok: boolean; value?: Json };
      const take = waiting.get(id);
      waiting.delete(id);
      take?.({ ok, value: value !== undefined && isJsonObject(value) ? value : {}, line });
    }
  });
  return (op, members) => {
    nextId += 1;
    const id = nextId;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      if (!socket.destroyed) socket.write(`${JSON.stringify({ id, op, agent, ...members })}\n`);
    });
  };
}
