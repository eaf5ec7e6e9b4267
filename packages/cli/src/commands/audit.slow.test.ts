import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { armGateway, ownDaemon } from '../own-daemon.test.ts';
import { plumbWith, type Said } from '../run-plumb.test.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plumb-audit-')));
const environment = ownDaemon(folder, {});

const PACT = `
pact: plumbline/v1
agent: desk
purpose: Answer questions about orders.
owner: desk@example.com
autonomy: 2
tools:
  orders.get: { effect: read, category: orders }
allow:
  - { id: look, tool: orders.get }
  - { id: say, output: any }
`;

function plumb(...argv: readonly string[]): Promise<Said> {
  return plumbWith(environment, ...argv);
}

async function told(...argv: readonly string[]): Promise<string> {
  const { exit, out, err } = await plumb(...argv);
  assert.equal(exit, 0, `${argv.join(' ')}: ${out}${err}`);
  return out.trim();
}

describe('audits with a daemon', () => {
  let base: readonly string[] = [];

  let origin = '';
  let key = '';

  async function acting(session: string, action: object): Promise<void> {
    const { ok } = await fetch(`${origin}/api/v1/agents/desk/actions/decide`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ session, ...action }),
    });
    assert.ok(ok);
  }

  /** Asks as a person with a key of their own: the socket is nobody. */
  const me = (...argv: readonly string[]): Promise<Said> => plumb('audit', ...argv, ...base);

  async function serve(resolved: 'yes' | 'no'): Promise<void> {
    const session = await told('session', 'open', 'desk', '--principal', 'ada@example.com');
    const when = resolved === 'yes' ? 'Monday' : 'Tuesday';
    const args = { text: `It was shipped. It arrives on ${when}.` };
    await acting(session, { request: 'r1', tool: 'output.answer', args });
    await told('session', 'report', 'desk', session, '--resolved', resolved);
    await told('session', 'close', 'desk', session);
  }

  before(async () => {
    const armed = await armGateway(environment, { folder, agent: 'desk', pact: PACT });
    ({ key } = armed);
    ({ origin } = new URL(armed.url));
    const person = ['--name', 'ines', '--email', 'ines@example.com', '--role', 'approver'];
    const file = join(folder, 'ines.key');
    writeFileSync(file, await told('key', 'add', '--kind', 'person', ...person));
    base = ['--url', origin, '--key-file', file];
  });

  after(async () => {
    await plumb('down');
    rmSync(folder, { recursive: true, force: true });
  });

  test('audits: drawn, judged by another person, and checked from the files alone', async () => {
    verifies('human.audit-sample');
    assert.match((await plumb('audit', 'draw', 'desk')).err, /begin an audit first/);
    await told('audit', 'begin', 'desk');
    await serve('yes');
    await serve('no');
    assert.match(await told('audit', 'draw', 'desk'), /drew 2 of 2 sessions/);
    const queue = JSON.parse((await me('queue', '--json')).out);
    const items: readonly string[] = queue.rows.map(({ item }: { item: string }) => item);
    const [first = '', second = ''] = items;
    const shown = await me('show', first);
    assert.match(shown.out, / {2}c2 {2}It arrives on \w+day\./);
    assert.doesNotMatch(shown.out, /resolved: |ses_/);
    assert.match((await plumb('audit', 'show', first)).err, /a person's own key/);
    const all = ['--claim', 'c1=right', '--claim'];
    const missing = await me('judge', first, '--resolved', 'no', '--claim', 'c1=right');
    assert.match(missing.err, /every claim is judged; missing: c2/);
    const wrong = ['--resolved', 'no', ...all, 'c2=wrong:the carrier says Friday'];
    assert.equal((await me('judge', first, ...wrong)).exit, 0);
    assert.match((await me('figures', 'desk')).err, /1 of 2 drawn sessions .* wait/);
    // A restart knows what was drawn and judged from the ledger alone.
    await told('down');
    const again = await told('up', '--detach', '--json');
    base = ['--url', /"url":"([^"]+)"/.exec(again)?.[1] ?? '', ...base.slice(2)];
    const status = JSON.parse(await told('audit', 'list', 'desk', '--json'));
    const states = status.rows.map(({ state, judged }: { state: string; judged: number }) => {
      return [state, judged];
    });
    assert.deepEqual(states, [
      ['running', 0],
      ['drawn', 1],
    ]);
    assert.equal((await me('judge', second, '--resolved', 'yes', ...all, 'c2=right')).exit, 0);
    assert.match(await told('audit', 'figures', 'desk'), /the agent reports success in 50\.0 %/);
    assert.match(await told('cases', 'desk'), /wrong-arguments by .* \(audit\)/);
    await told('down');
    assert.match(await told('audit', 'check'), /drawn as committed/);
  });
});
