import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import openapiTS, { astToString } from 'openapi-typescript';

// Writes what the console takes from the specification: the types of the API, and the words of the
// pact language. What is of the very same source already stays.
const spec = join(import.meta.dirname, '../../../spec');
const folder = join(import.meta.dirname, '../generated');

await print('api/openapi.json', 'api-types.ts', async (source) =>
  astToString(await openapiTS(pathToFileURL(source))),
);
await print('pact/pact.schema.json', 'pact-schema.ts', async (source) => {
  const schema: unknown = JSON.parse(await readFile(source, 'utf8'));
  return `/** The shape of a pact, with a line on each word. */
export const pactSchema: unknown = ${JSON.stringify(schema)};
`;
});

async function print(
  from: string,
  to: string,
  make: (source: string) => Promise<string>,
): Promise<void> {
  const source = join(spec, from);
  const target = join(folder, to);
  const digest = createHash('sha256')
    .update(await readFile(source))
    .digest('hex');
  const mark = `// Made by build/print-types.ts from spec/${from}, ${digest}.\n`;
  if (await beginsWith(target, mark)) return;
  await mkdir(folder, { recursive: true });
  await writeFile(target, `${mark}${await make(source)}`);
}

async function beginsWith(file: string, mark: string): Promise<boolean> {
  try {
    return (await readFile(file, 'utf8')).startsWith(mark);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return false;
    throw cause;
  }
}
