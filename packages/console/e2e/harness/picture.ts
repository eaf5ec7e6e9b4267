import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Page } from 'playwright-core';

const folder = join(import.meta.dirname, '../../../../docs/console');

/** Writes a picture of the page for the documents, where `PLUMBLINE_PICTURES=1` asks for it. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (process.env['PLUMBLINE_PICTURES'] !== '1') return;
  await mkdir(folder, { recursive: true });
  const picture = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  await writeFile(join(folder, `${name}.png`), picture);
}
