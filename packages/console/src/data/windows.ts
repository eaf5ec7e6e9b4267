/** What one window of the console tells the others of this browser. */
export type WindowWord = {
  /** The sign-in it shows, or null: nobody is signed in. */
  readonly signIn: string | null;
  /** Until when that lasts without use, where somebody used it. */
  readonly idleAtMs: number | null;
};

const NAME = 'plumbline-sign-in';
let channel: BroadcastChannel | null = null;

/** Tells the other windows. */
export function tellWindows(word: WindowWord): void {
  if (typeof document === 'undefined') return;
  channel ??= new BroadcastChannel(NAME);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target
  channel.postMessage(word);
}

/** Hears the other windows, until the function it returns is called. */
export function hearWindows(listener: (word: WindowWord) => void): () => void {
  channel ??= new BroadcastChannel(NAME);
  const own = channel;
  const hear = ({ data }: MessageEvent<unknown>): void => listener(readWord(data));
  own.addEventListener('message', hear);
  return () => own.removeEventListener('message', hear);
}

function readWord(word: unknown): WindowWord {
  const signIn: unknown = Reflect.get(Object(word), 'signIn');
  const idleAtMs: unknown = Reflect.get(Object(word), 'idleAtMs');
  return {
    signIn: typeof signIn === 'string' ? signIn : null,
    idleAtMs: typeof idleAtMs === 'number' ? idleAtMs : null,
  };
}
