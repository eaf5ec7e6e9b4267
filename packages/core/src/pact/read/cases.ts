import { isJsonObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { CaseDocument } from '../document.ts';
import { VERDICTS } from '../../decide/verdict.ts';
import {
  choice,
  json,
  list,
  matching,
  mismatch,
  open,
  optional,
  placed,
  required,
  text,
} from '../reader.ts';
import type { Findings, Reader } from '../reader.ts';
import { isToolName } from '../scalars.ts';
import type { SourceNode } from '../source.ts';
import { word } from './approval.ts';

const KEYS = ['id', 'tool', 'args', 'session', 'task', 'principal_text', 'expect', 'rule'];

const object: Reader<JsonObject> = (findings, node) => {
  const value = json(findings, node);
  return isJsonObject(value) ? value : mismatch(findings, node, 'a mapping');
};

const toolName: Reader<string> = matching(isToolName, {
  code: 'bad-name',
  wanted: 'the name of a tool',
});

const testCase: Reader<CaseDocument> = (findings: Findings, node: SourceNode) => {
  const fields = open(findings, node, { what: 'a case', keys: KEYS });
  const { place } = node;
  return {
    id: optional(fields, 'id', { read: word, or: `line-${place.line}` }),
    place,
    tool: required(fields, 'tool', { read: placed(toolName), or: { value: '', place } }),
    args: optional(fields, 'args', { read: object, or: {} }),
    session: optional(fields, 'session', { read: object, or: {} }),
    task: optional(fields, 'task', { read: word, or: null }),
    principalText: optional(fields, 'principal_text', { read: text, or: null }),
    expect: required(fields, 'expect', { read: choice(VERDICTS), or: 'deny' }),
    rule: optional(fields, 'rule', { read: placed(text), or: null }),
  };
};

/** Reads an inline list of cases, or the content of a file of cases. */
export const cases: Reader<readonly CaseDocument[]> = list(testCase);
