import { noAgent } from '../../guard/refusal.ts';
import { ownerOf } from '../../guard/undo-agent.ts';
import type { Guard } from '../../guard/guard.ts';
import type { Where } from '../../record/offline.ts';
import { packInThread } from '../../record/pack-in-thread.ts';
import type { Caller } from '../../routes/caller.ts';
import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import type { WriteEntry } from '../write-entry.ts';
import { type Chosen, choosePack, type ChoosingNeeds } from './choose-pack.ts';
import type { PackAsked, PackOrder, PackPlan, Packs, StartedPack } from './packs.ts';

/** What packs are made with. `where` is the data directory, with what opens its vault. */
export type PacksNeeds = Omit<ChoosingNeeds, 'bounds'> & {
  readonly guard: Pick<Guard, 'status'>;
  readonly where: Where;
  readonly write: WriteEntry;
  readonly caughtUp: () => Promise<void>;
  /** Publishes a checkpoint of everything that is durable. */
  readonly publish: () => Promise<void>;
  readonly clock: () => number;
};

const BOUNDS = { sessions: 1_000, entries: 20_000 };
const MOST_AT_ONCE = 2;
const UNTAKEN_MS = 60_000;

// What an entry comes to in the file, with its proof; measured on recorded runs.
const BYTES = { entry: 900, opening: 450, rest: 12_000 };

/** Returns the service that writes evidence packs. */
export function makePacks(needs: PacksNeeds, bounds: ChoosingNeeds['bounds'] = BOUNDS): Packs {
  const choosing = { ...needs, bounds };
  const places = new Places();
  return {
    plan: async (asked, by) => {
      const chosen = await choose(needs, choosing, { asked, by });
      return chosen.ok ? served(planOf(chosen.value)) : chosen;
    },
    start: async (order, by) => {
      const give = places.take();
      if (give === null) {
        return refused('overloaded', 'other packs are being written: try again in a minute');
      }
      const begun = await begin(needs, choosing, { order, by });
      if (!begun.ok) give();
      return begun.ok ? served(holding(begun.value, give)) : begun;
    },
  };
}

/** So many packs are written at once. */
class Places {
  #taken = 0;

  /** Returns what gives the place back, once; null: all are taken. */
  take(): (() => void) | null {
    if (this.#taken >= MOST_AT_ONCE) return null;
    this.#taken += 1;
    let isGiven = false;
    return () => {
      if (!isGiven) this.#taken -= 1;
      isGiven = true;
    };
  }
}

/** Gives the place back when the pack is written, or when nobody came for it. */
function holding(started: StartedPack, give: () => void): StartedPack {
  const untaken = setTimeout(give, UNTAKEN_MS).unref();
  return {
    ...started,
    run: async (signal, take) => {
      clearTimeout(untaken);
      try {
        await started.run(signal, take);
      } finally {
        give();
      }
    },
  };
}

async function choose(
  { guard, caughtUp }: PacksNeeds,
  choosing: ChoosingNeeds,
  { asked, by }: { readonly asked: PackAsked; readonly by: Caller },
): Promise<Served<Chosen>> {
  const { agent } = asked;
  if (agent !== null && guard.status(agent) === undefined) {
    return refused('unknown-agent', noAgent(agent));
  }
  await caughtUp();
  return choosePack(choosing, asked, by);
}

async function begin(
  needs: PacksNeeds,
  choosing: ChoosingNeeds,
  { order, by }: { readonly order: PackOrder; readonly by: Caller },
): Promise<Served<StartedPack>> {
  const chosen = await choose(needs, choosing, { asked: order, by });
  if (!chosen.ok) return chosen;
  const noted = order.opened ? await noteReadings(needs, chosen.value, by) : served(undefined);
  if (!noted.ok) return noted;
  // What is chosen is durable, and stands under a checkpoint from here on.
  await needs.publish();
  const madeAt = needs.clock();
  const folder = folderOf(order, madeAt);
  const request = requestOf(order, { chosen: chosen.value, madeAt });
  const run: StartedPack['run'] = (signal, take) =>
    packInThread({ where: needs.where, folder, request }, { signal, take });
  return served({ name: `${folder}.tar.gz`, plan: planOf(chosen.value), run });
}

/** Openings read everything they open: that stands in the record before they are handed out. */
async function noteReadings(
  { write }: PacksNeeds,
  { sessions }: Chosen,
  by: Caller,
): Promise<Served<undefined>> {
  const noted = await Promise.all(
    sessions.map(({ agent, session }) =>
      write({
        kind: 'read',
        agent: ownerOf(agent),
        open: { by: by.id, session, decision: null, pack: true },
      }),
    ),
  );
  return noted.find((each) => !each.ok) ?? served(undefined);
}

function requestOf(
  { agent, sessions, fromAt, untilAt, opened }: PackOrder,
  { chosen, madeAt }: { readonly chosen: Chosen; readonly madeAt: number },
): Parameters<typeof packInThread>[0]['request'] {
  return {
    agent,
    sessions,
    fromAt: fromAt ?? -Infinity,
    untilAt: untilAt === null ? Infinity : untilAt - 1,
    // By their names: what is sealed in the chains of agents is of other people as well.
    open: opened ? chosen.sessions.map(({ session }) => session) : [],
    key: null,
    madeAt,
    indexes: chosen.indexes,
  };
}

function planOf({ sessions, earlier, indexes, sealed }: Chosen): PackPlan {
  const closed = BYTES.rest + indexes.length * BYTES.entry;
  return {
    agents: [...new Set(sessions.map(({ agent }) => agent))].sort(),
    sessions: sessions.length,
    earlier,
    entries: indexes.length,
    sealed,
    bytes: { closed, opened: closed + sealed * BYTES.opening },
  };
}

function folderOf({ agent, sessions }: PackAsked, madeAt: number): string {
  const [only] = sessions.length === 1 ? sessions : [];
  const what = only ?? agent ?? 'sessions';
  const name = what.replace(/[^A-Za-z0-9_.~-]/g, '-').slice(0, 60);
  return `evidence-${name}-${new Date(madeAt).toISOString().slice(0, 10)}`;
}
