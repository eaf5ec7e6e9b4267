import { isMap, isScalar, isSeq, parseDocument, stringify } from 'yaml';
import type { Document, Pair, ParsedNode, YAMLMap } from 'yaml';

import { assert } from '../assert.ts';
import { canonical } from '../canonical.ts';
import type { JsonObject } from '../json.ts';
import { ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { PactDocument } from './document.ts';
import { inOrder, PACT_KEYS, RULE_KEYS, RULE_LISTS } from './key-order.ts';
import { parsePact } from './parse.ts';

const LAYOUT = {
  indent: 2,
  lineWidth: 0,
  flowCollectionPadding: true,
  singleQuote: false,
} as const;

/**
 * Returns a pact in the canonical layout, with its comments: members in their fixed order, two
 * spaces, an empty line before each section. The meaning, and so the digest, stays the same;
 * formatting twice changes nothing more.
 */
export function formatPact(text: string, file: string): Result<string, readonly Diagnostic[]> {
  const before = parsePact(text, file);
  if (!before.ok) return before;
  const document = parseDocument(text, { schema: 'core', version: '1.2', keepSourceTokens: false });
  if (isMap(document.contents)) arrange(document, document.contents);
  const formatted = document.toString(LAYOUT);
  const after = parsePact(formatted, file);
  assert(after.ok && isSame(after.value.source, before.value.source), 'fmt changed a meaning');
  return ok(formatted);
}

function isSame(left: JsonObject, right: JsonObject): boolean {
  return canonical(left) === canonical(right);
}

type Member = Pair<ParsedNode, ParsedNode | null>;

function arrange(document: Document.Parsed, map: YAMLMap.Parsed): void {
  const [first] = map.items;
  // A comment above the first member is about the file; it stays on top.
  if (first !== undefined && first.key.commentBefore !== undefined) {
    const heading = [document.commentBefore, first.key.commentBefore].filter(isText);
    document.commentBefore = heading.join('\n \n');
    delete first.key.commentBefore;
  }
  sortMembers(map, PACT_KEYS);
  for (const [index, { key, value }] of map.items.entries()) {
    const previous = map.items[index - 1];
    const isApart = isSection(value) || (previous !== undefined && isSection(previous.value));
    key.spaceBefore = index > 0 && (key.spaceBefore === true || isApart);
    if (isSeq(value) && RULE_LISTS.has(keyText({ key }))) {
      for (const rule of value.items) if (isMap(rule)) arrangeRule(rule);
    }
  }
}

/** A comment above the first member of a rule is about the rule; it stands above it. */
function arrangeRule(rule: YAMLMap.Parsed): void {
  sortMembers(rule, RULE_KEYS);
  const [first] = rule.items;
  const comment = first?.key.commentBefore;
  if (first === undefined || !isText(comment)) return;
  delete first.key.commentBefore;
  const moved = rule;
  moved.commentBefore = [rule.commentBefore, comment].filter(isText).join('\n');
}

function isText(value: string | null | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

function isSection(value: ParsedNode | null): boolean {
  return (isMap(value) || isSeq(value)) && value.flow !== true;
}

function keyText({ key }: Pick<Member, 'key'>): string {
  return isScalar(key) ? String(key.value) : '';
}

function sortMembers(map: { items: unknown[] }, order: readonly string[]): void {
  // Every key of a parsed pact is a scalar, which the reader has made sure of.
  const members = map.items as Member[];
  members.splice(0, members.length, ...inOrder(members, keyText, order));
}

/** Returns a document as canonical YAML; parsing it gives the same document and digest. */
export function printPact({ source }: Pick<PactDocument, 'source'>): string {
  const members = inOrder(Object.entries(source), ([key]) => key, PACT_KEYS);
  return stringify(Object.fromEntries(members), {
    ...LAYOUT,
    schema: 'core',
    aliasDuplicateObjects: false,
  });
}
