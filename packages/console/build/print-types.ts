import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import openapiTS, { astToString } from 'openapi-typescript';

// Writes the types of the API from its description, unless they are of this very description.
const root = join(import.meta.dirname, '../../..');
const description = join(root, 'spec/api/openapi.json');
const folder = join(import.meta.dirname, '../generated');
const target = join(folder, 'api-types.ts');

const digest = createHash('sha256')
  .update(await readFile(description))
  .digest('hex');
const mark = `// Made by build/print-types.ts from spec/api/openapi.json, ${digest}.\n`;

async function isFresh(): Promise<boolean> {
  try {
    return (await readFile(target, 'utf8')).startsWith(mark);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return false;
    throw cause;
  }
}

if (!(await isFresh())) {
  await mkdir(folder, { recursive: true });
  const types = astToString(await openapiTS(pathToFileURL(description)));
  await writeFile(target, `${mark}${types}`);
}
