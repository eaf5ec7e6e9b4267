import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';

import { PAGES } from '../src/app/page-list.ts';
import { onPage, ownDaemon, sharedDaemon, skip } from './harness/world.ts';

describe('policy', { skip }, () => {
  test('policy: only what the daemon serves may run, load or be asked', async () => {
    const daemon = await sharedDaemon();
    await onPage(daemon, { path: '/', person: null }, async (page) => {
      const { headers } = await fetch(`${daemon.url}/console/`);
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'/);
      assert.match(policy, /require-trusted-types-for 'script'/);
      assert.doesNotMatch(policy, /unsafe|\*|https?:/);
      await page.getByRole('heading').first().waitFor();
    });
  });

  test('policy: no page holds a key, and no script can read the session', async () => {
    const daemon = await sharedDaemon();
    await onPage(daemon, { path: '/' }, async (page) => {
      const plain = PAGES.map(({ path }) => path.replace(/\/:tab\?$/, ''));
      for (const path of plain.filter((each) => !each.includes(':'))) {
        await page.goto(`${daemon.url}/console${path}`);
        await page.locator('main h1').waitFor();
        const seen = await page.evaluate(() => [
          document.cookie,
          JSON.stringify(Object.entries(localStorage)),
          JSON.stringify(Object.entries(sessionStorage)),
          document.documentElement.outerHTML,
        ]);
        assert.equal(seen[0], '');
        assert.ok(!seen.join(' ').includes(daemon.adminKey), path);
        assert.doesNotMatch(seen.join(' '), /plk_[0-9a-f]{16}_/, path);
      }
      assert.doesNotMatch(page.url(), /link=|plk_/);
    });
  });

  test('policy: another page in the same browser halts nothing and shows nothing', async () => {
    const daemon = await ownDaemon();
    await daemon.ask('POST', '/api/v1/agents', { agent: 'wanted' });
    const attacker = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(attackOn(daemon.url));
    });
    await new Promise<void>((resolve) => void attacker.listen(0, '127.0.0.1', resolve));
    // A server that listens on a port has such an address.
    const { port } = attacker.address() as AddressInfo;
    try {
      await onPage(daemon, { path: '/' }, async (page) => {
        const other = await page.context().newPage();
        await other.goto(`http://127.0.0.1:${port}/`);
        await other.locator('#done').waitFor();
        assert.equal(await other.locator('#done').textContent(), 'read nothing');
        const framed = other.frameLocator('iframe');
        assert.equal(await framed.locator('main').count(), 0);
        const agent = await daemon.ask('GET', '/api/v1/agents/wanted');
        assert.deepEqual(Reflect.get(Object(agent), 'halts'), []);
      });
    } finally {
      attacker.close();
    }
  });
});

// A page of the same host on another port: same site, so even a strict cookie goes with it.
function attackOn(url: string): string {
  const halt = `${url}/api/v1/agents/wanted/halt`;
  return `<!doctype html><iframe src="${url}/console/"></iframe>
<form id="form" method="post" enctype="text/plain" action="${halt}" target="sink">
<input name='{"scope":"agent","reason":"' value='"}'></form><iframe name="sink"></iframe>
<script type="module">
const said = [];
const body = JSON.stringify({ scope: 'agent', reason: 'because' });
const tries = [
  { method: 'POST', mode: 'no-cors', credentials: 'include', body },
  { method: 'POST', credentials: 'include', body,
    headers: { 'content-type': 'application/json', 'x-plumbline-console': '1' } },
];
for (const each of tries) await fetch(${JSON.stringify(halt)}, each).catch(() => null);
document.getElementById('form').submit();
for (const path of ['/api/v1/agents', '/console/session', '/api/v1/stream']) {
  const answer = await fetch(${JSON.stringify(url)} + path, { credentials: 'include' })
    .then((one) => one.text()).catch(() => '');
  if (answer !== '') said.push(path);
}
await new Promise((resolve) => setTimeout(resolve, 500));
const done = document.createElement('p');
done.id = 'done';
done.textContent = said.length === 0 ? 'read nothing' : 'read ' + said.join(' ');
document.body.append(done);
</script>`;
}
