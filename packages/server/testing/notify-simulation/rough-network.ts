import type { Random } from '@plumbline/testkit';

import type { EgressRequest, EgressResult } from '../../src/egress/egress.ts';
import type { Got, Said } from '../service-stub.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What may happen to one request. */
export const FAULTS = [
  'refused',
  'answers-500',
  'answers-429',
  'late',
  'lost-answer',
  'dropped-after-answer',
  'twice',
  'overtaken',
] as const;

/** One of them, or nothing. */
export type Fault = (typeof FAULTS)[number] | 'none';

/** An hour in which a service takes nothing, in one of these ways. */
export type Outage = {
  readonly from: number;
  readonly until: number;
  readonly way: 'refused' | 'answers-500' | 'answers-429' | 'hangs';
};

/** What a network is made with. `faults` are those that may happen to this service. */
export type NetworkParts = {
  readonly time: VirtualTime;
  readonly dice: Random;
  readonly answer: (got: Got) => Said;
  readonly outages: readonly Outage[];
  readonly faults: readonly Fault[];
  /** How likely one is. */
  readonly roughness: number;
};

type Resolve = (result: EgressResult) => void;

const AWAY: EgressResult = { ok: false, fault: 'network', message: '', isSent: true };
const REFUSED: EgressResult = { ok: false, fault: 'network', message: '', isSent: false };
const TIMEOUT: EgressResult = { ok: false, fault: 'timeout', message: '', isSent: true };
const CANCELLED: EgressResult = { ok: false, fault: 'cancelled', message: '', isSent: true };
const RETRY_AFTER_S = 90;

/** The way between a daemon and one service, on a clock of the test. */
export class RoughNetwork {
  readonly #parts: NetworkParts;
  readonly #open = new Set<Resolve>();
  /** From here on nothing goes wrong any more. */
  isCalm = false;
  readonly met: Map<string, number> = new Map();

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  /** Answers the daemon that is there no more: what it sent goes on, and it hears of nothing. */
  cut(): void {
    for (const resolve of this.#open) resolve(AWAY);
    this.#open.clear();
  }

  readonly request = (request: EgressRequest): Promise<EgressResult> => {
    return new Promise((resolve) => {
      const end: Resolve = (result) => {
        if (!this.#open.delete(end)) return;
        resolve(result);
      };
      this.#open.add(end);
      request.signal?.addEventListener('abort', () => end(CANCELLED), { once: true });
      const way = this.#way();
      this.met.set(way, (this.met.get(way) ?? 0) + 1);
      this.#go(way, request, end);
    });
  };

  #way(): Fault | 'hangs' {
    const { time, outages, dice, faults, roughness } = this.#parts;
    if (this.isCalm) return 'none';
    const outage = outages.find(({ from, until }) => from <= time.now && time.now < until);
    if (outage !== undefined) return outage.way;
    const [first, ...rest] = faults;
    return first !== undefined && dice.chance(roughness) ? dice.pick([first, ...rest]) : 'none';
  }

  #go(way: Fault | 'hangs', request: EgressRequest, end: Resolve): void {
    const { time, dice } = this.#parts;
    const limit = request.timeoutMs;
    const serve = (): EgressResult => this.#serve(request);
    switch (way) {
      case 'refused':
        return time.after(1, () => end(REFUSED));
      case 'answers-500':
        return time.after(5, () => end(said({ status: 500 })));
      case 'answers-429': {
        const headers = { 'retry-after': `${RETRY_AFTER_S}` };
        return time.after(5, () => end(said({ status: 429, headers })));
      }
      case 'hangs':
        return time.after(limit, () => end(TIMEOUT));
      case 'late':
        return time.after(1_000 + dice.below(limit - 1_000), () => end(serve()));
      case 'lost-answer':
        time.after(20, () => void serve());
        return time.after(limit, () => end(TIMEOUT));
      case 'dropped-after-answer':
        return time.after(20, () => (serve(), end(AWAY)));
      case 'twice':
        time.after(20, () => end(serve()));
        return time.after(25 + dice.below(5_000), () => void serve());
      case 'overtaken':
        // It arrives when the daemon has given it up, and sent it again or something else.
        time.after(limit + 1 + dice.below(60_000), () => void serve());
        return time.after(limit, () => end(TIMEOUT));
      case 'none':
        return time.after(20, () => end(serve()));
    }
  }

  #serve({ url, method, headers = {}, body = '' }: EgressRequest): EgressResult {
    const { pathname, search } = new URL(url);
    const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
    return said(this.#parts.answer({ method, path: `${pathname}${search}`, headers, body: text }));
  }
}

function said({ status, body, headers = {} }: Said): EgressResult {
  const retryAfter = headers['retry-after'];
  const text = body === undefined ? '' : JSON.stringify(body);
  const answer = { status, contentType: 'application/json', body: Buffer.from(text) };
  return { ok: true, value: retryAfter === undefined ? answer : { ...answer, retryAfter } };
}
