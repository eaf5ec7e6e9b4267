import { describe, test } from 'node:test';

import { judgePage } from './harness/judge.ts';
import { agentLink, onPage, ownDaemon, skip } from './harness/world.ts';

describe('outage', { skip }, () => {
  test('outage: a restarted daemon is said to be away, and what was missed appears', async () => {
    const daemon = await ownDaemon();
    await daemon.ask('POST', '/api/v1/agents', { agent: 'before' });
    await onPage(daemon, { path: '/' }, async (page) => {
      await agentLink(page, 'before').waitFor();
      await daemon.down();
      await page.getByText('The daemon has been away since').waitFor();
      await agentLink(page, 'before').waitFor();
      await judgePage(page);
      await daemon.up();
      await daemon.ask('POST', '/api/v1/agents', { agent: 'meanwhile' });
      await page.getByText('The daemon has been away since').waitFor({ state: 'detached' });
      // A restart may end the session; the place stays the same.
      const key = page.getByLabel('Your key');
      await key.or(agentLink(page, 'meanwhile')).waitFor();
      if (await key.isVisible()) {
        await key.fill(daemon.adminKey);
        await page.keyboard.press('Enter');
      }
      await agentLink(page, 'meanwhile').waitFor();
    });
  });

  test('outage: an address that names no page says so', async () => {
    await onPage(await ownDaemon(), { path: '/no-such-page' }, async (page) => {
      await page.getByRole('heading', { name: 'Nothing is here' }).waitFor();
      await judgePage(page);
    });
  });
});
