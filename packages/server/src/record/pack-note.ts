/** The file of a pack that holds the log's signature over its manifest. */
export const PACK_NOTE = 'manifest.note';

/**
 * Returns the text that the log's key signs for a pack: which log, and the digest of the manifest.
 * No checkpoint can be taken for it, because its second line is no number.
 */
export function packNoteText(origin: string, manifestDigest: string): string {
  return `plumbline-evidence-pack/v1\n${origin}\n${manifestDigest}\n`;
}
