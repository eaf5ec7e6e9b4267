import { createTarPacker } from 'modern-tar';

/** A pack on its way into one file: what is put in comes out as bytes of an archive. */
export type PackArchive = {
  readonly put: (path: string, bytes: Uint8Array) => Promise<void>;
  /** Nothing more is put in; the last bytes come out. */
  readonly end: () => void;
  readonly bytes: ReadableStream<Uint8Array<ArrayBuffer>>;
};

/**
 * Returns an archive (`.tar.gz`) in which every file stands below one folder, with the time it was
 * made at. What is put in waits for its bytes to be taken.
 */
export function packArchive(folder: string, madeAt: number): PackArchive {
  const { readable, controller } = createTarPacker();
  const mtime = new Date(madeAt);
  return {
    put: async (path, bytes) => {
      const header = { name: `${folder}/${path}`, size: bytes.length, mtime, mode: 0o644 };
      const writer = controller.add(header).getWriter();
      if (bytes.length > 0) await writer.write(bytes);
      await writer.close();
    },
    end: () => controller.finalize(),
    bytes: readable.pipeThrough(new CompressionStream('gzip')),
  };
}
