import type { ModifyDocument, Placed, RewriteDocument } from '../document.ts';
import { decimalNumber, json, oneOrMany, open, optional, required, text } from '../reader.ts';
import type { Fields, Reader } from '../reader.ts';
import { expression } from './expression.ts';
import { argument, readRule } from './rules.ts';

const KINDS = ['redact', 'remove', 'clamp', 'keep', 'set'] as const;
const KEYS = {
  redact: ['with'],
  remove: [],
  clamp: ['min', 'max'],
  keep: ['where'],
  set: ['to'],
} as const;

const rewrite: Reader<RewriteDocument> = (findings, node) => {
  const kinds = KINDS.filter((kind) => node.kind === 'map' && hasMember(node.entries, kind));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    const message = 'a rewrite does one of `redact`, `remove`, `clamp`, `keep`, `set`';
    return findings.error({ code: 'missing-field', place: node.place, message });
  }
  const fields = open(findings, node, { what: `\`${kind}\``, keys: [kind, ...KEYS[kind]] });
  const target = required(fields, kind, { read: argument, or: null });
  return target === null ? undefined : step(fields, kind, target);
};

function hasMember(entries: readonly { readonly key: string }[], name: string): boolean {
  return entries.some(({ key }) => key === name);
}

function step(
  fields: Fields,
  kind: (typeof KINDS)[number],
  target: Placed<string>,
): RewriteDocument | undefined {
  const where = { path: target };
  switch (kind) {
    case 'redact': {
      const replacement = optional(fields, 'with', { read: text, or: '[redacted]' });
      return { kind, ...where, replacement };
    }
    case 'remove':
      return { kind, ...where };
    case 'clamp':
      return clamp(fields, target);
    case 'keep': {
      const test = required(fields, 'where', { read: expression, or: null });
      return test === null ? undefined : { kind, ...where, where: test };
    }
    default:
      return { kind: 'set', ...where, value: required(fields, 'to', { read: json, or: null }) };
  }
}

function clamp(fields: Fields, target: Placed<string>): RewriteDocument | undefined {
  const min = optional(fields, 'min', { read: decimalNumber, or: null });
  const max = optional(fields, 'max', { read: decimalNumber, or: null });
  const { place } = fields;
  if (min === null && max === null) {
    const message = '`clamp` needs `min`, `max` or both';
    return fields.findings.error({ code: 'missing-field', place, message });
  }
  if (min !== null && max !== null && min > max) {
    const message = `\`min\` ${min} is above \`max\` ${max}`;
    return fields.findings.error({ code: 'bad-value', place, message });
  }
  return { kind: 'clamp', path: target, min, max };
}

/** Reads a rule of `modify`. */
export const modify: Reader<ModifyDocument> = (findings, node) => {
  const { fields, rule } = readRule(findings, node, { list: 'modify', keys: ['rewrite'] });
  return { ...rule, rewrites: required(fields, 'rewrite', { read: oneOrMany(rewrite), or: [] }) };
};
