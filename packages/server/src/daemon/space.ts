import type { Disk } from '../disk/disk.ts';
import { LedgerStopped, type Sequencer } from '../ledger/sequencer.ts';

/** How much space there is, as last looked. */
export type Space = {
  readonly look: () => Promise<SpaceView>;
  readonly view: () => SpaceView;
};

/** `low`: a warning is due; `full`: nothing more is begun. */
export type SpaceView = {
  readonly freeBytes: number | null;
  readonly state: 'enough' | 'low' | 'full';
};

/** Returns a view of the space of a disk, by the bounds of the configuration. */
export function makeSpace(
  disk: Pick<Disk, 'freeBytes'>,
  { warnBytes, refuseBytes }: { readonly warnBytes: number; readonly refuseBytes: number },
): Space {
  let view: SpaceView = { freeBytes: null, state: 'enough' };
  return {
    view: () => view,
    look: async () => {
      const freeBytes = await disk.freeBytes();
      const state = freeBytes < refuseBytes ? 'full' : freeBytes < warnBytes ? 'low' : 'enough';
      view = { freeBytes, state };
      return view;
    },
  };
}

// What begins something; everything else ends what is under way or narrows.
const BEGINS: ReadonlySet<string> = new Set(['session_opened', 'message', 'decided']);
const HEAD_BYTES = 256;

/**
 * Returns a log that begins nothing while the disk has too little space: what is in flight can
 * still be finished, and halted. It takes everything again once there is space.
 */
export function heedSpace(sequencer: Sequencer, space: Pick<Space, 'view'>): Sequencer {
  return {
    append: (submission) => {
      const { freeBytes, state } = space.view();
      if (state === 'full' && isBeginning(submission.bytes)) {
        throw new LedgerStopped(
          'backlog',
          `only ${freeBytes ?? 0} bytes are left on the disk: free some, nothing is to be repaired`,
        );
      }
      return sequencer.append(submission);
    },
    status: () => sequencer.status(),
    read: (from, limit) => sequencer.read(from, limit),
    blob: (digest) => sequencer.blob(digest),
    checkpoint: () => sequencer.checkpoint(),
    publish: () => sequencer.publish(),
    onDurable: (listener) => sequencer.onDurable(listener),
    close: () => sequencer.close(),
  };
}

function isBeginning(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(HEAD_BYTES, bytes.length));
  const kind = /"kind":"([a-z_]+)"/.exec(head.toString('latin1'))?.[1];
  return kind !== undefined && BEGINS.has(kind);
}
