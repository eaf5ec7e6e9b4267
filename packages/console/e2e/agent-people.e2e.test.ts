import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import type { Page } from 'playwright-core';

import { addLead, openAgent } from './harness/agent.ts';
import { judgePage } from './harness/judge.ts';
import { onPage, ownDaemon, skip } from './harness/world.ts';

const LEAD = 'lea@example.com';

function pactOf(agent: string): string {
  return `pact: plumbline/v1
agent: ${agent}
purpose: Answer and pay back.
owner: desk@example.com
autonomy: 2
approvers: [role:lead]
tools:
  look: { effect: read, category: looking }
  pay: { effect: write, category: paying }
allow:
  - { id: look, tool: look }
exclude:
  - { id: no-pay, tool: pay }
`;
}

async function giveReason(page: Page, reason: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await page.getByRole('textbox', { name: 'Reason' }).press('Control+Enter');
}

describe('what people say of an agent', { skip }, () => {
  test('gates: one is opened and one kept shut, each with a reason', async () => {
    verifies('human.feedback');
    const daemon = await ownDaemon();
    const desk = await openAgent(daemon, 'gated', pactOf('gated'));
    await addLead(daemon, LEAD);
    await desk.decide(await desk.open(), 'pay');
    await onPage(daemon, { path: '/agents/gated', person: LEAD }, async (page) => {
      await page.getByRole('button', { name: 'Open the gate paying' }).click();
      await judgePage(page);
      await giveReason(page, 'asked for by the customer');
      await page.getByText('The gate paying is opened').first().waitFor();
      await page.getByRole('heading', { name: 'Gates that are shut' }).waitFor({ state: 'hidden' });
      await desk.decide(await desk.open(), 'pay');
      await page.getByRole('button', { name: 'Keep the gate paying shut' }).click();
      await giveReason(page, 'nobody asked for this one');
      await page.getByText('The gate paying is kept').first().waitFor();
      await page.getByText('kept shut').waitFor();
      assert.equal(
        await page.getByRole('button', { name: 'Keep the gate paying shut' }).count(),
        0,
      );
      await judgePage(page);
    });
  });

  test('tools: a changed definition is compared with the accepted one, and accepted', async () => {
    verifies('fleet.inventory');
    const daemon = await ownDaemon();
    const desk = await openAgent(daemon, 'pinned', pactOf('pinned'));
    await addLead(daemon, LEAD);
    const session = await desk.open();
    const offer = (description: string): Promise<unknown> => {
      const definition = { name: 'look', description, inputSchema: { type: 'object' } };
      const tools = [{ tool: 'look', definition }];
      return desk.act('/tools/offer', { session, server: 'shop', tools });
    };
    await offer('Looks an order up.');
    await offer('Looks an order up, and everything else.');
    await onPage(daemon, { path: '/agents/pinned/tools', person: LEAD }, async (page) => {
      await page.getByRole('cell', { name: 'quarantined' }).waitFor();
      await page.getByText('the definition changed').waitFor();
      await page.getByRole('button', { name: 'Review look' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('the accepted definition').waitFor();
      await dialog.getByText('Looks an order up, and everything else.').waitFor();
      await judgePage(page);
      await dialog.getByRole('button', { name: 'Accept it…' }).click();
      await giveReason(page, 'read both, they mean the same');
      await page.getByText('Accepted look of shop').first().waitFor();
      await page.getByRole('cell', { name: 'quarantined' }).waitFor({ state: 'detached' });
    });
  });

  test('staging: held, promoted, begun again and taken back, each with a reason', async () => {
    verifies('pact.staging');
    const daemon = await ownDaemon();
    const staged = `${pactOf('staged')}staging: { tools: look, upstream: sandbox, share: 50% }\n`;
    await openAgent(daemon, 'staged', staged);
    await addLead(daemon, LEAD);
    await onPage(daemon, { path: '/agents/staged/staging', person: LEAD }, async (page) => {
      const phase = (name: string) => page.getByText(name, { exact: true }).first();
      await phase('staging').waitFor();
      await judgePage(page);
      await page.getByRole('button', { name: 'Hold…' }).click();
      await giveReason(page, 'wait for the weekend');
      await page.getByText('held by a person').waitFor();
      await page.getByRole('button', { name: 'Promote…' }).click();
      await judgePage(page);
      await giveReason(page, 'compared with the live system');
      await phase('canary').waitFor();
      await page.getByRole('button', { name: 'Begin again…' }).click();
      await giveReason(page, 'the copy was old');
      await phase('staging').waitFor();
      await page.getByRole('button', { name: 'Fall back…' }).click();
      await giveReason(page, 'the copy is wrong');
      await phase('fallen-back').waitFor();
      await judgePage(page);
    });
  });
});
