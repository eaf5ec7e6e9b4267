import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { ClientError, type DaemonClient } from '../src/client/daemon-client.ts';
import { bankingProposal } from './banking-pact.ts';
import { type Acknowledged, type Load, startLoad } from './daemon-load.ts';
import { type DaemonHome, type DaemonProgram, mustStart } from './daemon-program.ts';
import { type Grown, GrowingLog } from './growing-log.ts';

/** What rounds of killing a daemon under load saw. Nothing of it may be lost. */
export type Rounds = {
  readonly rounds: number;
  readonly acknowledged: number;
  readonly redeemed: number;
  readonly repeats: number;
  readonly entries: number;
  /** Intents without an outcome in sessions that are open, as the last daemon counted them. */
  readonly unfinished: number;
  /** The most of them that any round left. */
  readonly mostUnfinished: number;
  /** From the kill to the first answer of the next daemon. */
  readonly slowestRestartMs: number;
  readonly wholeChecks: number;
};

/** How long to go on: rounds, or until a moment of the clock. */
export type Until = {
  readonly rounds: number;
  readonly untilMs: number;
  readonly onRound?: (seen: Rounds) => void;
};

const AGENTS = ['banking', 'savings', 'cards'];
const WIDTH = 4;
const WHOLE_EVERY = 50;

/**
 * Kills a daemon with `SIGKILL` under load again and again, and after each time holds it to what
 * it acknowledged: each round what is fresh, every 50th the whole log. Throws at the first thing
 * that was lost, forked, redeemed twice or not listed.
 */
export async function crashDaemon(home: DaemonHome, until: Until): Promise<Rounds> {
  let program = await mustStart(home);
  for (const agent of AGENTS) {
    await post(program.client, 'agents', { agent });
    const proposal = bankingProposal((text) => text.replace('agent: banking', `agent: ${agent}`));
    await post(program.client, `agents/${agent}/pacts`, proposal);
  }
  const log = new GrowingLog(join(home.data, 'log'), program.started.verifierKey);
  const book = new Book();
  let seen: Rounds = book.sum({ rounds: 0, slowestRestartMs: 0, wholeChecks: 0, entries: 0 });
  while (seen.rounds < until.rounds && Date.now() < until.untilMs) {
    const loads = await loadAndKill(program, seen.rounds);
    const startedMs = Date.now();
    program = await mustStart(home);
    const restartMs = Date.now() - startedMs;
    await checkRound({ program, log, book }, loads);
    const isWhole = (seen.rounds + 1) % WHOLE_EVERY === 0;
    if (isWhole) await log.verifyWhole();
    seen = book.sum({
      rounds: seen.rounds + 1,
      slowestRestartMs: Math.max(seen.slowestRestartMs, restartMs),
      wholeChecks: seen.wholeChecks + (isWhole ? 1 : 0),
      entries: log.size,
    });
    until.onRound?.(seen);
  }
  assert.equal(await program.end('SIGTERM'), 0);
  await log.look(log.size + 1);
  await log.verifyWhole();
  return { ...seen, wholeChecks: seen.wholeChecks + 1 };
}

/** What must stand in the log, by what was acknowledged and what was read. */
class Book {
  /** Decisions that let their action through and have no outcome, by open session. */
  readonly #open: Map<string, Set<string>> = new Map();
  #acknowledged = 0;
  #redeemed = 0;
  #repeats = 0;
  #unfinished = 0;
  #mostUnfinished = 0;

  sum(of: Pick<Rounds, 'rounds' | 'slowestRestartMs' | 'wholeChecks' | 'entries'>): Rounds {
    return {
      ...of,
      acknowledged: this.#acknowledged,
      redeemed: this.#redeemed,
      repeats: this.#repeats,
      unfinished: this.#unfinished,
      mostUnfinished: this.#mostUnfinished,
    };
  }

  /** Holds what was read after a kill to what was acknowledged before it. */
  check(fresh: readonly Grown[], loads: readonly Load[]): void {
    const decided = new Map<string, number>();
    const outcomes = new Map<string, unknown>();
    for (const { index, entry } of fresh) {
      const decision = textOf(entry.open['decision']);
      if (entry.kind === 'decided') decided.set(decision, index);
      if (entry.kind === 'outcome') {
        assert.ok(!outcomes.has(decision), `two outcomes of ${decision}`);
        outcomes.set(decision, entry.open['redeemedAt']);
      }
      this.#follow({ index, entry });
    }
    for (const each of loads.flatMap(({ acknowledged }) => acknowledged)) {
      const said = JSON.stringify(each);
      assert.equal(decided.get(each.decision), each.index, `lost: ${said}`);
      if (each.reported) assert.ok(outcomes.has(each.decision), `outcome lost: ${said}`);
      assert.ok(each.redeemed <= 1, `redeemed twice: ${said}`);
      const isTold = each.reported && each.redeemed === 1;
      if (isTold) assert.notEqual(outcomes.get(each.decision), null, `redeeming lost: ${said}`);
      this.#acknowledged += 1;
      this.#redeemed += each.redeemed;
    }
    for (const load of loads) this.#repeats += load.repeats();
  }

  #follow({ entry: { kind, session, open } }: Grown): void {
    const key = session ?? '';
    if (kind === 'session_opened') this.#open.set(key, new Set());
    if (kind === 'session_closed') this.#open.delete(key);
    const decision = textOf(open['decision']);
    if (kind === 'decided' && open['verdict'] === 'allow') this.#open.get(key)?.add(decision);
    if (kind === 'outcome') this.#open.get(key)?.delete(decision);
    if (kind !== 'boot') return;
    const counted = [...this.#open.values()].reduce((sum, { size }) => sum + size, 0);
    assert.equal(open['unfinished'], counted, 'intents without outcome are counted');
    this.#unfinished = counted;
    this.#mostUnfinished = Math.max(this.#mostUnfinished, counted);
  }
}

/** Empty for what is no text: entries of other kinds name no decision. */
function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

async function loadAndKill(program: DaemonProgram, round: number): Promise<readonly Load[]> {
  const { socket } = program.started;
  const loads: Load[] = [];
  for (const agent of AGENTS) {
    const opened = { principal: `p-${round % 20}`, task: 'pay-bill' };
    const { session } = await post(program.client, `agents/${agent}/sessions`, opened);
    const prefix = `round-${round}`;
    loads.push(startLoad(socket, { agent, session: textOf(session), prefix, width: WIDTH }));
  }
  while (loads.some(({ acknowledged }) => acknowledged.length === 0)) {
    assert.deepEqual(strangeIn(loads), []);
    await sleep(2);
  }
  // Within one publishing as well as between two of them.
  await sleep((round * 37) % 150);
  await program.end('SIGKILL');
  for (const load of loads) load.stop();
  assert.deepEqual(strangeIn(loads), [], 'answers without a permit');
  return loads;
}

function strangeIn(loads: readonly Load[]): readonly string[] {
  return loads.flatMap(({ strange }) => strange);
}

type Checking = {
  readonly program: DaemonProgram;
  readonly log: GrowingLog;
  readonly book: Book;
};

async function checkRound(
  { program: { client }, log, book }: Checking,
  loads: readonly Load[],
): Promise<void> {
  const { durableSize } = await get(client, 'log');
  book.check(await log.look(Number(durableSize)), loads);
  for (const { acknowledged } of loads) {
    const last = acknowledged.slice(-3);
    for (const seen of last) {
      await checkEarlierPermit(client, seen);
      await checkRepeat(client, seen);
    }
    const [first] = acknowledged;
    assert.ok(first !== undefined);
    await post(client, `agents/${first.agent}/sessions/${first.session}/close`);
  }
}

/** What was permitted before the kill is unknown to the next daemon. */
async function checkEarlierPermit(
  client: DaemonClient,
  { agent, token }: Acknowledged,
): Promise<void> {
  await assert.rejects(post(client, `agents/${agent}/permits/redeem`, { token }), (cause) => {
    assert.ok(cause instanceof ClientError);
    assert.equal(cause.code, 'permit-unknown');
    return true;
  });
}

/** A request that was answered before gets the same answer from the next daemon. */
async function checkRepeat(client: DaemonClient, seen: Acknowledged): Promise<void> {
  const { agent, session, request, decision } = seen;
  const again = { session, request, tool: 'get_balance', args: {} };
  const said = await post(client, `agents/${agent}/actions/decide`, again);
  assert.equal(said['decision'], decision);
  assert.equal(said['isRepeat'], true);
}

async function post(client: DaemonClient, path: string, body?: JsonObject): Promise<JsonObject> {
  const asked = { method: 'POST', path: `/api/v1/${path}` } as const;
  const said = await client.ask(body === undefined ? asked : { ...asked, body });
  assert.ok(isJsonObject(said));
  return said;
}

async function get(client: DaemonClient, path: string): Promise<JsonObject> {
  const said = await client.ask({ method: 'GET', path: `/api/v1/${path}` });
  assert.ok(isJsonObject(said));
  return said;
}
