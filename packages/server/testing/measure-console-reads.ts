import type { AgentStatus } from '../src/guard/agent-status.ts';
import { attentionOf } from '../src/services/fleet/attention.ts';
import type { FleetReading } from '../src/services/fleet/fleet-reading.ts';
import { overviewOf } from '../src/services/fleet/overview.ts';
import { search } from '../src/services/search/search.ts';
import { openModelsWorker } from '../src/store/embedded/models-worker.ts';
import type { Models } from '../src/store/models.ts';
import { fakeApi } from './fake-api.ts';
import { inFolder } from './folder.ts';
import { decidedOpen, findingOf, makeEntry, openedOpen, outcomeOpen } from './log-entries.ts';

// How long the console's reads take: `measure-console-reads.ts [<entries>] [<agents>]`. The read
// models are the real ones on their own thread, folded from entries made here; the guard and the
// other services answer at once, so that what is measured is reading, and not HTTP.
const [entries = '1000000', agents = '500'] = process.argv.slice(2);

const COUNT = Number(entries);
const AGENTS = Number(agents);
const BATCH = 1_024;
const STEP_MS = 40;
const ROUNDS = 200;
// Of one session: it is opened, then come a message, a decision and an outcome again and again.
const OF_A_SESSION = 400;
const NOW = 1_800_000_000_000;
const KINDS = ['message', 'decided', 'outcome'] as const;

const agentOf = (index: number): string => `agent-${Math.floor(index / OF_A_SESSION) % AGENTS}`;
const sessionOf = (index: number): string => `ses_${Math.floor(index / OF_A_SESSION)}`;

function entryAt(index: number): Uint8Array {
  const place = index % OF_A_SESSION;
  const at = NOW - (COUNT - index) * STEP_MS;
  const chain = { agent: agentOf(index), session: sessionOf(index), at };
  if (place === 0) return makeEntry('session_opened', { ...chain, open: openedOpen({}) });
  const kind = KINDS[place % KINDS.length] ?? 'message';
  const turn = Math.floor(index / KINDS.length);
  const decision = `dec_${turn}`;
  const isRefused = turn % 20 === 0;
  const findings = isRefused ? [findingOf(`rule-${turn % 40}`)] : [];
  const verdict = isRefused ? 'deny' : 'allow';
  const tool = `tool-${turn % 25}`;
  const open = decidedOpen({ decision, tool, verdict, findings });
  if (kind === 'decided') return makeEntry(kind, { ...chain, open });
  if (kind === 'outcome') return makeEntry(kind, { ...chain, open: outcomeOpen({ decision }) });
  return makeEntry(kind, { ...chain, open: { from: 'untrusted' } });
}

async function fill(models: Models): Promise<number> {
  const startedAt = performance.now();
  for (let from = 0; from < COUNT; from += BATCH) {
    const length = Math.min(BATCH, COUNT - from);
    await models.fold(
      from,
      Array.from({ length }, (_, offset) => entryAt(from + offset)),
    );
  }
  return performance.now() - startedAt;
}

function statuses(): readonly AgentStatus[] {
  return Array.from({ length: AGENTS }, (_, each) => ({
    agent: `agent-${each}`,
    pact: `sha256:${'a'.repeat(64)}`,
    shadow: null,
    epoch: 1,
    halts: [],
    openSessions: 3,
    inFlight: 1,
    waiting: 0,
    reviews: 0,
    alerts: 0,
    autonomy: 2,
    leases: ['gateway'],
  }));
}

async function measure(name: string, read: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    await read();
    times.push(performance.now() - startedAt);
  }
  times.sort((one, other) => one - other);
  const shown = (part: number): string =>
    (times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0).toFixed(1);
  process.stdout.write(`| ${name} | ${shown(0.5)} | ${shown(0.99)} |\n`);
}

await inFolder(async (folder) => {
  const models = await openModelsWorker({ file: `${folder}/models.db` });
  const tookMs = await fill(models);
  const perSecond = Math.round(COUNT / (tookMs / 1_000));
  process.stdout.write(`${COUNT} entries of ${AGENTS} agents, folded ${perSecond} a second\n\n`);
  process.stdout.write('| read | p50 ms | p99 ms |\n| --- | --- | --- |\n');
  const { api } = fakeApi();
  const reading: FleetReading = {
    guard: { ...api.guard, agents: statuses },
    models,
    services: api.services,
    clock: () => NOW,
  };
  const isAgent = (word: string): boolean => word.startsWith('agent-');
  const find = (q: string) => () => search({ models, isAgent }, { q, agents: null, limit: 100 });
  await measure('overview', () => overviewOf(reading, null));
  await measure('attention', () => attentionOf(reading, null));
  await measure('search: nothing said', find(''));
  await measure('search: an agent', find('agent-77'));
  await measure('search: refusals of an agent', find('agent-77 deny'));
  await measure('search: refusals of a tool', find('tool:tool-3 deny'));
  await measure('search: a rule', find('rule-20'));
  await measure('search: a rule of an agent', find('rule-20 agent-77'));
  await measure('search: the beginning of a tool', find('tool-1'));
  await measure('search: a kind of an agent', find('message agent-77'));
  await measure('search: a kind nobody wrote', find('fleet_halted'));
  await measure('search: a decision', find('dec_200000'));
  await measure('a page of a session', () =>
    models.events({
      agent: agentOf(COUNT / 2),
      session: sessionOf(COUNT / 2),
      after: -1,
      limit: 200,
    }),
  );
  await measure('a page deep in the log', () =>
    models.events({ before: Math.floor(COUNT / 3), limit: 1_000 }),
  );
  await models.close();
});
