import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { loadConfig } from '../src/config/load-config.ts';
import { openContext, openStores, resume } from '../src/context.ts';
import { prepareFolder } from '../src/daemon/places.ts';
import type { Guard, Outcome } from '../src/guard/guard.ts';
import { LOCAL } from '../src/routes/gate/authenticate.ts';

// Makes a data directory that a daemon starts from: `fill-log.ts <folder> [<entries>] [<agents>]`.
// Every entry is a real one, decided on by the guard and written by the log's one writer, sealed
// parts and all; what is left out is HTTP, and that each agent waits for its disk: many at a time.
const [folder = '', entries = '1000000', agents = '500'] = process.argv.slice(2);

const COUNT = Number(entries);
const AGENTS = Number(agents);
const WRITERS = 64;
const TURNS_OF_A_SESSION = 130;
const TOOLS = 25;
const SAY_EVERY_MS = 10_000;

const agentName = (index: number): string => `agent-${index}`;

function pactText(agent: string): string {
  const tools = Array.from({ length: TOOLS }, (_, each) => {
    const effect = each % 3 === 0 ? 'write' : 'read';
    return `  desk.tool_${each}: { effect: ${effect}, category: desk, reversible: no }`;
  });
  return [
    'pact: plumbline/v1',
    `agent: ${agent}`,
    'purpose: Keep the papers of the desk in order.',
    'owner: desk@example.com',
    'autonomy: 2',
    'tools:',
    ...tools,
    'allow:',
    '  - { id: work, tool: "desk.*" }',
    'exclude:',
    '  - { id: no-great-sums, tool: "desk.*", when: args.sum > 1000 }',
    '',
  ].join('\n');
}

function given<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
}

/** One agent lives through a session: what was asked, the decision, the outcome, again and again. */
async function liveThrough(guard: Guard, agent: string, isDone: () => boolean): Promise<void> {
  const principal = `customer-${agent}@example.com`;
  const rest = { task: null, room: null, attributes: {}, name: null, subject: null };
  const opening = { agent, principal, ...rest, openedBy: 'local' };
  const { session } = given(await guard.openSession(opening));
  for (let turn = 0; turn < TURNS_OF_A_SESSION; turn += 1) {
    if (isDone()) return;
    const text = `please see to paper ${turn} of the heap, and tell me when it is done`;
    given(await guard.message({ agent, session, from: 'principal', text }));
    const action = { agent, session, request: `r${turn}`, tool: `desk.tool_${turn % TOOLS}` };
    const args = { paper: `p-${turn}`, sum: turn % 20 === 0 ? 5_000 : turn };
    const { permit, decision } = given(await guard.decide({ ...action, args }));
    if (permit === null) continue;
    given(guard.redeem({ agent, token: permit.token }));
    const report = { agent, session, decision, status: 'ok', result: { is: 'filed' } } as const;
    given(await guard.outcome({ ...report, records: 1 }));
  }
  given(await guard.closeSession({ agent, session }));
}

const config = loadConfig(process.env, {
  settings: new Map([
    ['data', join(folder, 'd')],
    ['rootKey', join(folder, 'root.key')],
    ['disk.warnBytes', '0'],
    ['disk.refuseBytes', '0'],
  ]),
});
const failed = (cause: unknown): void => void process.stderr.write(`${String(cause)}\n`);
const surroundings = {
  credentials: null,
  clock: Date.now,
  monotonicMs: () => performance.now(),
  failed,
};
const places = prepareFolder(config.data);
const stores = await openStores(config, places, surroundings);
const context = await openContext(config, { stores, places, surroundings });
await resume(context);
const { guard } = context.guard;

for (let each = 0; each < AGENTS; each += 1) {
  const agent = agentName(each);
  if (guard.status(agent) !== undefined) continue;
  given(await guard.addAgent(agent, LOCAL.id));
  const proposal = { agent, entry: 'a.pact.yaml', files: { 'a.pact.yaml': pactText(agent) } };
  const why = { mode: 'publish', reason: 'the pact of the desk', signatures: [] } as const;
  const proposed = await context.services.pacts.propose({ ...proposal, ...why }, LOCAL);
  if (!proposed.ok) throw new Error(proposed.error.message);
}

const startedAt = performance.now();
const startedFrom = context.log.status().nextIndex;
const size = (): number => context.log.status().nextIndex;
const isDone = (): boolean => size() >= COUNT;
const publishing = setInterval(() => void context.log.publish().catch(failed), 1_000);
const saying = setInterval(() => {
  const perSecond = Math.round(((size() - startedFrom) * 1_000) / (performance.now() - startedAt));
  process.stderr.write(
    `${size()} entries, ${perSecond} a second, the read models are ${context.follower.lag()} behind\n`,
  );
}, SAY_EVERY_MS);
let next = 0;
await Promise.all(
  Array.from({ length: WRITERS }, async () => {
    while (!isDone()) {
      next += 1;
      await liveThrough(guard, agentName(next % AGENTS), isDone);
    }
  }),
);
clearInterval(saying);
clearInterval(publishing);
while (context.follower.lag() > 0) {
  await context.follower.caughtUp();
  await sleep(100);
}
await guard.close();
await context.follower.stop();
await context.log.publish();
await context.log.close();
await context.models.close();
await context.vault.close();
process.stdout.write(`${folder}/d: ${size()} entries of ${AGENTS} agents\n`);
process.exit(0);
