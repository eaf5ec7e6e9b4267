import assert from 'node:assert/strict';

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Holds a page to every rule of axe, and to its width: nothing but tables scrolls sideways. */
export async function judgePage(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const said = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`,
  );
  assert.deepEqual(said, []);
  const beyond = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.equal(beyond, 0, `the page is ${beyond} pixels too wide`);
}

/** The widths pages are looked at: a small phone, a tablet, a laptop, a large screen and 4k. */
export const WIDTHS: readonly number[] = [320, 768, 1280, 1920, 3840];
