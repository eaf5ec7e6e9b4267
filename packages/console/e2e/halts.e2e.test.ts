import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { judgePage } from './harness/judge.ts';
import { takePicture } from './harness/picture.ts';
import { agentLink, onPage, ownDaemon, sharedDaemon, skip } from './harness/world.ts';

describe('halts', { skip }, () => {
  test('halts: two presses and a reason stop an agent, and it goes on the same way', async () => {
    verifies('human.halt');
    const daemon = await sharedDaemon();
    await daemon.ask('POST', '/api/v1/agents', { agent: 'halted-here' });
    await onPage(daemon, { path: '/?q=halted-here' }, async (page) => {
      await page.getByRole('button', { name: 'Halt halted-here' }).click();
      const act = page.getByRole('dialog').getByRole('button', { name: 'Halt halted-here' });
      assert.equal(await act.isDisabled(), true);
      await page.keyboard.type('refunds look wrong');
      await judgePage(page);
      await act.click();
      await page.getByRole('link', { name: 'See how far it is' }).click();
      await page.getByRole('heading', { name: 'Halt of halted-here' }).waitFor();
      await page.getByText('in force').waitFor();
      await page.getByText('refunds look wrong').waitFor();
      await judgePage(page);
      await page.getByRole('button', { name: 'Resume' }).click();
      await page.keyboard.type('looked at it, all fine');
      await page.keyboard.press('Control+Enter');
      await page.getByText('resumed', { exact: true }).waitFor();
    });
  });

  test('halts: what is pressed is answered though the row has changed meanwhile', async () => {
    const daemon = await sharedDaemon();
    await daemon.ask('POST', '/api/v1/agents', { agent: 'halted-late' });
    await onPage(daemon, { path: '/?q=halted-late' }, async (page) => {
      await page.route('**/agents/halted-late/halt', async (route) => {
        const response = await route.fetch();
        await page.getByRole('button', { name: 'Resume' }).waitFor({ state: 'attached' });
        await route.fulfill({ response });
      });
      await page.getByRole('button', { name: 'Halt halted-late' }).click();
      await page.keyboard.type('answers late');
      await page.keyboard.press('Control+Enter');
      await page.getByRole('link', { name: 'See how far it is' }).waitFor();
    });
  });

  test('halts: from anywhere, by keyboard alone, a tool of one agent', async () => {
    const daemon = await sharedDaemon();
    await daemon.ask('POST', '/api/v1/agents', { agent: 'partly-halted' });
    await onPage(daemon, { path: '/halts' }, async (page) => {
      await page.getByRole('heading', { name: 'Halts' }).waitFor();
      await page.keyboard.press('Control+k');
      await page.keyboard.type('halt');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Halt the fleet' }).waitFor();
      await page.getByLabel('Which agent').selectOption('partly-halted');
      await page.getByLabel('What of it').selectOption('tool');
      await page.getByLabel('Which tool').fill('send_email');
      await page.getByLabel('Reason').fill('mails to strangers');
      await page.keyboard.press('Control+Enter');
      await page.getByRole('link', { name: 'tool send_email of partly-halted' }).waitFor();
    });
  });

  test('halts: the whole fleet, in two presses', async () => {
    const daemon = await ownDaemon();
    await daemon.ask('POST', '/api/v1/agents', { agent: 'banking' });
    await onPage(daemon, { path: '/' }, async (page) => {
      await page.getByRole('button', { name: 'Halt…' }).click();
      await page.keyboard.type('somebody is in our mail');
      await takePicture(page, 'halt-fleet');
      await page.getByRole('button', { name: 'Halt the fleet' }).click();
      await page.getByRole('cell', { name: 'halted', exact: true }).waitFor();
    });
  });

  test('halts: who may not stop anything sees no button', async () => {
    const daemon = await sharedDaemon();
    const body = { kind: 'person', name: 'vera', roles: ['viewer'] };
    await daemon.ask('POST', '/api/v1/keys', body);
    await onPage(daemon, { path: '/', person: 'vera' }, async (page) => {
      await agentLink(page, 'banking').waitFor();
      assert.equal(await page.getByRole('button', { name: /^Halt( |…|$)/ }).count(), 0);
    });
  });
});
