import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { LENA, openDesk } from './harness/desk.ts';
import { judgePage, WIDTHS } from './harness/judge.ts';
import { takePicture } from './harness/picture.ts';
import { onPage, ownDaemon, skip } from './harness/world.ts';

describe('attention', { skip }, () => {
  test('attention: where nothing waits it says what would', async () => {
    await onPage(await ownDaemon(), { path: '/attention' }, async (page) => {
      await page.getByText('Nothing needs you').waitFor();
      await judgePage(page);
    });
  });

  test('attention: what waits is there at every width, in both themes', async () => {
    const desk = await openDesk();
    await desk.askRefund();
    const halt = { scope: 'tool', target: 'refunds.take', reason: 'counted twice last night' };
    await desk.daemon.ask('POST', '/api/v1/agents/support/halt', halt);
    await onPage(desk.daemon, { path: '/attention', person: LENA }, async (page) => {
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 700 });
          await page.getByRole('link', { name: 'an action waits for approval' }).waitFor();
          await page.getByRole('link', { name: 'the tool is halted' }).waitFor();
          await judgePage(page);
          if (width === 1280) await takePicture(page, `attention-${theme}`);
        }
      }
    });
  });

  test('attention: one press to the events behind it, another to where it is decided', async () => {
    verifies('human.approvals');
    const desk = await openDesk();
    const ask = await desk.askRefund();
    await onPage(desk.daemon, { path: '/attention', person: LENA }, async (page) => {
      await page.getByRole('link', { name: /^Event / }).click();
      await page.getByRole('heading', { name: /^Entry / }).waitFor();
      await page.goBack();
      await page.getByRole('link', { name: 'an action waits for approval' }).click();
      await page.getByRole('heading', { name: 'refunds.pay by support' }).waitFor();
      assert.match(page.url(), new RegExp(`/approvals/${ask}$`));
    });
  });

  test('attention: by kind, in the address, and gone by itself once it is decided', async () => {
    const desk = await openDesk();
    const ask = await desk.askRefund();
    await onPage(desk.daemon, { path: '/attention?kind=approval', person: LENA }, async (page) => {
      const waiting = page.getByRole('link', { name: 'an action waits for approval' });
      await waiting.waitFor();
      const tile = page.getByRole('button', { name: '1 approval' });
      assert.equal(await tile.getAttribute('aria-pressed'), 'true');
      await tile.click();
      assert.match(page.url(), /\/attention$/);
      await desk.vote(LENA, ask, 'deny');
      await page.getByText('Nothing needs you').waitFor();
    });
  });
});
