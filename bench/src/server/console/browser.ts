import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { DaemonClient } from '@plumbline/server/source/client/daemon-client';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

import { textAt } from '../bench-daemon.ts';

const PLACES = [
  process.env['PLUMBLINE_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const SIZE = { width: 1280, height: 800 };

/** A browser that is signed in at a daemon. */
export type SignedIn = {
  readonly browser: Browser;
  /** Opens a page with nothing cached, signed in, with what measures in it. */
  readonly open: () => Promise<{ readonly context: BrowserContext; readonly page: Page }>;
  readonly close: () => Promise<void>;
};

/** Starts a browser and signs in by a link. */
export async function signIn(client: DaemonClient, url: string): Promise<SignedIn> {
  const executablePath = PLACES.find((place) => place !== undefined && existsSync(place));
  if (executablePath === undefined) {
    throw new Error('no Chromium: install it, or say where it is in PLUMBLINE_CHROMIUM');
  }
  // Root has no sandbox of its own in containers; the pages are the daemon's own.
  const args = ['--no-sandbox', '--disable-gpu'];
  const browser = await chromium.launch({ executablePath, args });
  const link = await client.ask({ method: 'POST', path: '/console/links', body: {} });
  const first = await browser.newContext();
  const page = await first.newPage();
  await page.goto(`${url}${textAt(link, 'path')}`);
  await page.getByRole('heading', { name: 'Fleet', level: 1 }).waitFor();
  const storageState = await first.storageState();
  await first.close();
  return {
    browser,
    open: async () => {
      const context = await browser.newContext({ storageState, viewport: SIZE });
      await context.addInitScript({ path: join(import.meta.dirname, 'in-page.js') });
      return { context, page: await context.newPage() };
    },
    close: () => browser.close(),
  };
}
