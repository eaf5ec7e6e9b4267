import { useEffect, useRef, useState } from 'react';

import { askPack, type PackAsked } from '../../data/packs.ts';
import { saveBlob } from '../save-file.ts';

/** How far a download is. */
export type Download =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly bytes: number }
  | { readonly kind: 'done'; readonly name: string; readonly bytes: number }
  | { readonly kind: 'failed'; readonly error: unknown };

/** A download that may be started and stopped; it stops when what shows it goes. */
export type Downloading = {
  readonly state: Download;
  readonly start: (order: PackAsked & { readonly opened: boolean }) => void;
  readonly stop: () => void;
};

/** Downloads a pack and has the browser save it. A file that did not end is not saved. */
export function useDownload(): Downloading {
  const [state, setState] = useState<Download>({ kind: 'idle' });
  const leaving = useRef<AbortController | null>(null);
  useEffect(() => () => leaving.current?.abort(), []);
  return {
    state,
    start: (order) => {
      const controller = new AbortController();
      leaving.current = controller;
      const { signal } = controller;
      const tell = (next: Download): void => {
        if (!signal.aborted) setState(next);
      };
      setState({ kind: 'running', bytes: 0 });
      const save = async (): Promise<Download> => {
        const { name, file } = await askPack(
          order,
          (bytes) => tell({ kind: 'running', bytes }),
          signal,
        );
        if (!signal.aborted) saveBlob(name, file);
        return { kind: 'done', name, bytes: file.size };
      };
      save().then(tell, (error: unknown) => tell({ kind: 'failed', error }));
    },
    stop: () => {
      leaving.current?.abort();
      setState({ kind: 'idle' });
    },
  };
}
