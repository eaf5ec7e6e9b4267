import { isUtf8 } from 'node:buffer';
import { isJsonObject, type JsonObject, parsedJson } from '@plumbline/core';

import { duplicateName } from '../routes/gate/duplicate-name.ts';
import { bad, type Checked, good } from './token-fault.ts';

/** A token in compact form, taken apart and not yet believed. */
export type ReadToken = { readonly header: JsonObject; readonly claims: JsonObject };

const LONGEST = 16_384;
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Returns whether a credential looks like a token: three parts between dots. */
export function looksLikeToken(text: string): boolean {
  return COMPACT.test(text);
}

/**
 * Takes a token apart. One that is larger than 16 KiB, is not signed in compact form, or in which a
 * name stands twice is refused: of two members with one name every reader takes another.
 */
export function readToken(text: string): Checked<ReadToken> {
  if (text.length > LONGEST) {
    return bad('too-large', `the token is longer than ${LONGEST} characters`);
  }
  if (!looksLikeToken(text)) return bad('malformed', 'the token is no signed JWT in compact form');
  const [first = '', second = ''] = text.split('.');
  const header = objectIn(first);
  const claims = objectIn(second);
  if (header === undefined || claims === undefined) {
    return bad('malformed', 'header or claims of the token are no JSON object with each name once');
  }
  return good({ header, claims });
}

function objectIn(part: string): JsonObject | undefined {
  const bytes = Buffer.from(part, 'base64url');
  // Bits that no reader looks at would give one token many spellings.
  if (bytes.toString('base64url') !== part || !isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  const value = parsedJson(text);
  return isJsonObject(value) && duplicateName(text) === null ? value : undefined;
}
