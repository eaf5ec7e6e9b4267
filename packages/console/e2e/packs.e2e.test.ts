import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';

import { verifies } from '@plumbline/testkit';
import type { Locator, Page } from 'playwright-core';

import { judgePage, WIDTHS } from './harness/judge.ts';
import { takePicture } from './harness/picture.ts';
import { onPage, sharedDaemon, skip } from './harness/world.ts';

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-downloaded-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function openDialog(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Download a pack…' }).click();
  return page.getByRole('dialog', { name: 'Download a pack' });
}

/** Downloads what the dialog holds, and returns where the file was saved. */
async function download(page: Page, dialog: Locator, folder: string): Promise<string> {
  const saving = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download', exact: true }).click();
  const saved = await saving;
  const file = join(folder, saved.suggestedFilename());
  await saved.saveAs(file);
  await dialog.getByText(/^Saved /).waitFor();
  return file;
}

const cli = join(import.meta.dirname, '../../cli/src/main.ts');

/** What `plumb verify` says of a file where nothing is known but the log's key. */
async function verified(file: string): Promise<string> {
  const given = ['--conditions=plumbline-source', cli, 'verify', file, '--key', await keyOf()];
  const env = { PATH: process.env['PATH'] ?? '', HOME: dirname(file) };
  const { status, stdout, stderr } = spawnSync(process.execPath, given, { env, encoding: 'utf8' });
  assert.equal(status, 3, stdout + stderr);
  assert.match(stdout, /SIGNED, UNANCHORED/);
  return stdout;
}

async function keyOf(): Promise<string> {
  const log = await (await sharedDaemon()).ask('GET', '/api/v1/log');
  return String(Reflect.get(Object(log), 'verifierKey'));
}

async function aSession(agent: string): Promise<string> {
  const path = `/api/v1/agents/${agent}/sessions?limit=1`;
  const listed = await (await sharedDaemon()).ask('GET', path);
  const rows: unknown = Reflect.get(Object(listed), 'rows');
  return String(Reflect.get(Object(Array.isArray(rows) ? rows[0] : null), 'session'));
}

describe('packs', { skip }, () => {
  test('packs: a session downloaded with what is sealed is made again elsewhere', async (t) => {
    verifies('evidence.pack');
    const folder = await folderFor(t);
    const session = await aSession('banking');
    await onPage(await sharedDaemon(), { path: `/sessions/${session}` }, async (page) => {
      const dialog = await openDialog(page);
      await dialog.getByText(/^1 session of banking: /).waitFor();
      await dialog.getByRole('checkbox', { name: 'With what is sealed' }).check();
      await dialog.getByText(/can be read\.$/).waitFor();
      await dialog.getByText('What it is good for, and how to check it').click();
      await dialog.getByText(/^plumb verify evidence\.tar\.gz --key '/).waitFor();
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await judgePage(page);
        if (width === 1280) await takePicture(page, 'pack-light');
      }
      const file = await download(page, dialog, folder);
      assert.match(await verified(file), /[1-9]\d* decisions: [1-9]\d* recomputed\n/);
      await judgePage(page);
    });
    const query = 'kind=read&agent=banking&limit=1';
    const read = await (await sharedDaemon()).ask('GET', `/api/v1/events?${query}`);
    assert.match(JSON.stringify(read), /"kind":"read"/);
  });

  test('packs: what is listed is downloaded without what is sealed', async (t) => {
    const folder = await folderFor(t);
    const path = '/evidence?kind=decided&agent=slack';
    await onPage(await sharedDaemon(), { path, theme: 'dark' }, async (page) => {
      await page.getByRole('cell', { name: 'decided', exact: true }).first().waitFor();
      const dialog = await openDialog(page);
      assert.equal(await dialog.getByLabel('What it holds').inputValue(), 'listed');
      await dialog.getByText(/sessions of slack: .* stays sealed\.$/).waitFor();
      await judgePage(page);
      const said = await verified(await download(page, dialog, folder));
      assert.match(said, /[1-9]\d* decisions: [1-9]\d* missing opening\n/);
    });
  });

  test('packs: an entry leads to its session, and a session that is none says so', async () => {
    const session = await aSession('travel');
    const path = `/evidence?session=${session}`;
    await onPage(await sharedDaemon(), { path }, async (page) => {
      await page.locator('tr[data-row="0"] a').click();
      await page.getByRole('heading', { name: /^Entry / }).waitFor();
      const dialog = await openDialog(page);
      await dialog.getByText(/^1 session of travel: /).waitFor();
      await dialog.getByLabel('Session').fill('ses_none');
      await dialog.getByText('there is no session').waitFor();
      assert.equal(
        await dialog.getByRole('button', { name: 'Download', exact: true }).isDisabled(),
        true,
      );
      await judgePage(page);
      await dialog.getByLabel('What it holds').selectOption('agent');
      await dialog.getByText('Choose what the pack shall hold.').waitFor();
      await dialog.getByLabel('Agent').selectOption('travel');
      await dialog.getByText(/sessions of travel: /).waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    });
  });

  test('packs: a download that breaks is not saved, and says what to do', async () => {
    const session = await aSession('workspace');
    await onPage(await sharedDaemon(), { path: `/sessions/${session}` }, async (page) => {
      const dialog = await openDialog(page);
      await dialog.getByText(/^1 session of workspace: /).waitFor();
      await page.route('**/api/v1/packs', (route) =>
        route.fulfill({
          status: 503,
          contentType: 'application/problem+json',
          body: JSON.stringify({ code: 'overloaded', detail: 'other packs are being written' }),
        }),
      );
      await dialog.getByRole('button', { name: 'Download', exact: true }).click();
      await dialog.getByText('The pack was not saved: other packs are being written').waitFor();
      await judgePage(page);
    });
  });
});
