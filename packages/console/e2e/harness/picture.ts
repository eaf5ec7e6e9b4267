import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Page } from 'playwright-core';

const folder = join(import.meta.dirname, '../../../../docs/console');

/** Writes a picture of the page for the documents, where `PLUMBLINE_PICTURES=1` asks for it. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (process.env['PLUMBLINE_PICTURES'] !== '1') return;
  await mkdir(folder, { recursive: true });
  // What was pressed last looks otherwise while the pointer is on it.
  await page.mouse.move(0, 0);
  await page.evaluate(setStill, STILL);
  const picture = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  await writeFile(join(folder, `${name}.png`), picture);
}

const DIGEST = 'df085e2feb16c7a9858f400f8fbd2c42f27e619262fefd6decc272f971117aaf';
const BASE64 = 'AbQK/IbDAb+8Tra1WizV3OqD9/K91RVwqpnQEPBqEfmK';

/** What is another at each run, and what stands there instead: ids, digests, keys and moments. */
const STILL: readonly (readonly [pattern: string, instead: string])[] = [
  ['\\b(ses|apr|hlt|dec|aud|drl|und)_[0-9a-f]{4,}…[0-9a-f]*', '$1_01a2…08ab40'],
  ['\\b(ses|apr|hlt|dec|aud|drl|und)_[0-9a-f]{6,}', '$1_01a21f43978c336ef64cdb6208ab40f2'],
  ['\\b[0-9a-f]{64}\\b', DIGEST],
  ['\\b[0-9a-f]{16}\\b', DIGEST.slice(0, 16)],
  ['\\b[0-9a-f]{10}…', `${DIGEST.slice(0, 10)}…`],
  ['\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]{40,}', `+777126cf+${BASE64}`],
  ['[A-Za-z0-9+/]{43}=', `${BASE64.slice(0, 43)}=`],
  ['(?![0-9a-f]{10}…)[A-Za-z0-9+/]{10}…', `${BASE64.slice(0, 10)}…`],
  ['\\b1[0-9]{12}\\b', '1793710987512'],
  ['\\b[0-9]{1,2} [A-Z][a-z]{2} 20[0-9]{2} [0-9:]{8}', '3 Nov 2026 14:03:07'],
  ['\\b[0-9]{2}:[0-9]{2}:[0-9]{2}\\b', '14:03:07'],
  ['\\b[0-9]+ (?:ms|s|min) ago', '2 min ago'],
  ['\\b(?:[0-9]+ h )?[0-9]+ min(?: [0-9]+ s)?(?! ago)', '14 min 32 s'],
  ['(?<! min )\\b[0-9.]+ m?s(?! ago)\\b', '4 ms'],
  ['\\b[0-9],[0-9]{3}\\b', '1,210'],
  ['\\bentry [0-9]+', 'entry 1042'],
];

/**
 * Makes a page the same at each run. It runs in the page, where no node is replaced, so that the
 * page lives on.
 */
function setStill(still: readonly (readonly [pattern: string, instead: string])[]): void {
  const places = new Map<string, number>();
  // Where an entry stands in the log differs; which of a page's entries stands first does not.
  const placeOf = (text: string): string => {
    if (!places.has(text)) places.set(text, 1043 - places.size);
    return String(places.get(text));
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const before = node.nodeValue ?? '';
    const place = node.parentElement?.closest('a[href*="/evidence/"], a[href*="entry="], h1');
    const isPlace = place != null && /^(?:Entry )?[0-9]+$/.test(before);
    const after = isPlace
      ? before.replace(/[0-9]+/, placeOf)
      : still.reduce(
          (text, [pattern, instead]) => text.replaceAll(new RegExp(pattern, 'g'), instead),
          before,
        );
    const label = isPlace ? place.getAttribute('aria-label') : null;
    if (label !== null) place?.setAttribute('aria-label', label.replace(before, after));
    if (after !== before) node.nodeValue = after;
  }
}
