import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type CompiledPact, formatDiagnostic, type JsonObject, loadPact } from '@plumbline/core';

const folder = join(import.meta.dirname, '..', '..', '..', 'examples', 'agentdojo', 'pacts');

/** The agent everything is measured with: the example pact of an office assistant as it stands. */
export const AGENT = 'workspace';

const ENTRY_FILE = 'workspace.pact.yaml';
const SCHEMA_FILE = 'schemas/workspace.tools.json';

const written = new Map(
  [ENTRY_FILE, SCHEMA_FILE].map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
);

/** Returns the sources of the agent's pact, or of the same pact for an agent of another name. */
export function pactSources(agent: string = AGENT): {
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
} {
  const renamed = [...written].map(([path, text]): readonly [string, string] => [
    path,
    text.replace(`agent: ${AGENT}\n`, `agent: ${agent}\n`),
  ]);
  return { entry: ENTRY_FILE, files: Object.fromEntries(renamed) };
}

/** Returns the same, compiled. */
export function workloadPact(agent: string = AGENT): CompiledPact {
  const { files } = pactSources(agent);
  const loaded = loadPact(ENTRY_FILE, (path) => files[path]);
  if (loaded.ok) return loaded.value.pact;
  throw new Error(loaded.error.map(formatDiagnostic).join('\n'));
}

/** What is attested of every session. */
export const OPENING: {
  readonly principal: string;
  readonly task: string;
  readonly room: null;
  readonly attributes: JsonObject;
} = {
  principal: 'emma.johnson@example.com',
  task: 'work-through-mail',
  room: null,
  attributes: { user_email: 'emma.johnson@example.com' },
};

/** One action with what comes back of it. */
export type Step = {
  readonly tool: string;
  readonly args: JsonObject;
  readonly result: string;
};

/** What sessions do: the action at each place, and after how many a session is closed. */
export type Script = { readonly steps: number; readonly stepAt: (place: number) => Step };

/** Actions each of which is reported before the next. */
export const WORK: Script = { steps: 32, stepAt };

/** Actions that do not need that what came back of another was reported. */
export const LOOK_UPS: Script = { steps: 32, stepAt: lookUpAt };

/**
 * Returns what a session does at a place: three look-ups of contacts, then a mail to one of them,
 * whose address is traced to a result. Results have about 200 characters, as half of the recorded
 * ones do. The pact allows all of it.
 */
function stepAt(place: number): Step {
  if (place % 4 === 3) {
    const args = {
      recipients: [addressOf(place - 1)],
      subject: `Minutes of meeting ${place}`,
      body: `Hello, please find below the minutes of our meeting ${place}. Kind regards, Emma`,
    };
    return { tool: 'send_email', args, result: mailSent(place) };
  }
  return lookUpAt(place);
}

/** Returns a look-up of a contact, which is allowed whatever came back before. */
function lookUpAt(place: number): Step {
  const args = { query: `Contact number ${place}` };
  return { tool: 'search_contacts_by_name', args, result: contact(place) };
}

function contact(place: number): string {
  const more = Array.from({ length: 3 }, (_, index) => entryOf(place * 10 + index + 1));
  return [`- email: ${addressOf(place)}`, `  name: Contact number ${place}`, ...more, ''].join(
    '\n',
  );
}

function entryOf(number: number): string {
  return `- email: ${addressOf(number)}\n  name: Colleague ${number}`;
}

function mailSent(place: number): string {
  return [
    `id_: '${place}'`,
    'sender: emma.johnson@example.com',
    `recipients: [${addressOf(place - 1)}]`,
    `subject: Minutes of meeting ${place}`,
    'status: sent',
    'read: true',
    "timestamp: '2024-05-15T12:00:00'",
    '',
  ].join('\n');
}

function addressOf(number: number): string {
  return `person.${number}@example.org`;
}
