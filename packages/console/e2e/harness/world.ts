import assert from 'node:assert/strict';
import { after } from 'node:test';

import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';

import { buildConsole } from './build-console.ts';
import { startTestDaemon, type TestDaemon } from './daemon.ts';
import { findChromium } from './find-chromium.ts';
import { watchFaults } from './faults.ts';

const executable = findChromium();

/** What a test of a page is skipped with: false, or why. Under `CI=true` it never is. */
export const skip: string | false =
  executable !== null ? false : 'no Chromium: apt-get install chromium, or PLUMBLINE_CHROMIUM';

let browser: Promise<Browser> | null = null;
let shared: Promise<TestDaemon> | null = null;
const opened: TestDaemon[] = [];

after(async () => {
  await (await browser)?.close();
  for (const daemon of opened) await daemon.close();
});

/**
 * The daemon that tests share, fed with the recorded runs. A test that changes something does so to
 * an agent of its own (`addAgent`), or takes a daemon of its own.
 */
export function sharedDaemon(): Promise<TestDaemon> {
  shared ??= (async () => {
    const daemon = await ownDaemon();
    await daemon.feed();
    return daemon;
  })();
  return shared;
}

/** A daemon of the test's own, without agents. It is ended when all tests are over. */
export async function ownDaemon(
  settings: Readonly<Record<string, string>> = {},
): Promise<TestDaemon> {
  buildConsole();
  const daemon = await startTestDaemon(settings);
  opened.push(daemon);
  return daemon;
}

/** How a page is looked at. */
export type Look = {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
  /** Whose link signs in: the first admin where left out, nobody where null. */
  readonly person?: string | null;
  readonly clock?: number;
};

/**
 * Opens a page of the console in a browser of its own, signed in, and runs work on it. Fails as
 * well where the page throws, logs an error or breaks the content policy.
 */
export async function onPage(
  daemon: TestDaemon,
  { path, ...look }: Look & { readonly path: string },
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await (await openBrowser()).newContext(contextOf(look));
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const faults = watchFaults(page);
  try {
    if (look.person !== null) await signIn(daemon, page, look.person);
    await page.goto(`${daemon.url}/console${path}`);
    await work(page);
    assert.deepEqual(faults(), []);
  } finally {
    await context.close();
  }
}

/** Opens a browser's own store of cookies with a window for each path, signed in as one person. */
export async function onWindows(
  daemon: TestDaemon,
  { paths, ...look }: Look & { readonly paths: readonly [string, string] },
  work: (one: Page, other: Page) => Promise<void>,
): Promise<void> {
  const [first, second] = paths;
  await onPage(daemon, { path: first, ...look }, async (one) => {
    const other = await one.context().newPage();
    const faults = watchFaults(other);
    await other.goto(`${daemon.url}/console${second}`);
    await work(one, other);
    assert.deepEqual(faults(), []);
  });
}

/** The link to an agent in the table of the fleet. */
export function agentLink(page: Page, agent: string): Locator {
  const table = page.getByRole('table', { name: 'agents' });
  return table.getByRole('link', { name: agent, exact: true });
}

/** Signs a page's browser in by a one-use link. */
export async function signIn(
  daemon: TestDaemon,
  page: Page,
  person: string | undefined,
): Promise<void> {
  if (person === undefined) {
    const made = await daemon.ask('POST', '/console/links', {});
    await page.goto(`${daemon.url}${String(Reflect.get(Object(made), 'path'))}`);
  } else {
    await page.goto((await daemon.plumb('console', '--person', person)).trim());
  }
  await page.getByRole('heading', { name: 'Fleet', level: 1 }).waitFor();
}

function contextOf({ width = 1280, height = 800, theme = 'light' }: Look): BrowserContextOptions {
  return {
    viewport: { width, height },
    colorScheme: theme,
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
    reducedMotion: 'reduce',
    acceptDownloads: true,
  };
}

function openBrowser(): Promise<Browser> {
  // Root has no sandbox of its own in containers; the pages are the daemon's own.
  browser ??= chromium.launch({
    executablePath: executable ?? '',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  return browser;
}
