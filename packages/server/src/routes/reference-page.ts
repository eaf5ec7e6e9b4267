import type { JsonObject } from '@plumbline/core';
import { codesOf, rightsOf, schemaOf } from './openapi.ts';
import type { Route } from './route.ts';

const HEAD = [
  '# Reference of the decision API\n',
  'Made from the route table by `packages/server/testing/print-api.ts`; not written by hand. What',
  'the words mean is in [README.md](README.md). In the examples `$KEY` holds an API key; on the',
  'machine itself `curl --unix-socket <data>/daemon.sock` needs none.\n',
].join('\n');

/** Returns the reference page of a table of routes, in Markdown. */
export function referencePageOf(routes: readonly Route[]): string {
  return [HEAD, ...routes.map(sectionOf)].join('\n');
}

function sectionOf(route: Route): string {
  return [
    `## ${route.name}`,
    `\`${route.method} ${route.path}\``,
    `${capital(route.summary)}. ${rightsOf(route)}${repeatable(route)}`,
    ...tableOf('Query', route.queryShape === null ? null : schemaOf(route.queryShape, 'input')),
    ...tableOf('Body', route.bodySpec === null ? null : schemaOf(route.bodySpec.shape, 'input')),
    ...answerOf(route),
    `Problems: ${codesOf(route)
      .map((code) => `\`${code}\``)
      .join(', ')}.`,
    `\`\`\`sh\n${curlOf(route)}\n\`\`\`\n`,
  ].join('\n\n');
}

function repeatable({ isRecording }: Route): string {
  return isRecording === true ? ' Takes an `Idempotency-Key`.' : '';
}

function answerOf({ answer }: Route): readonly string[] {
  if (!('shape' in answer)) return [`Answers ${answer.status}, \`${answer.type}\`.`];
  const schema = schemaOf(answer.shape, 'output');
  const table = tableOf(`Answer (${answer.status})`, schema);
  return table.length > 0 ? table : [`Answers ${answer.status}: ${typeOf(schema)}.`];
}

function tableOf(title: string, schema: JsonObject | null): readonly string[] {
  const properties = membersOf(schema?.['properties']);
  if (properties.length === 0) return [];
  const required = schema?.['required'];
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  const rows = properties.map(([name, of]) => {
    const isNeeded = needed.includes(name) ? 'yes' : 'no';
    return `| \`${name}\` | ${typeOf(of)} | ${isNeeded} |`;
  });
  return [[`| ${title} | what | always |`, '| --- | --- | --- |', ...rows].join('\n')];
}

/** A schema in a few words. */
function typeOf(schema: JsonObject): string {
  const options = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(options)) return options.map((each) => typeOf(Object(each))).join(' or ');
  if (Array.isArray(schema['enum'])) return schema['enum'].map((word) => `\`${word}\``).join(', ');
  if ('const' in schema) return `\`${JSON.stringify(schema['const'])}\``;
  if (schema['type'] === 'array') return `list of ${typeOf(Object(schema['items']))}`;
  if (schema['type'] === 'object') return objectOf(schema);
  if (typeof schema['pattern'] === 'string') return `text \`${escaped(schema['pattern'])}\``;
  return WORDS.get(schema['type']) ?? 'any JSON';
}

function objectOf(schema: JsonObject): string {
  const names = membersOf(schema['properties']).map(([name]) => `\`${name}\``);
  return names.length === 0 ? 'object' : `{ ${names.join(', ')} }`;
}

const WORDS: ReadonlyMap<unknown, string> = new Map([
  ['string', 'text'],
  ['integer', 'whole number'],
  ['number', 'number'],
  ['boolean', 'true or false'],
  ['null', 'null'],
]);

function membersOf(properties: unknown): readonly (readonly [string, JsonObject])[] {
  return Object.entries(Object(properties));
}

function curlOf({ method, path, rights, bodySpec }: Route): string {
  const filled = path
    .replace('{agent}', 'refunds')
    .replace('{session}', '7f9c2ba4e88f827d')
    .replace('{digest}', `sha256:${'5a'.repeat(32)}`)
    .replace('{decision}', 'd-51c0')
    .replace('{index}', '0')
    .replace('{id}', '51c0f00d51c0f00d')
    .replace('{file}', 'checkpoint');
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} 'http://127.0.0.1:7411${filled}'`,
    ...(rights.length === 0 ? [] : ['-H "Authorization: Bearer $KEY"']),
    ...(bodySpec === null
      ? []
      : [
          "-H 'Content-Type: application/json'",
          `-d '${JSON.stringify(bodySpec.example).replaceAll("'", String.raw`'\''`)}'`,
        ]),
  ];
  return lines.join(' \\\n  ');
}

function escaped(pattern: string): string {
  return pattern.replaceAll('|', String.raw`\|`);
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
