import { isJsonObject, type JsonObject, parsedJson } from '@plumbline/core';

import { textIn } from './fields.ts';

/** One read that a hook let through while no daemon ran, as it stands in the spool. */
export type AwayRead = {
  readonly client: string;
  readonly agent: string;
  /** What whoever installed the hook attests. */
  readonly query: string;
  /** The client's event, JSON. */
  readonly event: string;
};

/** The same, taken apart. */
export type ReadAway = {
  readonly principal: string;
  readonly task: string | null;
  readonly prefix: string | null;
  readonly name: string;
  readonly body: JsonObject;
};

/** Returns what a line of the spool says, or null where it says nothing that can be read. */
export function readAway({ query, event }: AwayRead): ReadAway | null {
  const body = parsedJson(event);
  if (!isJsonObject(body)) return null;
  const members = new URLSearchParams(query);
  const [principal, name] = [members.get('principal'), textIn(body, 'hook_event_name')];
  if (principal === null || name === null) return null;
  return { principal, task: members.get('task'), prefix: members.get('prefix'), name, body };
}
