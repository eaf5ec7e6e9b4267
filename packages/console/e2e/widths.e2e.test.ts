import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { Page } from 'playwright-core';

import { PAGES } from '../src/app/page-list.ts';
import { type Desk, openDesk, textAt } from './harness/desk.ts';
import { onPage, skip } from './harness/world.ts';

const TABS: Readonly<Record<string, readonly string[]>> = {
  settings: ['factors', 'people', 'roles', 'notifications', 'credentials', 'about'],
  agents: ['', 'pact', 'actions', 'tools', 'sessions', 'versions'],
};

/** Every page of the console with something on it, at its address. */
async function everyPlace(desk: Desk): Promise<readonly string[]> {
  const { daemon, agent } = desk;
  const reason = `why ${'a-very-long-word-without-a-break'.repeat(6)}`;
  const ask = await desk.askRefund({ order: 'A-1'.repeat(60), amount: '35.00' });
  const session = await desk.payRefund();
  const drill = textAt(await daemon.ask('POST', `/api/v1/agents/${agent}/drills`), 'id');
  const order = { scope: 'tool', target: 'refunds.take', reason };
  const halt = textAt(await daemon.ask('POST', `/api/v1/agents/${agent}/halt`, order), 'halt');
  const audit = textAt(await daemon.ask('POST', `/api/v1/agents/${agent}/audits`), 'audit');
  const words: Readonly<Record<string, readonly string[]>> = {
    ':halt': [halt],
    ':agent': [agent],
    ':session': [session],
    ':room': ['a-room'],
    ':index': ['0', '12'],
  };
  const ids: Readonly<Record<string, string>> = { approvals: ask, drills: drill, audits: audit };
  return PAGES.flatMap(({ path }) => {
    const [page = '', ...rest] = path.split('/').slice(1);
    let places = [`/${page}`];
    for (const part of rest) {
      const name = part.replace(/[?*]$/, '');
      const own = name === ':tab' ? TABS[page] : name === ':id' ? [ids[page] ?? 'none'] : undefined;
      const choices = own ?? words[name] ?? [name];
      places = places.flatMap((place) => choices.map((each) => `${place}/${each}`));
    }
    return places;
  });
}

/** What makes a page wider than its window, and what is too small to be touched. */
function misfits(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const root = document.documentElement;
    const said = (element: Element): string =>
      `${element.tagName} ${element.className} ${element.textContent?.slice(0, 30) ?? ''}`;
    const over = root.scrollWidth - root.clientWidth;
    const widest = [...document.querySelectorAll('main *')].filter(
      (element) => element.getBoundingClientRect().right > root.clientWidth,
    );
    const wide =
      over > 0 ? [`${over} pixels too wide: ${widest.slice(-2).map(said).join(', ')}`] : [];
    const small = [...document.querySelectorAll('button, input, select, [role="tab"], summary')]
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        // Within a line of text, size is that of the line.
        const isInline = getComputedStyle(element).cursor === 'copy';
        const isBox = element.matches('input[type="checkbox"], input[type="radio"], summary');
        return width > 0 && !isInline && !isBox && (height < 24 || width < 24);
      })
      .map((element) => `too small: ${said(element)}`);
    return [...wide, ...small];
  });
}

/** What does not fit, and still does not once the page has followed its new width. */
async function lastingMisfits(page: Page): Promise<readonly string[]> {
  let found = await misfits(page);
  for (let turn = 0; turn < 20 && found.length > 0; turn += 1) {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    found = await misfits(page);
  }
  return found;
}

describe('widths', { skip }, () => {
  test('widths: no page is wider than its window, from 320 pixels to 4k', async () => {
    const desk = await openDesk({ within: '2h' });
    const places = await everyPlace(desk);
    const found: string[] = [];
    await onPage(desk.daemon, { path: '/' }, async (page) => {
      for (const place of places) {
        await page.goto(`${desk.daemon.url}/console${place}`);
        await page.locator('main h1').waitFor();
        await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
        // A window of 1280 at 400 % is one of 320; 256 pixels high is what is left of 1024.
        for (const [width, height] of [
          [320, 256],
          [768, 1024],
          [1600, 900],
          [3840, 2160],
        ] as const) {
          await page.setViewportSize({ width, height });
          for (const misfit of await lastingMisfits(page))
            found.push(`${place} at ${width}: ${misfit}`);
        }
      }
    });
    assert.deepEqual(found, []);
  });
});
