import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import type { Page } from 'playwright-core';

import { publishPact } from './harness/agent.ts';
import { judgePage, WIDTHS } from './harness/judge.ts';
import { lookingPact, writePact } from './harness/pact-text.ts';
import { takePicture } from './harness/picture.ts';
import { onPage, ownDaemon, sharedDaemon, skip } from './harness/world.ts';

function told(page: Page): Promise<string> {
  return page.locator('.cm-content').innerText();
}

async function addAgent(agent: string): Promise<void> {
  await (await sharedDaemon()).ask('POST', '/api/v1/agents', { agent });
}

describe('the editor of pacts', { skip }, () => {
  test('editor: by keyboard alone words are offered, faults found, and it is left', async () => {
    verifies('pact.refuses-to-arm');
    await addAgent('typed-here');
    await onPage(await sharedDaemon(), { path: '/agents/typed-here/pact' }, async (page) => {
      await page.getByText('Ready to arm').waitFor();
      await writePact(page, lookingPact('typed-here', 5));
      await page.keyboard.type('ste');
      const words = page.getByRole('listbox');
      await words.getByText('what a person has to approve first').waitFor();
      await judgePage(page);
      await takePicture(page, 'pact-words');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      await page.keyboard.type('  - id: ask');
      await page.keyboard.press('Enter');
      await page.keyboard.type('tool: fi');
      await words.getByText('find').waitFor();
      await page.keyboard.press('Enter');
      await page.getByText('Ready to arm').waitFor();
      assert.match(await told(page), /step_up: *\n {2}- id: ask\n {4}tool: find/);
      await page.keyboard.type('x');
      await page
        .getByText(/unknown tool findx/)
        .first()
        .waitFor();
      await page.keyboard.press('Control+Home');
      await page.keyboard.press('F8');
      await page.locator('.cm-activeLine', { hasText: 'findx' }).waitFor();
      await page.keyboard.press('Delete');
      await page.keyboard.type('f');
      await page.keyboard.press('Control+End');
      await page.keyboard.press('Backspace');
      await page.getByText('Ready to arm').waitFor();
      await page.keyboard.press('Control+Space');
      await page.keyboard.press('Tab');
      assert.equal(
        await page.evaluate(() => document.activeElement?.shadowRoot === null),
        true,
        'Tab leaves the editor',
      );
    });
  });

  test('editor: files are added, renamed, formatted, removed; cases run meanwhile', async () => {
    await addAgent('filed-here');
    await onPage(await sharedDaemon(), { path: '/agents/filed-here/pact' }, async (page) => {
      const files = async (item: string): Promise<void> => {
        await page.getByRole('button', { name: 'What to do with files' }).click();
        await page.getByRole('menuitem', { name: item }).click();
      };
      await page.getByText('Ready to arm').waitFor();
      const owner = 'owner: desk@example.com\n';
      await writePact(page, `${owner}${lookingPact('filed-here', 5).replace(owner, '')}`);
      await page.getByText('Ready to arm').waitFor();
      await files('Format');
      await page.waitForFunction(
        () =>
          document
            .querySelector('[class*=editor]')
            ?.shadowRoot?.querySelector('.cm-line')
            ?.textContent?.startsWith('pact:') === true,
      );
      await files('Add a file');
      await judgePage(page);
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByLabel('The file filed-here.cases.yaml').waitFor();
      await writePact(
        page,
        '- { id: looks, tool: find, expect: allow }\n- { id: pays, tool: find, expect: deny }\n',
      );
      await page.getByText('1 of 2 cases fails.').waitFor();
      await page.getByText('expected deny, got allow by look').first().waitFor();
      await judgePage(page);
      await files('Rename this file');
      await page.getByRole('textbox', { name: 'Name' }).fill('cases/of-desk.yaml');
      await page.getByRole('button', { name: 'Rename', exact: true }).click();
      await page.getByLabel('The file cases/of-desk.yaml').waitFor();
      await page.getByText('1 of 2 cases fails.').waitFor();
      await page.getByLabel('File', { exact: true }).selectOption('filed-here.pact.yaml');
      await page.getByText('cases: cases/of-desk.yaml').waitFor();
      const noted = page.locator('option', { hasText: 'cases/of-desk.yaml · 1 case failed' });
      await noted.waitFor({ state: 'attached' });
      await page.getByRole('button', { name: 'pays' }).click();
      await page.getByLabel('The file cases/of-desk.yaml').waitFor();
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await judgePage(page);
      }
      await files('Remove this file');
      await page.getByRole('button', { name: 'Remove it' }).click();
      await page.getByText(/Does not arm: 1 error/).waitFor();
    });
  });

  test('editor: a draft outlives a reload, is asked about first, and is discarded', async () => {
    await addAgent('drafted-here');
    await onPage(await sharedDaemon(), { path: '/agents/drafted-here/pact' }, async (page) => {
      await page.getByText('Ready to arm').waitFor();
      await writePact(page, lookingPact('drafted-here', 5));
      await page.getByText('draft, kept in this tab').waitFor();
      const asked = page.waitForEvent('dialog');
      const reloaded = page.reload();
      const dialog = await asked;
      assert.equal(dialog.type(), 'beforeunload');
      await dialog.accept();
      await reloaded;
      await page.getByText('draft, kept in this tab').waitFor();
      assert.match(await told(page), /calls: 5/);
      await page.getByRole('button', { name: 'Discard changes' }).click();
      await page.getByText('not written yet').waitFor();
    });
  });

  test('editor: who published meanwhile is said, and nothing is armed over it unseen', async () => {
    verifies('pact.versions');
    const daemon = await sharedDaemon();
    await addAgent('raced-here');
    await publishPact(daemon, 'raced-here', { text: lookingPact('raced-here', 5) });
    await onPage(daemon, { path: '/agents/raced-here/pact' }, async (page) => {
      await page.getByText('Ready to arm').waitFor();
      await writePact(page, lookingPact('raced-here', 3));
      await page.getByText('limit of rule look lowered from 5 to 3').waitFor();
      await publishPact(daemon, 'raced-here', {
        text: lookingPact('raced-here', 9),
        reason: 'nine are needed',
      });
      await page.getByRole('heading', { name: 'Somebody else published meanwhile' }).waitFor();
      await page.getByText('admin armed another version').waitFor();
      await page.getByText('nine are needed').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Publish…' }).isDisabled(), true);
      await page.getByRole('button', { name: 'See what they changed' }).click();
      await page.getByText('limit of rule look raised from 5 to 9').waitFor();
      await page.getByText('limit of rule look lowered from 9 to 3').waitFor();
      await judgePage(page);
      await page.getByRole('button', { name: 'Go on with mine, over theirs' }).click();
      await page.getByRole('button', { name: 'Publish…' }).click();
      await page.getByRole('textbox', { name: 'Reason' }).fill('three are enough');
      // Between the look and the press somebody is quicker once more.
      await publishPact(daemon, 'raced-here', {
        text: lookingPact('raced-here', 7),
        reason: 'seven then',
      });
      await page.getByRole('textbox', { name: 'Reason' }).press('Control+Enter');
      await page.getByText(/look at it, then publish again/).waitFor();
    });
  });

  test('editor: a first pact is drafted from what a server says of its tools', async () => {
    await addAgent('begun-here');
    await onPage(await sharedDaemon(), { path: '/agents/begun-here/pact' }, async (page) => {
      await page.getByRole('heading', { name: 'No pact is armed' }).waitFor();
      const inputSchema = { type: 'object', properties: { id: { type: 'string' } } };
      const tools = [
        { name: 'get_order', description: 'Returns an order.', inputSchema },
        { name: 'delete_order', description: 'Deletes an order.', inputSchema },
      ];
      await page.getByLabel('Draft it from a file of tools').setInputFiles({
        name: 'tools.json',
        mimeType: 'application/json',
        buffer: Buffer.from(JSON.stringify({ tools })),
      });
      await page.getByText('Ready to arm').waitFor();
      assert.match(await told(page), /get_order: \{ effect: read/);
      await judgePage(page);
    });
  });
});

describe('signing a pact in the browser', { skip }, () => {
  test('signing: a key file signs here, and what another signed is handed in', async () => {
    verifies('human.break-glass');
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-sign-'));
    const elsewhere = await ownDaemon();
    const made = async (name: string): Promise<string> =>
      (await elsewhere.plumb('key', 'sign-new', join(folder, name), '--name', name)).trim();
    const signers = [await made('ada'), await made('bo'), await made('cy')];
    const daemon = await ownDaemon({
      'publishing.signers': signers.slice(0, 2).join(','),
      'publishing.people': '2',
    });
    await daemon.ask('POST', '/api/v1/agents', { agent: 'signed' });
    writeFileSync(join(folder, 'a.pact.yaml'), lookingPact('signed', 5));
    await onPage(daemon, { path: '/agents/signed/pact' }, async (page) => {
      await page.getByText('Ready to arm').waitFor();
      await writePact(page, lookingPact('signed', 5));
      await page.getByText('Ready to arm').waitFor();
      await page.getByRole('button', { name: 'Publish…' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('0 of 2 signatures').waitFor();
      await dialog
        .getByText(/^sha256:[0-9a-f]{64}$/m)
        .first()
        .waitFor();
      await dialog.getByLabel('Sign with a key file').setInputFiles(join(folder, 'cy'));
      await dialog.getByText('is none of those whose signatures are asked for').waitFor();
      await dialog.getByLabel('Sign with a key file').setInputFiles(join(folder, 'ada'));
      await dialog.getByText('1 of 2 signatures').waitFor();
      await judgePage(page);
      await takePicture(page, 'pact-sign');
      await page.setViewportSize({ width: 320, height: 800 });
      await judgePage(page);
      const sign = ['pact', 'sign', join(folder, 'a.pact.yaml'), '--key', join(folder, 'bo')];
      await elsewhere.plumb(...sign, '-o', join(folder, 'bo.sig'));
      const reason = page.getByRole('textbox', { name: 'Reason' });
      await reason.fill('both have signed');
      assert.equal(
        await page.getByRole('button', { name: 'Publish', exact: true }).isDisabled(),
        true,
      );
      await dialog.getByLabel('Hand in a signature').setInputFiles(join(folder, 'bo.sig'));
      await dialog.getByText('2 of 2 signatures').waitFor();
      await reason.press('Control+Enter');
      await page.getByRole('cell', { name: 'proposed' }).waitFor();
    });
    await rm(folder, { recursive: true });
  });
});
