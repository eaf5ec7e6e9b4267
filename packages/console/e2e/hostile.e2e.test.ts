import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { Page } from 'playwright-core';

import { PAGES } from '../src/app/page-list.ts';
import { type Desk, LENA, openDesk } from './harness/desk.ts';
import { hostileEffects, type HostileTrail, sayHostileThings } from './harness/hostile.ts';
import { onPage, skip } from './harness/world.ts';

const TABS: Readonly<Record<string, readonly string[]>> = {
  settings: ['factors', 'people', 'roles', 'notifications', 'credentials', 'about'],
  agents: ['', 'pact', 'live', 'tools', 'sessions', 'approvals', 'versions', 'budgets', 'gates'],
};

type HostileDesk = { readonly desk: Desk; readonly trail: HostileTrail };
let opened: Promise<HostileDesk> | null = null;

function hostileDesk(): Promise<HostileDesk> {
  opened ??= (async () => {
    // The ask is open for as long as the pages are looked at.
    const desk = await openDesk({ within: '2h', settings: { 'limits.bodyBytes': '8388608' } });
    return { desk, trail: await sayHostileThings(desk) };
  })();
  return opened;
}

describe('hostile', { skip }, () => {
  test('hostile: what anybody said is text on every page, and nothing else', async () => {
    const { desk, trail } = await hostileDesk();
    await onPage(desk.daemon, { path: '/' }, async (page) => {
      const abroad: string[] = [];
      const own = new URL(desk.daemon.url).origin;
      page.on('request', (request) => {
        const { origin, protocol } = new URL(request.url());
        const isHere = origin === own || protocol === 'blob:' || protocol === 'data:';
        if (!isHere) abroad.push(request.url());
      });
      page.on('dialog', (dialog) => {
        abroad.push(`a dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      for (const path of PAGES.flatMap((one) => placesOf(one.path, trail))) {
        await page.goto(`${desk.daemon.url}/console${path}`);
        await settle(page);
        assert.deepEqual([path, await hostileEffects(page)], [path, []]);
        assert.ok(page.url().startsWith(`${own}/console/`), page.url());
      }
      assert.deepEqual(abroad, []);
    });
  });

  test('hostile: who decides sees the action as it is, unseen characters named', async () => {
    const { desk, trail } = await hostileDesk();
    const path = `/approvals/${trail.ask}`;
    await onPage(desk.daemon, { path, person: LENA }, async (page) => {
      const shown = page.getByRole('region', { name: 'arguments' });
      await shown.getByText('<script>window.plumblineOwned=1</script>').first().waitFor();
      await shown.getByText('RLO').first().waitFor();
      await shown.getByText('ZWSP').first().waitFor();
      // What JSON escapes is seen as it is escaped.
      await shown.getByText('\\u001b[31mred').first().waitFor();
      assert.deepEqual(await hostileEffects(page), []);
    });
  });
});

async function settle(page: Page): Promise<void> {
  await page.locator('main h1').waitFor();
  await page.waitForLoadState('load');
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
  await page.waitForTimeout(300);
}

function placesOf(path: string, trail: HostileTrail): readonly string[] {
  const words: Readonly<Record<string, readonly string[]>> = {
    ':id': [path.includes('drill') ? trail.drill : trail.ask],
    ':halt': [trail.halt],
    ':agent': [trail.agent],
    ':session': [trail.session],
    ':room': [encodeURIComponent(trail.room)],
    ':tab': TABS[path.split('/')[1] ?? ''] ?? [''],
    ':index': Array.from({ length: trail.entries }, (_, index) => String(index)).filter(
      (_, index) => index % 7 === 0,
    ),
  };
  let places: readonly string[] = [''];
  for (const part of path.split('/').slice(1)) {
    const name = part.replace(/[?*]$/, '');
    const choices = part.startsWith(':') ? words[name] : [name];
    assert.ok(choices, `what stands at ${name} in ${path}?`);
    places = places.flatMap((place) => choices.map((each) => `${place}/${each}`));
  }
  return places;
}
