import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';

import { type OpenFake, openFake } from '../../testing/open-fake.ts';
import { requestOf } from '../../testing/route-request.ts';
import { openApiOf } from './openapi.ts';
import { referencePageOf } from './reference-page.ts';
import { ROUTES } from './route-table.ts';

const folder = join(import.meta.dirname, '../../../../spec/api');
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
const hint = 'run packages/server/testing/print-api.ts';

describe('the description of the API', () => {
  let fake: OpenFake;
  const ajv = new Ajv2020({ strict: false });
  before(async () => {
    fake = await openFake();
    ajv.addSchema(JSON.parse(read('openapi.json')), 'api');
  });
  after(() => fake.close());

  const check = (pointer: string, value: unknown): void => {
    const validate = ajv.getSchema(`api#${pointer}`);
    assert.ok(validate, `there is no schema at ${pointer}`);
    assert.ok(validate(value), `${pointer}: ${ajv.errorsText(validate.errors)}`);
  };

  test('openapi: the document is what the route table says', () => {
    const made = `${JSON.stringify(openApiOf(ROUTES), null, 2)}\n`;
    assert.equal(read('openapi.json'), made, hint);
  });

  test('openapi: the reference page is what the route table says', () => {
    assert.equal(read('reference.md'), referencePageOf(ROUTES), hint);
  });

  test('openapi: the document is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(JSON.parse(read('openapi.json')));
    assert.equal(result.valid, true, JSON.stringify(result.errors));
  });

  test('openapi: every route of the specification is in the table, and none besides', () => {
    const page = read('README.md');
    for (const { method, path } of ROUTES.filter(({ name }) => name !== 'getLogFile')) {
      assert.ok(page.includes(`\`${method} ${path}`), `${method} ${path} is not in README.md`);
    }
    const rows = page.matchAll(/^\| `(GET|POST|DELETE) (\/[^`?… ]*)/gm);
    const known = new Set(ROUTES.map(({ method, path }) => `${method} ${path}`));
    for (const [, method, path] of rows) {
      assert.ok(path === '/log/' || known.has(`${method} ${path}`), `${method} ${path}`);
    }
  });

  for (const route of ROUTES) {
    test(`openapi: what ${route.name} answers is what the document says`, async () => {
      const asked = requestOf(route, 'refunds');
      const at = `/paths/${pointerOf(route.path)}/${route.method.toLowerCase()}`;
      const given = await fake.ask({ ...asked, auth: keyFor(fake, route.rights) });
      assert.equal(given.status, route.answer.status, given.text);
      if ('shape' in route.answer) {
        const json = 'content/application~1json/schema';
        check(`${at}/responses/${given.status}/${json}`, given.json);
      }
      const refused = await fake.ask({ ...asked, headers: { origin: 'https://evil.example' } });
      assert.equal(refused.status, 403);
      check('/components/schemas/Problem', refused.json);
      if (asked.body === undefined) return;
      check(`${at}/requestBody/content/application~1json/schema`, asked.body);
    });
  }
});

function pointerOf(path: string): string {
  return encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function keyFor(fake: OpenFake, rights: readonly string[]): string {
  const isOpener = rights[0] === 'open-session' || rights[0] === 'speak-for-principal';
  if (isOpener) return fake.key({ kind: 'opener', agents: ['refunds'] });
  if (rights.includes('act')) return fake.key({ kind: 'agent', agents: ['refunds'] });
  return fake.key({ roles: ['admin'] });
}
