import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';

import { enrolPasskey, giveAuthenticator } from './harness/authenticator.ts';
import type { TestDaemon } from './harness/daemon.ts';
import { addKey, type Desk, openDesk, post, textAt } from './harness/desk.ts';
import { judgePage } from './harness/judge.ts';
import { onPage, skip } from './harness/world.ts';

const STEP_MS = 30_000;

describe('factors', { skip }, () => {
  test('factors: where everybody proves one, who has none learns how to come by one', async () => {
    verifies('authority.verified');
    const desk = await openDesk({
      settings: { 'console.factor': 'totp', 'approvals.factor': 'totp' },
    });
    const { daemon } = desk;
    const key = await addLead(daemon, 'nora');
    await onPage(daemon, { path: '/approvals', person: null }, async (page) => {
      const field = page.getByLabel('Your key');
      await field.fill(key);
      await page.keyboard.press('Enter');
      await page
        .getByRole('alert')
        .filter({ hasText: 'you have none: `plumb factor enrol`' })
        .waitFor();
      assert.equal(await page.getByLabel('Code of your second factor').count(), 0);
      const codeOf = await enrolApp(daemon, key);
      await field.press('Enter');
      const code = page.getByLabel('Code of your second factor');
      await code.waitFor();
      await judgePage(page);
      await code.fill('000000');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').filter({ hasText: 'The code is wrong' }).waitFor();
      // Apps show the digits in two groups, and people paste them so.
      await code.fill(codeOf(0).replace(/^.{3}/, '$& '));
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Approvals' }).waitFor();
      await approve(desk, page, async () => {
        await code.fill(codeOf(1));
      });
    });
  });

  test('factors: too many wrong codes lock them, and the page says until when', async () => {
    const { daemon } = await openDesk();
    const key = await addLead(daemon, 'otto');
    await enrolApp(daemon, key);
    const link = (await daemon.plumb('console', '--person', 'otto@example.com')).trim();
    await onPage(daemon, { path: '/', person: null }, async (page) => {
      await page.goto(link);
      const code = page.getByLabel('Code of your second factor');
      const button = page.getByRole('button', { name: 'Sign in', exact: true }).first();
      for (let tries = 0; tries < 5; tries += 1) {
        await code.fill('000000');
        await page.keyboard.press('Enter');
        await button.and(page.locator(':enabled')).waitFor();
        await page.getByRole('alert').waitFor();
      }
      const said = page.getByRole('alert').filter({ hasText: 'none is taken now' });
      await said.waitFor();
      assert.match(await said.innerText(), /Try again from \d\d:\d\d:\d\d\.$/);
      await judgePage(page);
    });
  });

  test('factors: roles that are taken in an emergency come and go on an open page', async () => {
    const { daemon } = await openDesk({ settings: { 'breakGlass.holders': 'mira@example.com' } });
    const person = { kind: 'person', name: 'mira', email: 'mira@example.com', roles: ['viewer'] };
    const key = await addKey(daemon, person);
    const codeOf = await enrolApp(daemon, key);
    await onPage(daemon, { path: '/evidence', person: null }, async (page) => {
      await page.getByLabel('Your key').fill(key);
      await page.keyboard.press('Enter');
      await page.getByLabel('Code of your second factor').fill(codeOf(0));
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Evidence' }).waitFor();
      const halt = page.getByRole('button', { name: 'Halt…' });
      assert.equal(await halt.count(), 0);
      const proof = { factor: 'totp', code: codeOf(1) };
      const asked = { reason: 'the gateway is down', roles: ['operator'], minutes: 5, proof };
      const begun = await post({ daemon, key }, '/api/v1/break-glass', asked);
      await halt.waitFor();
      await page.getByRole('button', { name: 'Signed in as mira' }).click();
      await page.getByText('viewer, operator').waitFor();
      await page.keyboard.press('Escape');
      await fetch(`${daemon.url}/api/v1/break-glass/${textAt(begun, 'id')}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${key}` },
      });
      await halt.waitFor({ state: 'detached' });
    });
  });

  test('factors: where it takes a passkey, a key and a vote ask for it', async () => {
    verifies('authority.verified');
    const desk = await openDesk();
    const origin = desk.daemon.url.replace('127.0.0.1', 'localhost');
    const site = { 'authority.webauthn.rpId': 'localhost', 'authority.webauthn.origins': origin };
    const daemon: TestDaemon = { ...desk.daemon, url: origin };
    const key = await addLead(desk.daemon, 'lore');
    const again = async (more: Readonly<Record<string, string>>): Promise<void> => {
      await daemon.down();
      await daemon.up({ ...site, ...more });
    };
    await again({});
    await onPage(daemon, { path: '/approvals', person: null }, async (page) => {
      await giveAuthenticator(page);
      await page.getByLabel('Your key').fill(key);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Approvals' }).waitFor();
      await page.evaluate(enrolPasskey);
      await again({ 'console.factor': 'webauthn', 'approvals.factor': 'webauthn' });
      await page.context().clearCookies();
      await page.reload();
      await page.getByLabel('Your key').fill(key);
      await page.getByLabel('Your key').press('Enter');
      const touch = page.getByRole('button', { name: 'Go on with your passkey' });
      await touch.waitFor();
      assert.equal(await page.getByLabel('Code of your second factor').count(), 0);
      await judgePage(page);
      await touch.press('Enter');
      await page.getByRole('heading', { name: 'Approvals' }).waitFor();
      await approve(desk, page, async () => {
        await page.getByText('Your browser asks for your passkey').waitFor();
      });
    });
  });
});

/** Approves what the agent asks for; `prove` does what a second factor takes. */
async function approve(desk: Desk, page: Page, prove: () => Promise<void>): Promise<void> {
  await desk.askRefund();
  await page.getByRole('link', { name: 'refunds.pay' }).click();
  await page.getByRole('button', { name: /^Approve/ }).waitFor();
  await page.keyboard.press('a');
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).waitFor();
  await page.keyboard.type('the parcel was lost');
  await page.keyboard.press('Control+Enter');
  await prove();
  await judgePage(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await page.getByText('(“the parcel was lost”)').waitFor();
}

function addLead(daemon: TestDaemon, name: string): Promise<string> {
  const person = { kind: 'person', name, email: `${name}@example.com` };
  return addKey(daemon, { ...person, roles: ['approver'], groups: ['lead'] });
}

/** Enrols an app with the code before; returns what shows its code, so many steps from now. */
async function enrolApp(daemon: TestDaemon, key: string): Promise<(steps: number) => string> {
  const begun = await post({ daemon, key }, '/api/v1/factors', { kind: 'totp', name: 'phone' });
  const totp = new TOTP({ secret: Secret.fromBase32(textAt(begun, 'secret')) });
  const codeOf = (steps: number): string =>
    totp.generate({ timestamp: Date.now() + steps * STEP_MS });
  const path = `/api/v1/factors/${textAt(begun, 'id')}/confirm`;
  await post({ daemon, key }, path, { code: codeOf(-1) });
  return codeOf;
}
