import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { Stop } from '../stop.ts';

/** What is said to be attested of a session. */
export type GivenSession = {
  readonly principal: string;
  readonly task: string | null;
  readonly attributes: JsonObject;
  readonly claims: readonly { readonly name: string; readonly values: readonly string[] }[];
};

const KEYS = ['principal', 'task', 'attributes', 'claims'];

/** Returns the session that was given as JSON; what is left out has a default. */
export function sessionOf(session: Json): GivenSession {
  if (!isJsonObject(session)) throw new Stop('the session is not a JSON object');
  const { principal = 'principal', task = null, attributes = {}, claims = {} } = session;
  if (typeof principal !== 'string') throw new Stop('`principal` of the session is not text');
  if (task !== null && typeof task !== 'string') {
    throw new Stop('`task` of the session is not text or null');
  }
  if (!isJsonObject(attributes)) throw new Stop('`attributes` of the session is not an object');
  const unknown = Object.keys(session).find((key) => !KEYS.includes(key));
  if (unknown === undefined) return { principal, task, attributes, claims: claimsOf(claims) };
  throw new Stop(`unknown member \`${unknown}\` of the session, one of ${KEYS.join(', ')}`);
}

function claimsOf(claims: Json): GivenSession['claims'] {
  if (!isJsonObject(claims)) throw new Stop('`claims` of the session is not an object');
  return Object.entries(claims).map(([name, given]) => {
    const values = Array.isArray(given) ? given.filter((value) => typeof value === 'string') : [];
    if (Array.isArray(given) && values.length === given.length) return { name, values };
    throw new Stop(`claim \`${name}\` of the session is not a list of texts`);
  });
}
