import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openApiOf } from '../src/routes/openapi.ts';
import { referencePageOf } from '../src/routes/reference-page.ts';
import { ROUTES } from '../src/routes/route-table.ts';

// Writes the two files of spec/api/ that are made from the route table; a test holds them to it.
const folder = join(import.meta.dirname, '../../../spec/api');
await writeFile(join(folder, 'openapi.json'), `${JSON.stringify(openApiOf(ROUTES), null, 2)}\n`);
await writeFile(join(folder, 'reference.md'), referencePageOf(ROUTES));
