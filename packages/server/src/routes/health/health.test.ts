import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type OpenFake, openFake } from '../../../testing/open-fake.ts';
import { fakeApi } from '../../../testing/fake-api.ts';
import { createLogger, createRequestLog } from '../request-log.ts';

async function withFake(
  options: Parameters<typeof openFake>[0],
  run: (fake: OpenFake) => Promise<void>,
): Promise<void> {
  const fake = await openFake(options);
  try {
    await run(fake);
  } finally {
    await fake.close();
  }
}

const ACTION = {
  session: 's1',
  request: 'r1',
  tool: 't',
  args: { iban: 'DE02120300000000202051' },
};
const DECIDE = '/api/v1/agents/refunds/actions/decide';

test('health: what is down is named, and nobody is let wait for nothing', async () => {
  const { api } = fakeApi();
  const down = ['ledger: the disk is full'];
  const health = { ...api.services.health, readiness: () => ({ isReady: false, down }) };
  await withFake({ services: { health } }, async (fake) => {
    assert.equal((await fake.ask({ path: '/healthz' })).status, 200);
    const { status, json } = await fake.ask({ path: '/readyz' });
    assert.deepEqual([status, json['detail']], [503, 'down: ledger: the disk is full']);
  });
});

test('metrics: decisions, requests, refusals and the state of the log are counted', async () => {
  await withFake({}, async (fake) => {
    const auth = fake.key({ kind: 'agent', agents: ['refunds'] });
    await fake.ask({ method: 'POST', path: DECIDE, auth, body: ACTION });
    await fake.ask({ method: 'POST', path: DECIDE, auth: 'Bearer no', body: ACTION });
    const meter = fake.key({ kind: 'service', scopes: ['measure'] });
    const { text, headers } = await fake.ask({ path: '/metrics', auth: meter });
    assert.match(headers['content-type'] ?? '', /^text\/plain/);
    const lines = [
      'plumbline_decisions_total{verdict="allow"} 1',
      'plumbline_decision_seconds_count 1',
      'plumbline_requests_total{operation="decideAction",status="200"} 1',
      'plumbline_requests_total{operation="decideAction",status="401"} 1',
      'plumbline_refused_requests_total{code="bad-key"} 1',
      'plumbline_ready 1',
      'plumbline_log_entries 12',
      'plumbline_durable_lag_entries 2',
      'plumbline_published_lag_entries 2',
      'plumbline_checkpoint_age_seconds 2',
      'plumbline_sessions 4',
      'plumbline_in_flight 2',
      'plumbline_disk_free_bytes 123456',
    ];
    for (const line of lines) assert.ok(text.split('\n').includes(line), `${line}\n${text}`);
  });
});

test('log lines: they hold no key, no argument and nothing a caller said', async () => {
  const written: string[] = [];
  const logger = createLogger({ write: (line: string) => written.push(line) }, 'trace');
  const log = createRequestLog(logger);
  const { api } = fakeApi();
  const decide = () => Promise.reject(new Error('cannot pay DE02120300000000202051'));
  await withFake({ guard: { ...api.guard, decide } }, async (fake) => {
    const auth = fake.key({ kind: 'agent', agents: ['refunds'] });
    await fake.ask({ method: 'POST', path: DECIDE, auth, body: ACTION });
    await fake.ask({ method: 'POST', path: `${DECIDE}?token=geheim`, auth, body: ACTION });
    await fake.ask({ path: '/api/v1/agents/geheim', auth });
    for (const line of fake.lines) log.answered(line);
    for (const bug of fake.bugs) log.failed('decideAction', bug);
    const token = auth.replace('Bearer ', '');
    logger.info({ headers: { authorization: auth } }, `somebody sent ${token}`);
    logger.info({ call: { args: ACTION.args }, token, principal: 'ada@example.com' });
    const text = written.join('');
    assert.equal(written.length, fake.lines.length + fake.bugs.length + 2);
    assert.ok(fake.bugs.length > 0);
    for (const secret of [token.slice(21), 'DE02', 'geheim', 'ada@example.com']) {
      assert.equal(text.includes(secret), false, `${secret} is in ${text}`);
    }
    assert.match(text, /"operation":"decideAction","status":500,"code":"internal"/);
    assert.match(text, /"stack":"\s+at /);
  });
});
