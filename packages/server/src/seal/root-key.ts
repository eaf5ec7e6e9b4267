/** Where the root key comes from. It never stands in the data directory. */
export type RootKey = {
  /** 32 bytes. */
  readonly bytes: Uint8Array;
  /** Where it came from, for people: a path, never the key. */
  readonly source: string;
};
