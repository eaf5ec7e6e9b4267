/** What is told once, at the first start: `adminKey` is never shown again. */
export type Bootstrap = {
  readonly adminKey: string;
  readonly rootKey: string;
  /** Signs the first admin in at the console, once; null with the socket alone. */
  readonly consoleLink: string | null;
};

/** How a daemon that started can be reached, and what was made at its first start. */
export type Started = {
  readonly pid: number;
  readonly folder: string;
  readonly socket: string;
  /** Null with the socket alone. */
  readonly url: string | null;
  readonly verifierKey: string;
  /** Null but at the first start. */
  readonly bootstrap: Bootstrap | null;
};

/** What a daemon says to whoever started it. `held`: another one holds the data directory. */
export type StartSaid =
  | { readonly kind: 'started'; readonly started: Started }
  | { readonly kind: 'held'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string };

/** Returns whether a message is one that a daemon says while it starts. */
export function isStartSaid(message: unknown): message is StartSaid {
  if (typeof message !== 'object' || message === null) return false;
  const kind: unknown = Reflect.get(message, 'kind');
  return kind === 'started' || kind === 'held' || kind === 'refused';
}
