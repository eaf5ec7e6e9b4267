import { Readable } from 'node:stream';
import { spec as Spec, type TestEvent } from 'node:test/reporters';

/** What Node's own reporter prints, without a line for every test that passed. */
async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const chunk of Readable.from(noteworthy(events)).compose(new Spec())) {
    yield String(chunk);
  }
}

async function* noteworthy(events: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  for await (const event of events) {
    const isSilent =
      event.type === 'test:start' || (event.type === 'test:pass' && event.data.skip === undefined);
    if (!isSilent) yield event;
  }
}

export { report as default };
