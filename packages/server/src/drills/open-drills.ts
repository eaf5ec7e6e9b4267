import { type DrillRule, type JsonObject } from '@plumbline/core';

import type { DrillConfig } from '../config/drills.ts';
import type { NotifyRules } from '../config/notify.ts';
import type { ExecutionBook } from '../executors/execution-book.ts';
import type { OpenedGuard } from '../guard/open-guard.ts';
import { makeId, pooledRandom } from '../guard/ids.ts';
import { drillOf } from '../guard/probe.ts';
import { noAgent } from '../guard/refusal.ts';
import { blobOf, compileSources } from '../services/pact-sources.ts';
import { refused, served } from '../services/served.ts';
import type { Keys, Served } from '../services/services.ts';
import type { WriteEntry } from '../services/write-entry.ts';
import { countHolders, holdersNeeded } from './count-holders.ts';
import type { Drill, DrillAlert } from './drill.ts';
import type { DrillBook, DrillBookRow, DrillKind } from './drill-book.ts';
import { drillPact } from './drill-pact.ts';
import type { Drills, DrillStanding } from './drills.ts';
import { dueAt, nextTryAt, overdueAt } from './due.ts';
import { notificationOf } from './notification.ts';
import { type DrillFound, runDrill } from './run-drill.ts';

/** What drills stand on. */
export type DrillsNeeds = {
  readonly guard: Pick<OpenedGuard, 'guard' | 'drillGround' | 'drillRule'>;
  readonly executing: Pick<ExecutionBook, 'check'>;
  readonly keys: Pick<Keys, 'list'>;
  readonly write: WriteEntry;
  readonly book: DrillBook;
  readonly config: DrillConfig;
  readonly notify: Pick<NotifyRules, 'channels' | 'routes'>;
  /** What keeps decisions from becoming durable; nothing is practised then. */
  readonly down: () => readonly string[];
  readonly clock: () => number;
};

/** Drills, and what the daemon does for them by itself. */
export type OpenedDrills = {
  readonly drills: Drills;
  /** Records what a crash interrupted, before anybody is answered. */
  readonly recover: () => Promise<void>;
  /** Writes down what changed, raises what waits for people, and runs what is due. */
  readonly tick: () => Promise<void>;
  /** Ends what runs before its time, and resolves once that is recorded. */
  readonly close: () => Promise<void>;
};

/** Opens the service of drills; nothing is run before `tick`. */
export function openDrills(needs: DrillsNeeds): OpenedDrills {
  const desk = new DrillDesk(needs);
  const { book, guard } = needs;
  return {
    drills: {
      run: (agent, by) => desk.runAsked(agent, by.id),
      list: async () => {
        const holders = await desk.holders();
        return guard.guard.agents().map(({ agent }) => desk.standing(agent, holders));
      },
      of: (agent) => book.row(agent).drills.toReversed(),
      find: (id) => book.find(id),
      attention: () => desk.attention(),
    },
    recover: () => desk.recover(),
    tick: () => desk.tick(),
    close: () => desk.close(),
  };
}

type Cause = Pick<Drill, 'cause' | 'by'>;

class DrillDesk {
  readonly #needs: DrillsNeeds;
  readonly #random = pooledRandom();
  readonly #stopping = new AbortController();
  #running: { readonly agent: string; readonly ended: Promise<unknown> } | null = null;

  constructor(needs: DrillsNeeds) {
    this.#needs = needs;
  }

  async holders(): Promise<number> {
    const { keys, config, clock } = this.#needs;
    return countHolders(await keys.list(), config.holders, clock());
  }

  standing(agent: string, holders: number): DrillStanding {
    const { book, config, clock, guard } = this.#needs;
    const row = book.row(agent);
    const overdue = overdueAt(row, config.graceMs);
    const needed = holdersNeeded(guard.drillRule(agent));
    return {
      agent,
      rule: row.rule,
      last: row.drills.findLast(({ state }) => state !== 'running') ?? null,
      lastPassedAt: row.lastPassedAt,
      isRunning: this.#running?.agent === agent,
      dueAt: dueAt(row),
      isOverdue: overdue !== null && overdue <= clock(),
      holders,
      needed,
      missing: Math.max(0, needed - holders),
      entries: entriesOf(row),
    };
  }

  attention(): readonly string[] {
    const { guard, book } = this.#needs;
    return guard.guard.agents().flatMap(({ agent }) => {
      const { alerts } = book.row(agent);
      return [
        ...(alerts.has('overdue')
          ? [`the halt drill of \`${agent}\` is overdue: plumb drill run ${agent}`]
          : []),
        ...(alerts.has('holders')
          ? [`too few people may halt \`${agent}\`: plumb drill list says how many are missing`]
          : []),
      ];
    });
  }

  async runAsked(agent: string, by: string): Promise<Served<Drill>> {
    const { guard } = this.#needs;
    if (guard.guard.status(agent) === undefined) return refused('unknown-agent', noAgent(agent));
    if (this.#running !== null) {
      const what = `a drill of \`${this.#running.agent}\` runs`;
      return refused('conflict', `${what}: ask again in some seconds`);
    }
    return this.#begin(agent, { cause: 'asked', by });
  }

  async recover(): Promise<void> {
    const { book, guard } = this.#needs;
    for (const { id, agent } of book.running()) {
      if (this.#running !== null) return;
      const cleared = await guard.drillGround(agent).end();
      const why = cleared.ok
        ? 'the daemon ended while it ran'
        : `the daemon ended while it ran, and what it left stays: ${cleared.error.message}`;
      await this.#end(agent, id, { ...INTERRUPTED, why });
    }
  }

  async tick(): Promise<void> {
    const { guard, down } = this.#needs;
    if (this.#running !== null || down().length > 0) return;
    // What could not be written down at the start is tried again.
    await this.recover();
    const agents = guard.guard.agents().map(({ agent }) => agent);
    const holders = await this.holders();
    for (const agent of agents) await this.#watch(agent, holders);
    const next = this.#nextDue(agents);
    if (next !== null) await this.#begin(next, { cause: 'scheduled', by: 'schedule' });
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.ended;
  }

  /** Returns the agent whose drill is due for the longest, or null. */
  #nextDue(agents: readonly string[]): string | null {
    const { book, clock } = this.#needs;
    const due = agents.flatMap((agent) => {
      const at = nextTryAt(book.row(agent));
      return at === null || at > clock() ? [] : [{ agent, at }];
    });
    return due.toSorted((one, other) => one.at - other.at)[0]?.agent ?? null;
  }

  async #watch(agent: string, holders: number): Promise<void> {
    const { guard, book } = this.#needs;
    const rule = guard.drillRule(agent);
    if (!isSame(rule, book.row(agent).rule)) {
      const open = { everyMs: rule?.everyMs ?? null, holders: rule?.holders ?? null };
      await this.#note('drill_scheduled', agent, open);
    }
    const standing = this.standing(agent, holders);
    const isAsked = standing.rule !== null;
    await this.#alert(standing, 'overdue', isAsked && standing.isOverdue);
    await this.#alert(standing, 'holders', isAsked && standing.missing > 0);
  }

  async #alert(
    { agent, dueAt: due, holders, needed }: DrillStanding,
    what: DrillAlert,
    isRaised: boolean,
  ): Promise<void> {
    if (this.#needs.book.row(agent).alerts.has(what) === isRaised) return;
    const state = isRaised ? 'raised' : 'cleared';
    await this.#note('drill_alert', agent, { what, state, dueAt: due, holders, needed });
  }

  #begin(agent: string, cause: Cause): Promise<Served<Drill>> {
    const ended = this.#run(agent, cause).finally(() => (this.#running = null));
    this.#running = { agent, ended: ended.catch(() => undefined) };
    return ended;
  }

  async #run(agent: string, { cause, by }: Cause): Promise<Served<Drill>> {
    const { config, book, clock } = this.#needs;
    const id = makeId('drl', clock(), this.#random);
    const { boundMs } = config;
    const begun = await this.#note('drill_started', agent, { drill: id, cause, by, boundMs });
    if (!begun.ok) return begun;
    const ended = await this.#end(agent, id, await this.#practise(agent, id));
    if (!ended.ok) return ended;
    const drill = book.find(id);
    return drill === undefined ? refused('not-found', `no drill \`${id}\``) : served(drill);
  }

  async #practise(agent: string, id: string): Promise<DrillFound> {
    const { guard, executing, notify, config } = this.#needs;
    const ground = guard.drillGround(agent);
    const pact = await this.#publish(agent);
    if (!pact.ok) return { ...INTERRUPTED, state: 'failed', why: pact.error.message };
    return runDrill({
      id,
      agent,
      ground,
      pact: pact.value,
      executing,
      notification: notificationOf(notify, agent),
      boundMs: config.boundMs,
      signal: this.#stopping.signal,
    });
  }

  /** The pact of drills stands in the ledger before it is armed, as any pact does. */
  async #publish(agent: string): Promise<ReturnType<typeof compileSources>> {
    const { guard, write } = this.#needs;
    const sources = drillPact(agent);
    const pact = compileSources(sources);
    if (!pact.ok || guard.drillGround(agent).hasArmed(pact.value.digest)) return pact;
    const blob = blobOf(sources);
    const by = { by: 'drill', approvedBy: null, signatures: [], reason: 'the pact of drills' };
    const open = { pact: pact.value.digest, sources: blob.digest, ...by };
    const entry = { kind: 'pact_published', agent: drillOf(agent), open } as const;
    const written = await write({ ...entry, blobs: [blob.bytes] });
    return written.ok ? pact : written;
  }

  async #end(agent: string, id: string, found: DrillFound): ReturnType<WriteEntry> {
    const { guard } = this.#needs;
    const holders = await this.holders();
    const needed = holdersNeeded(guard.drillRule(agent));
    const { times, practised, ...rest } = found;
    const said = { times: times === null ? null : { ...times }, holders, needed };
    const list = practised.map((each) => ({ ...each }));
    return this.#note('drill_done', agent, { drill: id, ...rest, ...said, practised: list });
  }

  /** What is durable is folded as a start would fold it. */
  async #note(kind: DrillKind, agent: string, open: JsonObject): ReturnType<WriteEntry> {
    const { write, book } = this.#needs;
    const written = await write({ kind, agent, open });
    if (written.ok) book.fold({ kind, agent, open, ...written.value });
    return written;
  }
}

const INTERRUPTED: DrillFound = {
  state: 'interrupted',
  why: null,
  session: null,
  halt: null,
  times: null,
  forwarded: 0,
  refused: 0,
  practised: [],
};

function entriesOf({ ruleIndex, lastIndex, alerts }: DrillBookRow): readonly number[] {
  const found = [ruleIndex, lastIndex, ...alerts.values()].filter((index) => index !== null);
  return found.sort((one, other) => one - other);
}

function isSame(one: DrillRule | null, other: DrillRule | null): boolean {
  return one?.everyMs === other?.everyMs && one?.holders === other?.holders;
}
