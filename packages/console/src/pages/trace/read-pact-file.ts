import type { PactSources } from '../../data/pacts.ts';

/**
 * Reads a file a person chose as another pact. What it names beside itself, such as its schemas, is
 * taken from the pact it is compared with. It never leaves the browser.
 */
export async function readPactFile(file: File, around: PactSources | null): Promise<PactSources> {
  const text = await file.text();
  const entry = around?.entry ?? file.name;
  // Another text is another pact, whatever the file is called.
  return { digest: `chosen:${text}`, entry, files: { ...around?.files, [entry]: text } };
}
