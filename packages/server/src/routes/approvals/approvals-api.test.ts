import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { type OpenFake, openFake } from '../../../testing/open-fake.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('the pages of links', () => {
  let fake: OpenFake;
  before(async () => {
    fake = await openFake();
  });
  after(() => fake.close());

  const post = (raw: string, headers: Readonly<Record<string, string>> = FORM) =>
    fake.ask({ method: 'POST', path: '/approve/a.b', raw: Buffer.from(raw), headers });

  test('links: the page is for nobody to keep, frame or run anything in', async () => {
    verifies('human.approvals');
    const { status, headers, text } = await fake.ask({ path: '/approve/a.b' });
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['referrer-policy'], 'same-origin');
    const policy = headers['content-security-policy'] ?? '';
    assert.match(
      String(policy),
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/,
    );
    assert.ok(!text.includes('<script'));
  });

  test('links: looking at a page votes nothing', async () => {
    const known = fake.calls.length;
    await fake.ask({ path: '/approve/a.b' });
    await fake.ask({ method: 'HEAD', path: '/approve/a.b' });
    assert.deepEqual(fake.calls.slice(known), ['approvals.viewLink', 'approvals.viewLink']);
  });

  test('links: the form votes, with a reason and nothing else', async () => {
    assert.equal((await post('outcome=approve&reason=it+is+right')).status, 200);
    assert.equal((await post('outcome=approve&reason=')).status, 400);
    assert.equal((await post('outcome=allow&reason=x')).status, 400);
    assert.equal((await post('outcome=approve&outcome=deny&reason=x')).status, 400);
    assert.equal((await post('outcome=approve&reason=x&as=omar')).status, 400);
    const json = JSON.stringify({ outcome: 'approve', reason: 'x' });
    assert.equal((await post(json, { 'content-type': 'application/json' })).status, 415);
    const abroad = { ...FORM, origin: 'https://evil.example' };
    assert.equal((await post('outcome=approve&reason=x', abroad)).status, 403);
  });
});
