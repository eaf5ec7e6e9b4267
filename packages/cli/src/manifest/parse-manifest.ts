import {
  formatDiagnostic,
  parseSource,
  toJson,
  type SourceEntry,
  type JsonObject,
  type SourceNode,
} from '@plumbline/core';

import { Stop } from '../stop.ts';
import { isPactName } from './map-run.ts';
import type { Manifest, ManifestRule, MatchValue } from './manifest.ts';

const MAX_RULES = 10_000;
const VERSION = 'plumbline/v1';
const ruleKeys = 'id match agent task principal session user system labels'.split(' ');
const labelKeys = 'suite model attack kind'.split(' ');

/**
 * Returns the manifest that a YAML text holds.
 *
 * Errors: `Stop` at `file:line:column` for the first thing that spec/replay-manifest.md does not
 * allow.
 */
export function parseManifest(text: string, file: string): Manifest {
  const source = parseSource(text, file);
  if (!source.ok) throw new Stop(formatDiagnostic(source.error));
  const root = source.value;
  const entries = entriesOf(root, 'the manifest');
  onlyKeys(entries, ['replay', 'rules'], 'the manifest');
  const [version, rules] = [valueOf(entries, 'replay'), valueOf(entries, 'rules')];
  if (version === undefined) throw wrong(root, `\`replay: ${VERSION}\` is missing`);
  if (textOf(version, 'replay') !== VERSION) throw wrong(version, `replay is not \`${VERSION}\``);
  if (rules === undefined) throw wrong(root, '`rules` is missing');
  return { file, rules: rulesOf(rules) };
}

function rulesOf(node: SourceNode): readonly ManifestRule[] {
  if (node.kind !== 'list') throw wrong(node, '`rules` is not a list');
  if (node.items.length > MAX_RULES) throw wrong(node, `more than ${MAX_RULES} rules`);
  const rules = node.items.map((item, index) => ruleOf(item, index + 1));
  if (rules.some((rule) => rule.agent !== undefined)) return rules;
  throw wrong(node, 'no rule names an `agent`, so no record can be mapped');
}

function ruleOf(node: SourceNode, number: number): ManifestRule {
  const entries = entriesOf(node, `rule ${number}`);
  onlyKeys(entries, ruleKeys, `rule ${number}`);
  const get = <T>(key: string, read: (value: SourceNode) => T): { [key: string]: T } => {
    const value = valueOf(entries, key);
    return value === undefined ? {} : { [key]: read(value) };
  };
  return {
    id: `rule ${number}`,
    match: [],
    session: {},
    labels: {},
    ...get('id', (value) => textOf(value, 'id')),
    ...get('match', matchOf),
    ...get('agent', agentOf),
    ...get('task', taskOf),
    ...get('principal', (value) => textOf(value, 'principal')),
    ...get('session', (value) => objectOf(value, 'session')),
    ...get('user', (value) => choiceOf(value, 'user', ['principal', 'untrusted'])),
    ...get('system', (value) => choiceOf(value, 'system', ['ignored', 'attested'])),
    ...get('labels', labelsOf),
  };
}

function matchOf(node: SourceNode): ManifestRule['match'] {
  return entriesOf(node, '`match`').map(({ key, value }) => ({
    field: key,
    anyOf: (value.kind === 'list' ? value.items : [value]).map((item) => matchValueOf(item, key)),
  }));
}

function matchValueOf(node: SourceNode, field: string): MatchValue {
  if (node.kind === 'scalar') return node.value;
  throw wrong(node, `\`${field}\` is matched with text, a number, true, false or null`);
}

function agentOf(node: SourceNode): string {
  const agent = textOf(node, 'agent');
  if (isPactName(agent)) return agent;
  throw wrong(node, `agent \`${agent}\` is not the name of a pact in the folder`);
}

function taskOf(node: SourceNode): string | null {
  return node.kind === 'scalar' && node.value === null ? null : textOf(node, 'task');
}

function labelsOf(node: SourceNode): JsonObject {
  onlyKeys(entriesOf(node, '`labels`'), labelKeys, '`labels`');
  return objectOf(node, 'labels');
}

function objectOf(node: SourceNode, name: string): JsonObject {
  const entries = entriesOf(node, `\`${name}\``);
  return Object.fromEntries(entries.map(({ key, value }) => [key, toJson(value)]));
}

function choiceOf<const T extends string>(
  node: SourceNode,
  name: string,
  choices: readonly T[],
): T {
  const given = textOf(node, name);
  const found = choices.find((choice) => choice === given);
  if (found !== undefined) return found;
  throw wrong(node, `${name} is \`${given}\`, not ${choices.join(' or ')}`);
}

function textOf(node: SourceNode, name: string): string {
  if (node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '') {
    return node.value;
  }
  throw wrong(node, `\`${name}\` is not text`);
}

function entriesOf(node: SourceNode, what: string): readonly SourceEntry[] {
  if (node.kind === 'map') return node.entries;
  throw wrong(node, `${what} is not a mapping`);
}

function valueOf(entries: readonly SourceEntry[], key: string): SourceNode | undefined {
  return entries.find((entry) => entry.key === key)?.value;
}

function onlyKeys(entries: readonly SourceEntry[], known: readonly string[], what: string): void {
  const stranger = entries.find(({ key }) => !known.includes(key));
  if (stranger === undefined) return;
  const { file, line, column } = stranger.place;
  const message = `unknown key \`${stranger.key}\` of ${what}, one of ${known.join(', ')}`;
  throw new Stop(message, `${file}:${line}:${column}`);
}

function wrong({ place }: SourceNode, message: string): Stop {
  return new Stop(message, `${place.file}:${place.line}:${place.column}`);
}
