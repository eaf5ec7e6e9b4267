import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { LENA, OMAR, openDesk } from './harness/desk.ts';
import { judgePage, WIDTHS } from './harness/judge.ts';
import { takePicture } from './harness/picture.ts';
import { onPage, skip } from './harness/world.ts';

describe('approvals', { skip }, () => {
  test('approvals: an empty inbox says what would wait here', async () => {
    const { daemon } = await openDesk();
    await onPage(daemon, { path: '/approvals', person: LENA }, async (page) => {
      await page.getByText('Nothing waits for anybody').waitFor();
      await judgePage(page);
      await page.getByRole('tab', { name: 'Decided' }).click();
      await page.getByText('Nothing was decided yet').waitFor();
      await judgePage(page);
    });
  });

  test('approvals: what waits appears by itself, and is approved by keyboard alone', async () => {
    verifies('human.approvals');
    const desk = await openDesk();
    await onPage(desk.daemon, { path: '/approvals', person: LENA }, async (page) => {
      await page.getByText('Nothing waits for anybody').waitFor();
      await desk.askRefund();
      await page.getByRole('link', { name: 'refunds.pay' }).waitFor();
      await judgePage(page);
      await page.locator('tr[data-row="0"]').focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'refunds.pay by support' }).waitFor();
      await page.getByRole('button', { name: /^Approve/ }).waitFor();
      await page.keyboard.press('a');
      const send = page.getByRole('dialog').getByRole('button', { name: 'Approve' });
      await send.waitFor();
      assert.equal(await send.isDisabled(), true);
      await page.keyboard.type('the parcel was lost');
      await judgePage(page);
      await page.keyboard.press('Control+Enter');
      await page.getByText('Approved by lena@example.com (“the parcel was lost”)').waitFor();
      assert.equal(await page.getByRole('button', { name: /^Approve/ }).count(), 0);
      await judgePage(page);
    });
  });

  for (const theme of ['light', 'dark'] as const) {
    test(`approvals: what is known of an action is shown at every width, ${theme}`, async () => {
      verifies('human.approval-facts');
      const desk = await openDesk();
      const ask = await desk.askRefund({ order: 'A-1042', amount: '35.00', to: '<b>DE89</b>' });
      const path = `/approvals/${ask}`;
      await onPage(desk.daemon, { path, person: LENA, theme }, async (page) => {
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 1000 });
          await page.getByText('can be undone in part').waitFor();
          await page.getByRole('cell', { name: '<b>DE89</b>' }).waitFor();
          await page.getByText('0 of 1 approved').waitFor();
          await judgePage(page);
          if (width === 1280) await takePicture(page, `approval-${theme}`);
        }
      });
    });
  }

  test('approvals: a denial takes one key, a reason and Ctrl Enter', async () => {
    const desk = await openDesk();
    const ask = await desk.askRefund();
    await onPage(desk.daemon, { path: `/approvals/${ask}`, person: OMAR }, async (page) => {
      await page.getByRole('button', { name: /^Deny/ }).waitFor();
      await page.keyboard.press('d');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.type('no such order');
      await page.keyboard.press('Control+Enter');
      await page.getByText('Denied by omar@example.com (“no such order”).').waitFor();
    });
  });

  test('approvals: of two people the slower one sees who decided, and what', async () => {
    verifies('human.approvals');
    const desk = await openDesk();
    const ask = await desk.askRefund();
    await onPage(desk.daemon, { path: `/approvals/${ask}`, person: LENA }, async (page) => {
      await page.getByRole('button', { name: /^Approve/ }).waitFor();
      await page.keyboard.press('a');
      await page.keyboard.type('looks right to me');
      // Nothing of the other's vote reaches this page before its own is sent.
      await page.route('**/api/v1/approvals/*', (route) => route.abort());
      await desk.vote(OMAR, ask, 'deny');
      await page.unroute('**/api/v1/approvals/*');
      await page.keyboard.press('Control+Enter');
      await page.getByRole('heading', { name: 'It was decided meanwhile' }).waitFor();
      const said = page.getByRole('alert');
      await said.getByText('Denied by omar@example.com (“omar looked at the order”).').waitFor();
      await judgePage(page);
      await page.keyboard.press('Enter');
      await page.getByRole('status').getByText('Denied by omar@example.com').waitFor();
    });
  });

  test('approvals: a quorum of two counts each of them', async () => {
    const desk = await openDesk({ quorum: 2 });
    const ask = await desk.askRefund();
    await onPage(desk.daemon, { path: `/approvals/${ask}`, person: LENA }, async (page) => {
      await page.getByText('0 of 2 approved').waitFor();
      await page.keyboard.press('a');
      await page.keyboard.type('first of two');
      await page.keyboard.press('Control+Enter');
      await page.getByText('1 of 2 approved').waitFor();
      await page.keyboard.press('a');
      await page.keyboard.type('once more');
      await page.keyboard.press('Control+Enter');
      await page.getByRole('dialog').getByText('one person counts once').waitFor();
      await page.keyboard.press('Escape');
      await desk.vote(OMAR, ask, 'approve');
      await page.getByRole('status').getByText('omar@example.com').waitFor();
    });
  });

  test('approvals: what nobody answers runs out before the eyes of who looks', async () => {
    const desk = await openDesk({ within: '8s' });
    await onPage(desk.daemon, { path: '/approvals', person: LENA }, async (page) => {
      await page.getByText('Nothing waits for anybody').waitFor();
      await desk.askRefund();
      await page.getByRole('link', { name: 'refunds.pay' }).click();
      await page.getByText('runs out in').waitFor();
      await page.getByText('Nobody approved it in time').waitFor();
      await judgePage(page);
    });
  });

  test('approvals: what is not as usual is named, and equal actions go together', async () => {
    verifies('human.approval-facts');
    const desk = await openDesk();
    await desk.payRefund();
    const [ask] = [await desk.askRefund(), await desk.askRefund()];
    await onPage(desk.daemon, { path: `/approvals/${ask}`, person: LENA }, async (page) => {
      await page.getByText('above all others').waitFor();
      await page.getByText('5 to 5 before').waitFor();
      await page.getByRole('button', { name: /^Approve/ }).click();
      await page.getByText('One more waits for exactly this action').waitFor();
      await page.getByRole('checkbox').check();
      await page.getByLabel('Reason', { exact: true }).fill('the parcels were lost');
      await judgePage(page);
      await page.keyboard.press('Control+Enter');
      await page.getByRole('status').getByText('Approved by lena@example.com').waitFor();
      await page.getByRole('link', { name: 'All' }).click();
      await page.getByText('Nothing waits for anybody').waitFor();
    });
  });

  test('approvals: a seat is given away, and taken back', async () => {
    const { daemon } = await openDesk();
    const path = '/approvals?show=seats';
    await onPage(daemon, { path, person: LENA }, async (page) => {
      await page.getByText('Everybody sits in their own seat').waitFor();
      await page.getByLabel('To whom').fill(OMAR);
      await page.getByRole('button', { name: 'Give the seat' }).click();
      await page.getByRole('cell', { name: OMAR }).waitFor();
      await judgePage(page);
      await page.getByRole('button', { name: 'Take it back' }).click();
      await page.getByText('Everybody sits in their own seat').waitFor();
    });
  });

  test('approvals: who may not approve sees the inbox and no keys', async () => {
    const desk = await openDesk();
    const ask = await desk.askRefund();
    const key = { kind: 'person', name: 'vera', roles: ['viewer'] };
    await desk.daemon.ask('POST', '/api/v1/keys', key);
    await onPage(desk.daemon, { path: '/approvals', person: 'vera' }, async (page) => {
      await page.getByRole('link', { name: 'refunds.pay' }).click();
      await page.getByText('Could not show the approval').waitFor();
      assert.match(page.url(), new RegExp(`/approvals/${ask}$`));
      await judgePage(page);
    });
  });
});
