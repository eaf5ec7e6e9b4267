import {
  type Checkpoint,
  decodeBase64,
  decodeUtf8,
  encodeBase64,
  encodeUtf8,
  equalBytes,
  formatVerifierKey,
  type KeyPeriod,
  parseVerifierKey,
} from '@plumbline/ledger';
import { DiskError, type Disk } from '../disk/disk.ts';
import { STATE_FILE } from './layout.ts';
import { primitives } from './primitives.ts';

const PHASES = ['open', 'ending', 'ended', 'rolling', 'clearing'] as const;

/**
 * What may be signed: nothing but this size and root, by the key in force at this size.
 *
 * phase: how far a roll-over has come. `ending`: the one entry that may still follow is the last;
 * `ended`: the tree has it; `rolling`: the files are copied to their place among the rolled logs;
 * `clearing`: they are removed from where the next log begins. `open` at any other time.
 * before: the end of the log that this one continues.
 * keys: every period of the log key, the first from size 0 on.
 */
export type LogState = Checkpoint & {
  readonly phase: (typeof PHASES)[number];
  readonly before: Checkpoint | null;
  readonly keys: readonly KeyPeriod[];
};

const HEADER = 'plumbline-log-state/v1';

/** Returns the bytes of the file. */
export function formatLogState(state: LogState): Uint8Array {
  const lines = [HEADER, `phase ${state.phase}`, `log ${formatEnd(state)}`];
  if (state.before !== null) lines.push(`before ${formatEnd(state.before)}`);
  for (const { fromSize, key } of state.keys) {
    lines.push(`key ${fromSize} ${formatVerifierKey(key)}`);
  }
  return encodeUtf8(`${lines.join('\n')}\n`);
}

/** Returns the state of the file's bytes, or undefined unless `formatLogState` prints them back. */
export function parseLogState(bytes: Uint8Array): LogState | undefined {
  const lines = decodeUtf8(bytes)?.split('\n') ?? [];
  const words = lines.slice(1, -1).map((line) => line.split(' '));
  const valuesOf = (word: string): readonly (readonly string[])[] =>
    words.filter(([first]) => first === word).map((line) => line.slice(1));
  const phase = phaseOf(valuesOf('phase')[0]?.[0]);
  const end = parseEnd(valuesOf('log')[0]);
  const [beforeLine] = valuesOf('before');
  const before = beforeLine === undefined ? null : parseEnd(beforeLine);
  const keys = valuesOf('key').flatMap(parseKeyPeriod);
  if (phase === undefined || end === undefined || before === undefined) return undefined;
  const state = { ...end, phase, before, keys };
  return keys.length > 0 && equalBytes(formatLogState(state), bytes) ? state : undefined;
}

function formatEnd({ origin, size, root }: Checkpoint): string {
  return `${origin} ${size} ${encodeBase64(root)}`;
}

function parseEnd(words: readonly string[] | undefined): Checkpoint | undefined {
  const [origin, sizeText, rootText] = words ?? [];
  const root = decodeBase64(rootText ?? '');
  const size = Number(sizeText);
  if (origin === undefined || root?.length !== 32 || !Number.isSafeInteger(size)) return undefined;
  return { origin, size, root };
}

function parseKeyPeriod([fromSize, text = '']: readonly string[]): readonly KeyPeriod[] {
  const key = parseVerifierKey(primitives.sha256, text);
  return key.ok ? [{ fromSize: Number(fromSize), key: key.value }] : [];
}

function phaseOf(word: string | undefined): LogState['phase'] | undefined {
  return PHASES.find((phase) => phase === word);
}

/**
 * The file `log-state`, replaced only by whoever knows what stands in it. Of one log it never
 * shrinks, and never gives a size a second root.
 */
export class StateFile {
  readonly #disk: Disk;
  #state: LogState;

  constructor(disk: Disk, state: LogState) {
    this.#disk = disk;
    this.#state = state;
  }

  get state(): LogState {
    return this.#state;
  }

  /** Makes the next state durable. Rejects with a `DiskError` when somebody else wrote the file. */
  async advance(next: LogState): Promise<void> {
    const now = this.#state;
    const isSameLog = next.origin === now.origin;
    const isSecondRoot = next.size === now.size && !equalBytes(next.root, now.root);
    if (isSameLog && (next.size < now.size || isSecondRoot)) {
      throw new Error('bug: a log only grows, and a size has one root');
    }
    const found = await this.#disk.read(STATE_FILE);
    if (found === undefined || !equalBytes(found, formatLogState(now))) {
      const message = '`log-state` was changed by another program: let one daemon alone write here';
      throw new DiskError('broken', message, undefined);
    }
    await this.#disk.replace(STATE_FILE, formatLogState(next));
    this.#state = next;
  }
}
