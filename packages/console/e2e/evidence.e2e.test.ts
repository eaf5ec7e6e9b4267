import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import type { Page } from 'playwright-core';

import { judgePage, WIDTHS } from './harness/judge.ts';
import { takePicture } from './harness/picture.ts';
import { onPage, sharedDaemon, skip } from './harness/world.ts';

async function openFirst(page: Page): Promise<void> {
  await page.locator('tr[data-row="0"] a').click();
  await page.getByRole('heading', { name: /^Entry / }).waitFor();
}

async function statesOf(page: Page): Promise<readonly string[]> {
  await page.getByRole('heading', { name: /^The bytes/ }).waitFor();
  const texts = await page.locator('ol h3').allInnerTexts();
  return texts.map((text) => text.replace('\n', ' '));
}

describe('evidence', { skip }, () => {
  for (const theme of ['light', 'dark'] as const) {
    test(`evidence: the log stands there at every width, ${theme}`, async () => {
      await onPage(await sharedDaemon(), { path: '/evidence', theme }, async (page) => {
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          await page.locator('tr[data-row="0"] a').waitFor();
          await judgePage(page);
          if (width === 1280) await takePicture(page, `evidence-${theme}`);
        }
      });
    });
  }

  test('evidence: filters live in the address and are asked of the daemon', async () => {
    const path = '/evidence?kind=decided&agent=banking';
    await onPage(await sharedDaemon(), { path }, async (page) => {
      await page.getByRole('cell', { name: 'decided', exact: true }).first().waitFor();
      assert.equal(await page.getByRole('cell', { name: 'boot', exact: true }).count(), 0);
      await page.getByLabel('Kind').selectOption('session_opened');
      await page.getByRole('cell', { name: 'session_opened', exact: true }).first().waitFor();
      assert.match(page.url(), /kind=session_opened&agent=banking$/);
      await page.getByLabel('Kind').selectOption('fleet_halted');
      await page.getByText('No entry matches').waitFor();
      await judgePage(page);
    });
  });

  test('evidence: words find entries, and those that say nothing are named', async () => {
    await onPage(await sharedDaemon(), { path: '/evidence' }, async (page) => {
      await page.getByLabel('Search').fill('verdict:deny');
      await page.keyboard.press('Enter');
      await page.getByRole('cell', { name: 'refused', exact: true }).first().waitFor();
      const allowed = page.getByRole('cell', { name: 'allowed', exact: true });
      // Rows of before the search stand there until its answer comes.
      await allowed.first().waitFor({ state: 'detached' });
      await page.getByLabel('Search').fill('colour:green');
      await page.keyboard.press('Enter');
      await page.getByText('Nothing is called “colour:green”').waitFor();
      await judgePage(page);
    });
  });

  test('evidence: an entry is checked by itself, then against what was seen', async () => {
    verifies('evidence.tlog');
    await onPage(await sharedDaemon(), { path: '/evidence?kind=decided' }, async (page) => {
      await openFirst(page);
      assert.deepEqual(await statesOf(page), [
        'The bytes holds',
        'Inclusion holds',
        'Signature first sight',
        'Consistency first sight',
      ]);
      await page.getByText('signed, unanchored').waitFor();
      await judgePage(page);
      await page.getByRole('button', { name: 'Check again' }).click();
      await page.getByText('anchored in this browser').waitFor();
      assert.deepEqual(await statesOf(page), [
        'The bytes holds',
        'Inclusion holds',
        'Signature holds',
        'Consistency holds',
      ]);
      await page.setViewportSize({ width: 1280, height: 1100 });
      await takePicture(page, 'entry-light');
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save the proof' }).click();
      assert.match((await saving).suggestedFilename(), /^entry-[0-9]+\.tlog-proof$/);
    });
  });

  test('evidence: a daemon that answers other bytes is found out', async () => {
    await onPage(await sharedDaemon(), { path: '/evidence/1' }, async (page) => {
      await page.getByText('signed, unanchored').waitFor();
      await page.route('**/api/v1/log/entries/2', async (route) => {
        const answer = await route.fetch();
        const body = (await answer.text()).replace('"at":1', '"at":2');
        await route.fulfill({ response: answer, body });
      });
      await page.getByRole('link', { name: 'Entry after' }).click();
      await page.getByText('do not rely on this entry').waitFor();
      assert.deepEqual(await statesOf(page), ['The bytes holds', 'Inclusion does not hold']);
      await judgePage(page);
    });
  });

  test('evidence: a log that was rewritten, or shows another key, is found out', async () => {
    await onPage(await sharedDaemon(), { path: '/evidence/1' }, async (page) => {
      await page.getByText('signed, unanchored').waitFor();
      const kept = await page.evaluate(() => localStorage.getItem('plumbline.known-logs') ?? '');
      const [word = '', key = '', size = ''] = kept.trim().split(' ');
      const again = async (line: string, said: string): Promise<void> => {
        await page.evaluate((text) => localStorage.setItem('plumbline.known-logs', text), line);
        await page.getByRole('button', { name: 'Check again' }).click();
        await page.getByText(said).waitFor();
        await page.getByText('do not rely on this entry').waitFor();
      };
      const other = Buffer.alloc(32, 7).toString('base64');
      await again(`${word} ${key} ${size} ${other}\n`, 'it was cut, rolled back or rewritten');
      await again(`${word} ${key} 4000000000 ${other}\n`, 'Consistency does not hold');
      assert.equal(
        await page.evaluate(() => localStorage.getItem('plumbline.known-logs')),
        `${word} ${key} 4000000000 ${other}\n`,
      );
    });
  });

  test('evidence: an index that is none, or not there yet, says so', async () => {
    await onPage(await sharedDaemon(), { path: '/evidence/abc' }, async (page) => {
      await page.getByText('An entry is named by its index').waitFor();
      await judgePage(page);
    });
    await onPage(await sharedDaemon(), { path: '/evidence/999999999' }, async (page) => {
      await page.getByText('Could not show the entry').waitFor();
      await judgePage(page);
    });
  });
});
