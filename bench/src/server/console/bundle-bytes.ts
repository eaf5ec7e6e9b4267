import { gzipSync } from 'node:zlib';

import type { Page } from 'playwright-core';

/** How much a browser loads for one view: the files, and their bytes once compressed. */
export type Bundle = { readonly files: number; readonly gzipBytes: number };

/** Fetches again what a page loaded of the console itself, and compresses it. */
export async function bundleOf(page: Page): Promise<Bundle> {
  const loaded: readonly string[] = await page.evaluate(
    `[location.href, ...performance.getEntriesByType('resource').map(({ name }) => name)]`,
  );
  const own = [...new Set(loaded)].filter((url) => !/\/api\/|\/console\/session/.test(url));
  let gzipBytes = 0;
  for (const url of own) {
    const answer = await fetch(url, { headers: { accept: '*/*' } });
    gzipBytes += gzipSync(new Uint8Array(await answer.arrayBuffer())).length;
  }
  return { files: own.length, gzipBytes };
}
