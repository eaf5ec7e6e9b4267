import type { Page } from 'playwright-core';

/** A pact that lets an agent look so many things up in a session. */
export function lookingPact(agent: string, calls: number): string {
  return [
    'pact: plumbline/v1',
    `agent: ${agent}`,
    'purpose: Look things up.',
    'owner: desk@example.com',
    'autonomy: 1',
    'tools:',
    '  find: { effect: read, category: looking }',
    'allow:',
    `  - { id: look, tool: find, limit: { calls: ${calls}, per: session } }`,
    '',
  ].join('\n');
}

/** Writes a pact in the place of the one in the editor. */
export async function writePact(page: Page, text: string): Promise<void> {
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}
