import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { openDesk } from './harness/desk.ts';
import { judgePage } from './harness/judge.ts';
import { takePicture } from './harness/picture.ts';
import { onPage, ownDaemon, sharedDaemon, skip } from './harness/world.ts';

const TABS = [
  'factors',
  'people',
  'roles',
  'notifications',
  'credentials',
  'retention',
  'about',
] as const;

describe('settings', { skip }, () => {
  for (const theme of ['light', 'dark'] as const) {
    test(`settings: every tab is usable by everybody, ${theme}`, async () => {
      await onPage(await sharedDaemon(), { path: '/settings', theme }, async (page) => {
        for (const tab of TABS) {
          await page.goto(page.url().replace(/\/settings.*/, `/settings/${tab}`));
          await page.getByRole('tabpanel').waitFor();
          await page.getByRole('status').first().waitFor({ state: 'attached' });
          for (const width of [320, 1280]) {
            await page.setViewportSize({ width, height: 800 });
            await judgePage(page);
          }
        }
      });
    });
  }

  test('settings: what is kept is counted, since when, and follows an erasure', async () => {
    verifies('evidence.erasure');
    const desk = await openDesk();
    await desk.payRefund();
    await onPage(desk.daemon, { path: '/settings/retention' }, async (page) => {
      await page.getByRole('cell', { name: 'Entries of the log', exact: true }).waitFor();
      await page.getByText('0 erased so far').waitFor();
      await page.getByRole('cell', { name: 'it is written' }).waitFor();
      await judgePage(page);
      const erasing = { subject: 'emma', reason: 'she asked for it' };
      await desk.daemon.ask('POST', '/api/v1/subjects/erase', erasing);
      await page.getByText('1 erased so far').waitFor();
      await desk.daemon.ask('POST', '/api/v1/log/roll');
      await page.getByRole('cell', { name: /\/1$/ }).waitFor();
      await judgePage(page);
      await page.getByRole('link', { name: 'their entries' }).click();
      await page.getByRole('cell', { name: 'erasure', exact: true }).waitFor();
    });
  });

  test('settings: a key is made, shown once, and revoked', async () => {
    const daemon = await ownDaemon();
    await onPage(daemon, { path: '/settings/people' }, async (page) => {
      await page.getByRole('button', { name: 'New key…' }).click();
      await page.getByLabel('Name').fill('Lena');
      await page.getByLabel('Address').fill('lena@example.com');
      await page.getByLabel('approver').check();
      await judgePage(page);
      await page.getByRole('button', { name: 'Make the key' }).click();
      const secret = await page.getByRole('region', { name: 'key of Lena' }).innerText();
      assert.match(secret, /^plk_[0-9a-f]{16}_[0-9a-f]{64}$/);
      await judgePage(page);
      await page.getByRole('button', { name: 'I have it' }).click();
      await page.getByRole('cell', { name: 'lena@example.com' }).waitFor();
      assert.equal((await page.content()).includes(secret), false);
      await takePicture(page, 'settings-people');
      const row = page.getByRole('row').filter({ hasText: 'Lena' });
      await row.getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('button', { name: 'Revoke the key' }).click();
      await row.getByText('revoked').waitFor();
      const answer = await fetch(`${daemon.url}/api/v1/agents`, {
        headers: { authorization: `Bearer ${secret}` },
      });
      assert.equal(answer.status, 401);
    });
  });

  test('settings: a credential goes in, and its secret never comes out', async () => {
    verifies('authority.credentials');
    const daemon = await ownDaemon();
    await daemon.ask('POST', '/api/v1/agents', { agent: 'orders' });
    await onPage(daemon, { path: '/settings/credentials' }, async (page) => {
      await page.getByText('No credentials').waitFor();
      await page.getByRole('button', { name: 'New credential…' }).click();
      await page.getByLabel('Name').fill('orders, reading');
      await page.getByLabel('Address of the upstream').fill('https://orders.example/api');
      await page.getByLabel('Agents').fill('orders');
      await page.getByLabel('Secret').fill('s3cret-of-the-upstream');
      await judgePage(page);
      await page.getByRole('button', { name: 'Keep it' }).click();
      await page.getByRole('cell', { name: 'orders, reading' }).waitFor();
      assert.equal((await page.content()).includes('s3cret'), false);
      await page.getByRole('button', { name: 'Change…' }).click();
      await page.getByRole('button', { name: 'Revoke it' }).click();
      await page.getByText('revoked').waitFor();
    });
  });

  test('settings: an authenticator app is begun with a code to scan', async () => {
    const daemon = await ownDaemon();
    await onPage(daemon, { path: '/settings/factors' }, async (page) => {
      await page.getByRole('button', { name: 'Add a factor…' }).click();
      await page.getByLabel('Name').fill('my phone');
      await page.getByRole('button', { name: 'Go on' }).click();
      const picture = page.getByRole('img', { name: 'QR code of the secret' });
      await picture.waitFor();
      assert.ok(await picture.evaluate((one: HTMLImageElement) => one.naturalWidth > 0));
      await judgePage(page);
      await page.getByLabel('Code of your app').fill('000000');
      await page.getByRole('button', { name: 'Confirm' }).click();
      await page.getByRole('alert').waitFor();
    });
  });

  test('settings: who is no admin is told so', async () => {
    const daemon = await sharedDaemon();
    await daemon.ask('POST', '/api/v1/keys', { kind: 'person', name: 'olaf', roles: ['operator'] });
    await onPage(daemon, { path: '/settings/people', person: 'olaf' }, async (page) => {
      await page.getByText('Your role does not see this.').waitFor();
      await judgePage(page);
    });
  });
});
