import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createLogger, createRequestLog, type RequestLine } from './request-log.ts';

test('log lines: one caller is not told of without end, and what was left out is counted', () => {
  const written: string[] = [];
  let now = 0;
  const logger = createLogger({ write: (line: string) => written.push(line) });
  const log = createRequestLog(logger, () => now);
  const refused = { operation: 'none', status: 404, code: 'not-found', agent: null, ms: 1 };
  const from = (caller: RequestLine['caller']): void => log.answered({ ...refused, caller });
  for (let count = 0; count < 1_500; count += 1) from(null);
  assert.equal(written.length, 1_000);
  from('a1');
  assert.equal(written.length, 1_001, 'another caller is heard');
  now = 60_000;
  from(null);
  from('nobody');
  assert.equal(written.length, 1_003);
  assert.match(written.at(-2) ?? '', /"leftOut":500/);
  assert.doesNotMatch(written.at(-1) ?? '', /leftOut/);
});
