/**
 * Draws the sample of recorded runs that ships with the AgentDojo example.
 *
 * node --conditions=plumbline-source tools/experiments/draw-sample.ts RUNS.jsonl.gz OUT.jsonl
 *
 * Runs are sorted by a hash of the seed and their name, then taken in turn from twelve groups
 * (four suites × honest, attack that succeeded, attack that did not) until the bytes are used up.
 * Runs of more than 8,000 bytes are left out, so that the sample holds more of them.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const seed = 'plumbline sample 1';
const maxBytes = 400_000;
const maxRunBytes = 8000;
const nameFields = ['suite', 'model', 'user_task', 'attack', 'injection_task'];

type Drawn = { readonly line: string; readonly group: string; readonly rank: string };

/** Returns the run of a line, or null where the line is no honest or attacked run. */
function drawn(line: string): Drawn | null {
  const run: unknown = JSON.parse(line);
  if (typeof run !== 'object' || run === null) return null;
  const fields = new Map<string, unknown>(Object.entries(run));
  const kind = fields.get('kind');
  if (kind !== 'benign' && kind !== 'attack') return null;
  const outcome = fields.get('replayable_attack') === true ? 'succeeded' : 'failed';
  const group = `${String(fields.get('suite'))} ${kind} ${kind === 'attack' ? outcome : ''}`;
  const name = nameFields.map((field) => String(fields.get(field))).join(' ');
  return { line, group, rank: createHash('sha256').update(`${seed} ${name}`).digest('hex') };
}

function byGroup(runs: readonly Drawn[]): readonly Drawn[][] {
  const groups = Map.groupBy(runs, ({ group }) => group);
  const names = [...groups.keys()].toSorted();
  return names.map((name) =>
    (groups.get(name) ?? []).toSorted((left, right) => (left.rank < right.rank ? -1 : 1)),
  );
}

/** Returns lines taken from the groups in turn, each group in order, as many as fit. */
function take(groups: readonly Drawn[][]): readonly string[] {
  const taken: string[] = [];
  let left = maxBytes;
  for (let turn = 0; groups.some((group) => turn < group.length); turn += 1) {
    for (const run of groups.flatMap((group) => group.slice(turn, turn + 1))) {
      const bytes = Buffer.byteLength(run.line) + 1;
      if (bytes > left) return taken;
      taken.push(run.line);
      left -= bytes;
    }
  }
  return taken;
}

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) throw new Error('usage: draw-sample.ts RUNS.gz OUT');
const lines = gunzipSync(readFileSync(from)).toString('utf8').split('\n');
const runs = lines
  .filter((line) => line !== '' && Buffer.byteLength(line) <= maxRunBytes)
  .map(drawn);
const sample = take(byGroup(runs.filter((run) => run !== null)));
writeFileSync(to, sample.map((line) => `${line}\n`).join(''));
