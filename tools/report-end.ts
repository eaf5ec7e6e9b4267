import type { TestEvent } from 'node:test/reporters';

// Tests run in this process: one of them may end it, and take the failures of others along.
let isEnded = false;
process.once('exit', () => {
  if (isEnded) return;
  process.exitCode ||= 1;
  process.stderr.write('✖ the run ended before its tests did: one of them ended the process\n');
});

/** Fails a run that ends before its tests have; prints nothing of those. */
async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type } of events) isEnded ||= type === 'test:summary';
  yield '';
}

export { report as default };
