import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { judgePage, WIDTHS } from './harness/judge.ts';
import { takePicture } from './harness/picture.ts';
import { agentLink, onPage, ownDaemon, sharedDaemon, skip } from './harness/world.ts';

describe('fleet', { skip }, () => {
  test('fleet: an empty fleet teaches how the first agent comes', async () => {
    await onPage(await ownDaemon(), { path: '/' }, async (page) => {
      await page.getByText('No agents yet').waitFor();
      await page.getByText('plumb agent add support-agent').waitFor();
      await judgePage(page);
    });
  });

  for (const theme of ['light', 'dark'] as const) {
    test(`fleet: every agent stands there at every width, ${theme}`, async () => {
      verifies('fleet.inventory');
      await onPage(await sharedDaemon(), { path: '/', theme }, async (page) => {
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 800 });
          for (const agent of ['banking', 'slack', 'travel', 'workspace']) {
            await agentLink(page, agent).waitFor();
          }
          await judgePage(page);
          if (width === 1280) await takePicture(page, `fleet-${theme}`);
        }
      });
    });
  }

  test('fleet: an agent that is added appears by itself', async () => {
    const daemon = await sharedDaemon();
    await onPage(daemon, { path: '/' }, async (page) => {
      await agentLink(page, 'banking').waitFor();
      await daemon.ask('POST', '/api/v1/agents', { agent: 'added-while-looking' });
      await agentLink(page, 'added-while-looking').waitFor();
    });
  });

  test('fleet: filter, order and state live in the address', async () => {
    await onPage(await sharedDaemon(), { path: '/?q=ban&sort=-agent' }, async (page) => {
      await page.getByText('1 of').waitFor();
      assert.equal(await page.getByRole('searchbox').inputValue(), 'ban');
      await page.getByRole('searchbox').fill('tra');
      await agentLink(page, 'travel').waitFor();
      await page.waitForURL(/\?q=tra&sort=-agent$/);
    });
  });

  test('fleet: arrows go from row to row, and Enter follows one', async () => {
    await onPage(await sharedDaemon(), { path: '/?sort=agent' }, async (page) => {
      await agentLink(page, 'banking').waitFor();
      await page.locator('tr[data-row="0"]').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('End');
      // Other tests add agents: whichever is the last is followed.
      const last = await page.locator('tr:focus a').first().innerText();
      assert.ok(last >= 'workspace', last);
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/console/agents/${last}`);
    });
  });

  test('fleet: all that matches is exported as CSV and JSON', async () => {
    await onPage(await sharedDaemon(), { path: '/?q=banking' }, async (page) => {
      await page.getByText('1 of').waitFor();
      for (const [item, first] of [
        ['CSV, all that match', '\ufeffagent,state,'],
        ['JSON, all that match', '[\n  {\n    "agent": "banking"'],
      ] as const) {
        await page.getByRole('button', { name: 'Export' }).click();
        const saving = page.waitForEvent('download');
        await page.getByRole('menuitem', { name: item }).click();
        const saved = await readFile(await (await saving).path(), 'utf8');
        assert.equal(saved.slice(0, first.length), first);
        assert.match(
          (await saving).suggestedFilename(),
          /^plumbline-agents-\d{4}-\d{2}-\d{2}\.(csv|json)$/,
        );
      }
    });
  });

  test('fleet: it is asked once for all rows', async () => {
    await onPage(await sharedDaemon(), { path: '/' }, async (page) => {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await page.reload();
      await agentLink(page, 'banking').waitFor();
      const apis = new Set(asked.filter((path) => path.startsWith('/api/')));
      assert.deepEqual([...apis].sort(), ['/api/v1/overview', '/api/v1/search', '/api/v1/stream']);
    });
  });
});
