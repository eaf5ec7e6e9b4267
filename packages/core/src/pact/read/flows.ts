import type { FlowOrigin } from '../compiled.ts';
import type { CheckpointDocument, DuplicateDocument, FlowDocument } from '../document.ts';
import {
  choice,
  duration,
  matching,
  oneOrMany,
  open,
  optional,
  placed,
  required,
  text,
} from '../reader.ts';
import type { Fields, Reader } from '../reader.ts';
import { isName } from '../scalars.ts';
import { APPROVAL_KEYS, approvers, readApproval, word } from './approval.ts';
import { expression } from './expression.ts';
import { argument, toolPatterns } from './rules.ts';

const origin: Reader<FlowOrigin> = (findings, node) => {
  const isOrigin = (value: string): boolean =>
    value === 'untrusted' || value === 'tainted' || isName(value.replace(/^label:/, ''));
  const wanted = '`untrusted`, `tainted` or `label:<name>`';
  const value = matching((t) => isOrigin(t), { code: 'bad-value', wanted })(findings, node);
  if (value === undefined) return undefined;
  if (value === 'untrusted' || value === 'tainted') return { kind: value };
  if (value.startsWith('label:')) return { kind: 'label', label: value.slice('label:'.length) };
  const message = `expected ${wanted}, found \`${value}\``;
  return findings.error({ code: 'bad-value', place: node.place, message });
};

const destination = choice(['read', 'write', 'send', 'open_world']);
const answer = choice(['deny', 'step_up']);
const ASK = 'step_up' as const;

function readHead(fields: Fields): Pick<FlowDocument, 'id' | 'place'> {
  const id = required(fields, 'id', { read: word, or: '' });
  return { id, place: fields.members.get('id')?.value.place ?? fields.place };
}

/** Nobody is asked about what is denied. */
function forbidApproval({ members, findings }: Fields): void {
  for (const key of APPROVAL_KEYS) {
    const entry = members.get(key);
    if (entry === undefined) continue;
    const advice = 'drop it, or write `then: step_up`';
    const message = `\`${key}\` means nothing with \`then: deny\`: ${advice}`;
    findings.error({ code: 'unknown-field-name', place: entry.place, message });
  }
}

/** Reads a rule of `flows`. */
export const flow: Reader<FlowDocument> = (findings, node) => {
  const own = ['id', 'from', 'to', 'unless', 'then', 'say', 'mode'];
  const keys = [...own, ...APPROVAL_KEYS];
  const fields = open(findings, node, { what: 'a rule of `flows`', keys });
  const then = required(fields, 'then', { read: answer, or: ASK });
  if (then === 'deny') forbidApproval(fields);
  return {
    ...readHead(fields),
    mode: optional(fields, 'mode', { read: choice(['enforce', 'observe']), or: 'enforce' }),
    from: required(fields, 'from', { read: origin, or: { kind: 'untrusted' } }),
    to: required(fields, 'to', { read: oneOrMany(destination), or: [] }),
    unless: optional(fields, 'unless', { read: expression, or: null }),
    then,
    say: optional(fields, 'say', { read: text, or: null }),
    ...readApproval(fields),
  };
};

/** Reads a rule of `duplicates`. */
export const duplicate: Reader<DuplicateDocument> = (findings, node) => {
  const keys = ['id', 'tool', 'key', 'within', 'then', 'approvers', 'approve_within'];
  const fields = open(findings, node, { what: 'a rule of `duplicates`', keys });
  return {
    ...readHead(fields),
    tools: required(fields, 'tool', { read: toolPatterns, or: [] }),
    key: required(fields, 'key', { read: oneOrMany(argument), or: [] }),
    spanMs: required(fields, 'within', { read: duration, or: 0 }),
    then: optional(fields, 'then', { read: answer, or: 'deny' }),
    approvers: optional(fields, 'approvers', { read: approvers, or: null }),
    quorum: 1,
    withinMs: optional(fields, 'approve_within', { read: duration, or: null }),
  };
};

/** Reads a rule of `checkpoints`. */
export const checkpoint: Reader<CheckpointDocument> = (findings, node) => {
  const keys = ['id', 'to', ...APPROVAL_KEYS];
  const fields = open(findings, node, { what: 'a rule of `checkpoints`', keys });
  const to = required(fields, 'to', { read: oneOrMany(placed(word)), or: [] });
  return { ...readHead(fields), to, ...readApproval(fields) };
};
