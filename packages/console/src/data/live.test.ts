import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { LiveStream } from './live.ts';

/** Stands in for the browser's own, which opens a connection each. */
class FakeSource extends EventTarget {
  static readonly opened: FakeSource[] = [];
  readonly url: string;
  isOpen = true;

  constructor(url: string) {
    super();
    this.url = url;
    FakeSource.opened.push(this);
  }

  close(): void {
    this.isOpen = false;
  }

  say(name: string, message: object): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(message) }));
  }
}

const before: unknown = Reflect.get(globalThis, 'EventSource');
beforeEach(() => {
  FakeSource.opened.length = 0;
  Reflect.set(globalThis, 'EventSource', FakeSource);
});
afterEach(() => void Reflect.set(globalThis, 'EventSource', before));

const heardBy = (stream: LiveStream): unknown[] => {
  const heard: unknown[] = [];
  stream.listen((rows) => heard.push(rows));
  return heard;
};

test('live: a stream that was let go goes on after the last entry it was told of', () => {
  const stream = new LiveStream('/s');
  const heard = heardBy(stream);
  stream.start();
  FakeSource.opened[0]?.dispatchEvent(new Event('open'));
  FakeSource.opened[0]?.say('ready', { index: 41 });
  stream.pause();
  assert.equal(FakeSource.opened[0]?.isOpen, false);
  stream.start();
  FakeSource.opened[1]?.dispatchEvent(new Event('open'));
  assert.deepEqual(
    FakeSource.opened.map(({ url }) => url),
    ['/s', '/s?after=41'],
  );
  assert.deepEqual(heard, []);
});

test('live: without a place to go on from, everything may have changed meanwhile', () => {
  const stream = new LiveStream('/s');
  const heard = heardBy(stream);
  stream.start();
  FakeSource.opened[0]?.say('ready', { index: -1 });
  stream.pause();
  stream.start();
  FakeSource.opened[1]?.dispatchEvent(new Event('open'));
  assert.equal(FakeSource.opened[1]?.url, '/s');
  assert.deepEqual(heard, ['everything']);
});

test('live: what is written down because the page reads is told to nobody', () => {
  const stream = new LiveStream('/s');
  const heard = heardBy(stream);
  stream.start();
  const row = { index: 7, at: 1, agent: null, session: null };
  FakeSource.opened[0]?.say('entries', { to: 7, rows: [{ ...row, kind: 'break_glass_used' }] });
  assert.deepEqual(heard, []);
  FakeSource.opened[0]?.say('entries', { to: 7, rows: [{ ...row, kind: 'break_glass' }] });
  assert.equal(heard.length, 1);
});
