import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, randomOf } from '@plumbline/testkit';
import { Agent } from 'undici';

import { post, text } from './ask-daemon.ts';
import { type DaemonHome, type DaemonProgram, makeHome, mustStart } from './daemon-program.ts';
import { type Arrived, type HammerLedger, startHammerLedger } from './hammer-ledger.ts';
import { HAMMERED, tillProposal } from './hammer-pact.ts';
import { hammer, type HammerCounts, type HammerSession } from './hammer-worker.ts';

/** What a hammering saw. No till may have paid, or rung, more than its pact lets it. */
export type Hammered = Omit<HammerCounts, 'strange'> & {
  readonly tills: number;
  readonly crashes: number;
  readonly sessions: number;
  /** Calls that the upstream wrote down. */
  readonly forwarded: number;
  /** The most that one till paid, and what it may pay, in cents. */
  readonly mostCents: number;
  readonly budgetCents: number;
  /** The most calls that one till forwarded of one window, and what it may. */
  readonly mostCalls: number;
  readonly limitCalls: number;
  /** Windows in which as many calls came through as may. */
  readonly fullWindows: number;
};

/** How long to go on. `sessions` of each till work at once. */
export type HammerOptions = {
  readonly tills: number;
  readonly sessions: number;
  /** Times the daemon is killed in the life of one till. */
  readonly crashesEach: number;
  /** What one till may pay a day. */
  readonly budgetCents: number;
  readonly seed: number;
  readonly onTill?: (seen: Hammered) => void;
};

/**
 * Lets many sessions at once spend one budget and one rate of calls, through a daemon that is
 * killed with `SIGKILL` at random moments, until the budget of each till is used up. Throws when
 * the ledger of the upstream holds a cent or a call more than was allowed.
 */
export async function hammerBudget(options: HammerOptions): Promise<Hammered> {
  const upstream = await startHammerLedger();
  const home = makeHome({
    upstreams: JSON.stringify({ tills: upstreamOf(upstream.url) }),
    allowNetworks: '127.0.0.1/32',
    'log.publishEveryMs': '1000',
  });
  const out = new Agent();
  try {
    return await new Hammering({ options, upstream, home, out }).run();
  } finally {
    await out.close();
    await upstream.close();
    home.remove();
  }
}

function upstreamOf(url: string): object {
  const call = { method: 'POST', body: 'args' };
  return {
    url,
    tools: { 'till.pay': { ...call, path: '/pay' }, 'bell.ring': { ...call, path: '/ring' } },
  };
}

type Parts = {
  readonly options: HammerOptions;
  readonly upstream: HammerLedger;
  readonly home: DaemonHome;
  readonly out: Agent;
};

class Hammering {
  readonly #parts: Parts;
  readonly #dice: Random;
  readonly #counts: HammerCounts = {
    decided: 0,
    allowed: 0,
    broke: 0,
    rated: 0,
    brokered: 0,
    redeemed: 0,
    returned: 0,
    strange: [],
  };
  #crashes = 0;
  #sessions = 0;
  #isOver = true;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#dice = randomOf(parts.options.seed);
  }

  async run(): Promise<Hammered> {
    const { options, home } = this.#parts;
    let program = await mustStart(home);
    try {
      for (let number = 1; number <= options.tills; number += 1) {
        program = await this.#oneTill(program, `till-${number}`);
        options.onTill?.(this.#sum(number));
      }
    } finally {
      await program.end('SIGKILL');
    }
    return this.#sum(options.tills);
  }

  async #oneTill(first: DaemonProgram, till: string): Promise<DaemonProgram> {
    const { options } = this.#parts;
    let program = first;
    await post(program.client, 'agents', { agent: till });
    await post(program.client, `agents/${till}/pacts`, this.#pactOf(till));
    await post(program.client, 'credentials', {
      name: till,
      url: this.#parts.upstream.url,
      access: 'write',
      inject: { kind: 'bearer' },
      agents: [till],
      secret: `the-secret-of-${till}`,
    });
    const sessions: HammerSession[] = [];
    for (let number = 0; number < options.sessions; number += 1) {
      const opened = await post(program.client, `agents/${till}/sessions`, {
        principal: `p-${number}`,
      });
      sessions.push({ till, session: text(opened['session']), unused: [], next: 0 });
    }
    this.#sessions += sessions.length;
    const broke = this.#counts.broke;
    // Killed so often, and then on until the budget is used up.
    for (let crash = 0; crash < options.crashesEach || this.#counts.broke === broke; crash += 1) {
      program = await this.#crash(program, sessions);
    }
    await this.#work(program, sessions, 500);
    this.#check();
    return program;
  }

  #pactOf(till: string): ReturnType<typeof tillProposal> {
    return tillProposal(till, { cents: this.#parts.options.budgetCents, nowMs: Date.now() });
  }

  async #crash(program: DaemonProgram, sessions: readonly HammerSession[]): Promise<DaemonProgram> {
    await this.#work(program, sessions, 100 + this.#dice.below(1_200), 'kill');
    this.#crashes += 1;
    this.#check();
    return mustStart(this.#parts.home);
  }

  async #work(
    program: DaemonProgram,
    sessions: readonly HammerSession[],
    forMs: number,
    then: 'kill' | 'stop' = 'stop',
  ): Promise<void> {
    const { out, upstream } = this.#parts;
    this.#isOver = false;
    const isOver = (): boolean => this.#isOver;
    const shared = { client: program.client, upstream: upstream.url, out, isOver };
    const tools = { ...shared, dice: this.#dice, counts: this.#counts };
    const workers = Promise.all(sessions.map((session) => hammer(tools, session)));
    await Promise.race([sleep(forMs), workers]);
    if (then === 'kill') program.child.kill('SIGKILL');
    this.#isOver = true;
    await workers;
    if (then === 'kill') await program.end('SIGKILL');
  }

  /** Holds what the upstream wrote down to the pact, to the cent and to the call. */
  #check(): void {
    const { upstream } = this.#parts;
    assert.deepEqual(this.#counts.strange, [], 'answers that nothing explains');
    assert.equal(upstream.again(), 0, 'a decision was forwarded twice');
    const seen = this.#sum(0);
    const { budgetCents } = seen;
    assert.ok(seen.mostCents <= budgetCents, `${seen.mostCents} cents of ${budgetCents}`);
    assert.ok(seen.mostCalls <= HAMMERED.calls, `${seen.mostCalls} calls of ${HAMMERED.calls}`);
  }

  #sum(tills: number): Hammered {
    const { strange: _strange, ...counts } = this.#counts;
    const all = [...this.#parts.upstream.arrived.values()];
    const cents = sums(all, ({ till, cents: paid }) => (paid === null ? null : [till, paid]));
    const calls = sums(all, ({ till, cents: paid, decision }) =>
      paid === null ? [`${till} ${windowOf(decision)}`, 1] : null,
    );
    return {
      ...counts,
      tills,
      crashes: this.#crashes,
      sessions: this.#sessions,
      forwarded: all.length,
      mostCents: Math.max(0, ...cents.values()),
      budgetCents: this.#parts.options.budgetCents,
      mostCalls: Math.max(0, ...calls.values()),
      limitCalls: HAMMERED.calls,
      fullWindows: [...calls.values()].filter((count) => count === HAMMERED.calls).length,
    };
  }
}

// A decision's id begins with its moment, in hex.
function windowOf(decision: string): number {
  return Math.floor(Number.parseInt(decision.slice(4, 16), 16) / HAMMERED.windowMs);
}

function sums(
  all: readonly Arrived[],
  of: (arrived: Arrived) => readonly [key: string, amount: number] | null,
): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const each of all) {
    const [key, amount] = of(each) ?? ['', 0];
    if (key !== '') sum.set(key, (sum.get(key) ?? 0) + amount);
  }
  return sum;
}
