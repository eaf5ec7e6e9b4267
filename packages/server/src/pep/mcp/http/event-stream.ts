import type { ServerResponse } from 'node:http';

type Event = { readonly index: number; readonly text: string };

const MOST_EVENTS = 256;
const MOST_CHARS = 4 * 1024 * 1024;
const MOST_UNREAD = 4 * 1024 * 1024;
const ALIVE_MS = 15_000;

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-accel-buffering': 'no',
} as const;

/**
 * Messages for one client in order, as server-sent events. Where it can be resumed, what was sent
 * is kept, within bounds, and sent again to whoever comes back for it.
 */
export class EventStream {
  readonly id: string;
  readonly #isKept: boolean;
  readonly #events: Event[] = [];
  #chars = 0;
  #next = 0;
  #response: ServerResponse | null = null;
  #timer: NodeJS.Timeout | null = null;
  isEnded = false;

  constructor(id: string, isKept: boolean) {
    this.id = id;
    this.#isKept = isKept;
  }

  get isRead(): boolean {
    return this.#response !== null;
  }

  /** Sends what is said from here on, and what was said after an event, to a client. */
  attach(
    response: ServerResponse,
    {
      after,
      headers,
    }: { readonly after: number; readonly headers: Readonly<Record<string, string>> },
  ): void {
    this.#detach();
    this.#response?.end();
    this.#response = response;
    response.on('close', () => {
      if (this.#response !== response) return;
      this.#response = null;
      this.#detach();
    });
    response.writeHead(200, { ...HEADERS, ...headers });
    // The first event has an id and says nothing, so that even its loss can be come back from.
    if (this.#isKept && after < 0) response.write(`id: ${this.id}_0\ndata: \n\n`);
    for (const { index, text } of this.#events) if (index > after) this.#write(index, text);
    this.#timer = setInterval(() => response.write(': \n\n'), ALIVE_MS).unref();
    if (this.isEnded) this.#finish();
  }

  push(bytes: Buffer): void {
    if (this.isEnded) return;
    this.#next += 1;
    const text = bytes.toString('utf8');
    if (this.#isKept || this.#response === null) this.#keep({ index: this.#next, text });
    this.#write(this.#next, text);
  }

  /** Nothing more is said. */
  end(): void {
    this.isEnded = true;
    this.#finish();
  }

  #keep(event: Event): void {
    this.#events.push(event);
    this.#chars += event.text.length;
    while (this.#events.length > MOST_EVENTS || this.#chars > MOST_CHARS) {
      this.#chars -= this.#events.shift()?.text.length ?? 0;
    }
  }

  #write(index: number, text: string): void {
    const id = this.#isKept ? `id: ${this.id}_${index}\n` : '';
    // Who does not read what is said loses the stream, and may come back to what is kept of it.
    if ((this.#response?.writableLength ?? 0) > MOST_UNREAD) this.#response?.destroy();
    // JSON as it is printed has no line breaks.
    this.#response?.write(`${id}event: message\ndata: ${text}\n\n`);
  }

  #finish(): void {
    this.#response?.end();
    this.#detach();
  }

  #detach(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

/** Returns the stream and event that a `Last-Event-ID` names, or null. */
export function eventIn(id: string): { readonly stream: string; readonly index: number } | null {
  const [, stream, index] = /^([a-z0-9]{1,32})_(\d{1,15})$/.exec(id) ?? [];
  return stream === undefined ? null : { stream, index: Number(index) };
}
