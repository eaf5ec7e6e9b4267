import { noAgent } from '../../guard/refusal.ts';
import type { Guard } from '../../guard/guard.ts';
import type { Models } from '../../store/models.ts';
import { compileSources } from '../pact-sources.ts';
import { openEntry, readEntry, type Reading } from '../read-entry.ts';
import { refused, served } from '../served.ts';
import type { WriteEntry } from '../write-entry.ts';
import { runTrial, type TrialBatch } from './run-trial.ts';
import type { TrialEntry } from './trial-messages.ts';
import type { StartedTrial, TrialAsked, TriedRecord, Trials } from './trials.ts';

/** What trials read and open with. */
export type TrialsNeeds = Reading & {
  readonly guard: Pick<Guard, 'status'>;
  readonly models: Pick<Models, 'events'>;
  readonly write: WriteEntry;
  readonly caughtUp: () => Promise<void>;
};

/** What a trial may take at most. */
export type TrialBounds = { readonly entries: number; readonly atOnce: number };

const BOUNDS: TrialBounds = { entries: 200_000, atOnce: 2 };
const PAGE = 200;

/** Returns the service that tries candidate pacts on what was recorded. */
export function makeTrials(needs: TrialsNeeds, bounds: TrialBounds = BOUNDS): Trials {
  let running = 0;
  return {
    start: async (asked, by) => {
      const { agent } = asked;
      if (needs.guard.status(agent) === undefined) return refused('unknown-agent', noAgent(agent));
      const compiled = compileSources(asked);
      if (!compiled.ok) return compiled;
      if (running >= bounds.atOnce) {
        return refused('overloaded', `${running} trials run already: try again when one is over`);
      }
      running += 1;
      // What a candidate says of sealed arguments tells something of them: that is a reading.
      const open = { by: by.id, session: null, decision: null };
      const written = await needs.write({ kind: 'read', agent, open });
      if (!written.ok) {
        running -= 1;
        return written;
      }
      const candidate = compiled.value.digest;
      const run: StartedTrial['run'] = async (signal, told) => {
        try {
          return await play({ needs, bounds, asked, candidate }, signal, told);
        } finally {
          running -= 1;
        }
      };
      return served({ run });
    },
  };
}

type Play = {
  readonly needs: TrialsNeeds;
  readonly bounds: TrialBounds;
  readonly asked: TrialAsked;
  readonly candidate: string;
};

async function play(
  { needs, bounds, asked, candidate }: Play,
  signal: AbortSignal,
  told: (read: number) => void,
): Promise<TriedRecord | null> {
  await needs.caughtUp();
  const { agent, entry, files, fromAt, untilAt } = asked;
  const job = { entry, files, fromAt: fromAt ?? -Infinity, untilAt: untilAt ?? Infinity };
  const state = { read: 0, isWhole: true };
  const batches = batchesOf(needs, { agent, most: bounds.entries, state });
  const trial = await runTrial(job, batches, { signal, told });
  if (trial === null) return null;
  return { candidate, entries: state.read, isWhole: state.isWhole, ...trial };
}

type Read = {
  readonly agent: string;
  readonly most: number;
  readonly state: { read: number; isWhole: boolean };
};

/** Every entry of an agent, oldest first, a page at a time: others are served between two pages. */
async function* batchesOf(
  needs: TrialsNeeds,
  { agent, most, state }: Read,
): AsyncGenerator<TrialBatch> {
  for (let after = -1; ;) {
    const { rows } = await needs.models.events({ agent, after, limit: PAGE });
    const last = rows.at(-1);
    if (last === undefined) return;
    if (state.read + rows.length > most) {
      state.isWhole = false;
      return;
    }
    const entries: TrialEntry[] = [];
    for (const { index } of rows) {
      const entry = await readEntry(needs.sequencer, index);
      if (entry === undefined) continue;
      const opened = await openEntry(needs, entry);
      entries.push({ index, entry, secret: opened.state === 'opened' ? opened.secret : null });
    }
    state.read += rows.length;
    after = last.index;
    yield { entries, read: state.read };
  }
}
