import type { MessageView, Notices } from '../src/notify/notices.ts';
import type { Served } from '../src/services/services.ts';

const MESSAGE: MessageView = {
  key: `ntc_${'0'.repeat(32)}_hook`,
  channel: 'hook',
  state: 'delivered',
  event: 'test',
  severity: 'low',
  phase: 'tells',
  title: 'a test',
  entry: null,
  at: 1,
  attempts: 1,
  fault: null,
  endedAt: 2,
};

/** A service of notifications that answers from nowhere. */
export function fakeNotices(
  served: <T>(name: string, value: T) => Promise<Served<T> & { ok: true }>,
): Notices {
  return {
    channels: () => [],
    messages: () => [MESSAGE],
    incidents: () => [],
    test: () => served('notices.test', MESSAGE),
    retry: () => served('notices.retry', { retried: 1 }),
    say: () => served('notices.say', { index: 8 }),
    slack: () => ({
      ok: true,
      value: {
        person: 'lena@example.com',
        approval: 'apr_1',
        outcome: 'deny',
        by: 'slack:hook',
        tell: () => Promise.resolve(),
      },
    }),
    serviceNow: () => ({
      ok: true,
      value: {
        person: 'lena@example.com',
        approval: 'apr_1',
        outcome: 'approve',
        by: 'servicenow:desk',
        forget: () => undefined,
      },
    }),
    attention: () => [],
  };
}
