import type { ClientFile } from './client-table.ts';
import type { Located, LocatedList } from './located.ts';
import type { Wrapped } from './wrapper.ts';

/** Where in its file the command line of a server stands. */
export type CommandSlots = {
  /** The command alone; null where it is the first word of `words`. */
  readonly command: Located | null;
  readonly words: LocatedList | null;
  /** Where the name of `words` begins, or null: there is none, or it is the command's. */
  readonly wordsStart: number | null;
  /** Whether `args` stands there and is no list. */
  readonly isOdd: boolean;
  /** The name before the command, and what holds it: where a list of words can be put. */
  readonly key: {
    readonly start: number;
    readonly isDotted: boolean;
    readonly hasBraces: boolean;
  };
};

/** How a server is reached. `other`: built into the client, or in a way nobody knows here. */
export type Reach =
  | {
      readonly kind: 'stdio';
      /** The whole command line. May hold secrets. */
      readonly words: readonly string[];
      readonly folder: string | null;
      readonly wrapped: Wrapped | null;
      readonly slots: CommandSlots;
    }
  | {
      readonly kind: 'http';
      /** May hold secrets. */
      readonly url: string;
      /** Secrets. */
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'other'; readonly what: string };

/** A server as a client's file configures it. */
export type ConfiguredServer = {
  readonly client: string;
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly file: Pick<ClientFile, 'base' | 'format' | 'isManaged'>;
  /** The project it is for; null: for all of them. */
  readonly project: string | null;
  readonly isEnabled: boolean;
  readonly reach: Reach;
  /** Secrets. */
  readonly environment: Readonly<Record<string, string>>;
};
