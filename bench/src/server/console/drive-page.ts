import { setTimeout as sleep } from 'node:timers/promises';

import type { Page } from 'playwright-core';

import type { SignedIn } from './browser.ts';
import { type Bundle, bundleOf } from './bundle-bytes.ts';
import { type LongTasks, watchTasks } from './main-thread.ts';

/** A page, and what is done on it. */
export type Driven = {
  readonly url: string;
  readonly row: string;
  readonly filter: string | null;
};

/** How a page came up. */
export type FirstView = {
  readonly ms: number;
  /** Questions to the API until then and a moment longer. */
  readonly requests: number;
  readonly bundle: Bundle;
};

/** What was measured while somebody scrolled, filtered and sorted. */
export type Acted = LongTasks & {
  readonly scrolls: readonly number[];
  /** From each key in the filter until the rows that match were painted. */
  readonly keys: readonly number[];
  /** How long each interaction took until the next paint; under 16 ms the browser tells none. */
  readonly interactions: readonly number[];
  readonly interactionCount: number;
  readonly requests: number;
  /** Frames that took long, and what ran in them. */
  readonly slow: readonly { readonly ms: number; readonly where: string }[];
};

/** The same while so many entries a second came in, and how busy the machine was then. */
export type LiveActed = Acted & { readonly perSecond: number; readonly load: number };

const KEY_MS = 90;
const SCROLLS = 12;
const REST_MS = 1_000;
const WAIT_MS = 60_000;

/** Opens a page with nothing cached and waits for its rows. */
export async function firstView(signedIn: SignedIn, { url, row }: Driven): Promise<FirstView> {
  const { context, page } = await signedIn.open();
  const asked = watchRequests(page);
  const ms = await arrive(page, url, row);
  await sleep(REST_MS);
  const requests = asked().filter((path) => path.startsWith('/api/')).length;
  const bundle = await bundleOf(page);
  await context.close();
  return { ms, requests, bundle };
}

/** Scrolls, filters and sorts for a number of rounds, or until a time is over. */
export async function actOn(
  signedIn: SignedIn,
  { url, row, filter }: Driven,
  isOver: (round: number) => boolean,
): Promise<Acted> {
  const { context, page } = await signedIn.open();
  await arrive(page, url, row);
  await sleep(REST_MS);
  const asked = watchRequests(page);
  const stopTasks = await watchTasks(signedIn.browser, page);
  await page.evaluate('bench.begin()');
  const scrolls: number[] = [];
  for (let round = 0; !isOver(round); round += 1) {
    scrolls.push(...(await page.evaluate<number[]>(`bench.scroll(${SCROLLS})`)));
    if (filter === null) await pressRow(page, row);
    else await pressFilter(page, filter);
  }
  await sleep(KEY_MS);
  const acted =
    await page.evaluate<Omit<Acted, 'scrolls' | 'requests' | keyof LongTasks>>('bench.end()');
  const requests = asked().length;
  const tasks = await stopTasks();
  await context.close();
  return { ...acted, ...tasks, scrolls, requests };
}

async function arrive(page: Page, url: string, row: string): Promise<number> {
  page.setDefaultTimeout(WAIT_MS);
  await page.goto(url, { waitUntil: 'commit' });
  const shown = page.evaluate<number>(`bench.firstRow(${JSON.stringify(row)})`);
  await page.locator(row).first().waitFor({ state: 'attached' });
  return shown;
}

/** Types words a key at a time and takes them back, then sorts by the second column. */
async function pressFilter(page: Page, words: string): Promise<void> {
  await page.locator('input[aria-label^="Filter"]').first().click();
  for (const key of words) await page.keyboard.type(key, { delay: KEY_MS });
  for (const _ of words) {
    await page.keyboard.press('Backspace');
    await sleep(KEY_MS);
  }
  const sort = page.locator('th button').nth(1);
  if ((await sort.count()) > 0) await sort.click();
}

/** Presses the third row that is in sight, without following where it leads elsewhere. */
async function pressRow(page: Page, row: string): Promise<void> {
  const link = page.locator(`${row}:is(a)`).nth(2);
  if ((await link.count()) > 0) await link.click();
  for (let step = 0; step < 5; step += 1) {
    await page.keyboard.press('ArrowDown');
    await sleep(KEY_MS);
  }
}

/** Every request of a page from now on, by its path; the stream is one that stays. */
function watchRequests(page: Page): () => readonly string[] {
  const paths: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname !== '/api/v1/stream') paths.push(pathname);
  });
  return () => paths;
}
