import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { fixtures, plumbIn, plumbJson as json } from '../run-plumb.test.ts';

const pacts = join(fixtures, 'pacts');
const folder = mkdtempSync(join(tmpdir(), 'plumb-replay-threads-'));
after(() => rmSync(folder, { recursive: true }));

const plumb = plumbIn(folder);

test('replay: several threads give the same report, and the earliest fault', async () => {
  const files = ['agentdojo', 'openai-chat', 'openai-responses', 'otel'];
  const paths = files.map((name) => join(fixtures, `${name}.jsonl`));
  const timeless = (answer: Record<string, unknown>): string =>
    JSON.stringify(answer, (key, value: unknown) => (key.endsWith('Ms') ? 0 : value));
  const one = await json('replay', ...paths, '--pacts', pacts);
  const two = await json('replay', ...paths, '--pacts', pacts, '--jobs', '2');
  assert.equal(timeless(two), timeless(one));
  const path = join(folder, 'faults.jsonl');
  const [line = ''] = readFileSync(join(fixtures, 'agentdojo.jsonl'), 'utf8').split('\n');
  writeFileSync(path, `${`${line}\n`.repeat(3)}{\n${line}\n${line.slice(0, 50)}`);
  const said = await plumb('replay', path, '--pacts', pacts, '--jobs', '2');
  assert.equal(said.exit, 2);
  assert.match(said.err, /^plumb: TMP\/faults\.jsonl:4: not JSON/);
});
