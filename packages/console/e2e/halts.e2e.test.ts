import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { openAgent } from './harness/agent.ts';
import { textAt } from './harness/desk.ts';
import { judgePage } from './harness/judge.ts';
import { takePicture } from './harness/picture.ts';
import { agentLink, onPage, ownDaemon, sharedDaemon, skip } from './harness/world.ts';

function pactOf(agent: string): string {
  return `pact: plumbline/v1
agent: ${agent}
purpose: Look things up.
owner: desk@example.com
autonomy: 1
tools: { look: { effect: read, category: looking } }
allow: [{ id: look, tool: look }]
`;
}

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

  test('halts: one session, one task or one room of an agent, each by the dialog', async () => {
    const daemon = await sharedDaemon();
    const desk = await openAgent(daemon, 'halted-by-part', pactOf('halted-by-part'));
    const session = await desk.open();
    await onPage(daemon, { path: '/agents/halted-by-part' }, async (page) => {
      for (const [scope, target] of [
        ['task', 'refund'],
        ['room', 'lobby'],
        ['session', session],
      ] as const) {
        await page.goto(`${daemon.url}/console/agents/halted-by-part`);
        await page.getByRole('button', { name: 'Halt halted-by-part' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('What of it').selectOption(scope);
        await dialog.getByLabel(`Which ${scope}`).fill(target);
        await judgePage(page);
        await dialog.getByLabel('Reason').fill(`this ${scope} looks wrong`);
        await page.keyboard.press('Control+Enter');
        await page.getByText(`Halted ${scope} ${target} of halted-by-part`).first().waitFor();
      }
      await page.goto(`${daemon.url}/console/halts?q=halted-by-part`);
      await page.getByRole('link', { name: 'room lobby of halted-by-part' }).waitFor();
      await page.setViewportSize({ width: 320, height: 800 });
      await page.getByText('this task looks wrong').waitFor();
      await judgePage(page);
      await page.getByRole('link', { name: 'task refund of halted-by-part' }).click();
      await page.getByText('this task looks wrong').waitFor();
      await judgePage(page);
    });
  });

  test('halts: it is effective once who holds a lease said so, and the page follows', async () => {
    verifies('human.lease');
    const daemon = await ownDaemon();
    const desk = await openAgent(daemon, 'leased', pactOf('leased'));
    const taken = await desk.act('/leases', { name: 'gateway-1', executors: ['processes'] });
    const lease = textAt(taken, 'lease');
    const renewal = { used: [], ended: [] };
    const renewing = setInterval(() => void desk.act(`/leases/${lease}/renew`, renewal), 1_000);
    try {
      await onPage(daemon, { path: '/agents/leased' }, async (page) => {
        await page.getByRole('button', { name: 'Halt leased' }).click();
        await page.keyboard.type('it pays the wrong people');
        await page.keyboard.press('Control+Enter');
        await page.getByRole('link', { name: 'See how far it is' }).click();
        await page.getByText('taking effect').waitFor();
        await page.getByText('not yet; waits for 1 enforcement point').waitFor();
        await page.getByRole('cell', { name: 'gateway-1' }).waitFor();
        await page.getByRole('cell', { name: 'processes' }).waitFor();
        await page.getByRole('cell', { name: 'running' }).waitFor();
        await judgePage(page);
        await takePicture(page, 'halt-progress');
        const executed = [{ executor: 'processes', state: 'done', ms: 12, tries: 1, why: null }];
        const renewed = await desk.act(`/leases/${lease}/renew`, renewal);
        const stop = Number(Reflect.get(Object(renewed), 'stop'));
        await desk.act(`/leases/${lease}/acknowledge`, { stop, used: [], executed });
        await page.getByText('in force').waitFor();
        await page.getByRole('cell', { name: 'acknowledged' }).waitFor();
        await page.getByRole('cell', { name: 'done' }).waitFor();
        await judgePage(page);
      });
    } finally {
      clearInterval(renewing);
    }
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
