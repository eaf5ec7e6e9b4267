import { concat, decodeBase64, decodeUtf8, encodeBase64 } from '../bytes.ts';
import { type Result, fault, ok } from '../result.ts';
import { isKeyName } from './verifier-key.ts';

/** One signature line: whose it says it is, and the bytes that key's type defines. */
export type NoteSignature = {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
};

/** A text that ends in a line feed, and the signatures under it. None of them is checked yet. */
export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] };

const MAX_NOTE_BYTES = 1_000_000;
const MAX_SIGNATURES = 100;

/** Returns the note as it is stored and sent. Source: c2sp.org/signed-note. */
export function formatNote({ text, signatures }: Note): string {
  return `${text}\n${signatures.map(formatSignature).join('')}`;
}

/** Returns one signature line, line feed included. */
export function formatSignature({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${encodeBase64(concat(keyId, signature))}\n`;
}

/** Returns a note as strictly as it can be read: `formatNote` prints back the same bytes. */
export function parseNote(bytes: Uint8Array): Result<Note> {
  if (bytes.length > MAX_NOTE_BYTES) return fault('malformed', 'note is longer than a megabyte');
  const whole = decodeUtf8(bytes);
  if (whole === undefined) return fault('malformed', 'note is not UTF-8');
  const control = /[\0-\x09\x0b-\x1f]/.exec(whole);
  if (control !== null) {
    return fault('malformed', `note has a control character at ${control.index}`);
  }
  const split = whole.lastIndexOf('\n\n');
  if (split < 0) return fault('malformed', 'note has no blank line before its signatures');
  const signatures = parseSignatures(whole.slice(split + 2));
  return signatures.ok
    ? ok({ text: whole.slice(0, split + 1), signatures: signatures.value })
    : signatures;
}

/** Returns the signatures of one or more lines, each of which ends in a line feed. */
export function parseSignatures(text: string): Result<readonly NoteSignature[]> {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length === 0) {
    return fault('malformed', 'signature lines must each end in a line feed');
  }
  if (lines.length > MAX_SIGNATURES) {
    return fault('malformed', `more than ${MAX_SIGNATURES} signatures`);
  }
  const signatures: NoteSignature[] = [];
  for (const [index, line] of lines.entries()) {
    const signature = parseSignature(line);
    if (signature === undefined) {
      return fault('malformed', `signature ${index + 1} is not \`— name base64\``);
    }
    signatures.push(signature);
  }
  return ok(signatures);
}

function parseSignature(line: string): NoteSignature | undefined {
  const [dash, name = '', encoded = '', ...rest] = line.split(' ');
  const bytes = decodeBase64(encoded);
  if (dash !== '—' || rest.length > 0 || !isKeyName(name)) return undefined;
  if (bytes === undefined || bytes.length < 5) return undefined;
  return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) };
}
