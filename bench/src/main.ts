import { join } from 'node:path';

import { benchLength } from './length.bench.ts';
import { benchMemory } from './memory.bench.ts';
import { type Example, pactOf, readExample } from './pacts.ts';
import { renderPage, type Results } from './page.ts';
import { benchPeers } from './peers.bench.ts';
import { readSessions } from './recording.ts';
import { benchReplay } from './replay.bench.ts';
import { measureServer } from './server/measure-server.ts';
import { benchTurn } from './turn.bench.ts';
import { writeNumbers } from './write-numbers.ts';

const root = join(import.meta.dirname, '..', '..');
const examples = join(root, 'examples', 'agentdojo');

const RULES = [1, 10, 100, 200, 1_000];
const PEER_RULES = [1, 10, 100, 200, 1_000];
const OPEN_SESSIONS = [1_000, 10_000];
const LENGTHS = [10, 100, 1_000, 10_000];

async function measure(path: string): Promise<Results> {
  const manifest = join(examples, 'manifest.yaml');
  const read = (agent: string): Example => readExample(join(examples, 'pacts'), agent);
  const all = ['banking', 'slack', 'travel', 'workspace'].map(read);
  const sessions = await readSessions(path, manifest);
  const pacts = new Map(all.map((example) => [example.agent, pactOf(example, 200)]));
  const each = <T, R>(values: readonly T[], name: string, run: (value: T) => R): readonly R[] =>
    values.map((value) => {
      process.stderr.write(`${name} ${String(value)}\n`);
      return run(value);
    });
  return {
    sessions: sessions.length,
    actions: sessions.reduce((sum, { turns }) => sum + turns.length, 0),
    turns: each(RULES, 'the turn, rules', (rules) => benchTurn(sessions, all, rules)),
    peers: each(PEER_RULES, 'peers, rules', (rules) => benchPeers(sessions, all, rules)).flat(),
    memory: each(OPEN_SESSIONS, 'memory, sessions', (count) => benchMemory(sessions, pacts, count)),
    lengths: each(LENGTHS, 'session length, actions', (length) => benchLength(pacts, length)),
    replay: await benchReplay(path, manifest, pacts),
  };
}

async function measureKernel(): Promise<void> {
  const path = args.find((arg) => !arg.startsWith('--')) ?? join(examples, 'runs', 'sample.jsonl');
  const measured = renderPage(await measure(path));
  process.stdout.write(`${measured}\n`);
  if (args.includes('--write')) writeNumbers('Numbers', measured);
}

const args = process.argv.slice(2);
if (args.includes('--server')) await measureServer(args);
else await measureKernel();
