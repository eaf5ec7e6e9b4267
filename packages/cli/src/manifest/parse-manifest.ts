import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import type { Json, JsonObject } from '@plumbline/core';

import { Stop } from '../stop.ts';
import type { Manifest, ManifestRule, MatchValue } from './manifest.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_RULES = 10_000;
const VERSION = 'plumbline/v1';

const ruleKeys = [
  'id',
  'match',
  'agent',
  'task',
  'principal',
  'session',
  'user',
  'system',
  'labels',
] as const;
const labelKeys = ['suite', 'model', 'attack', 'kind'] as const;

/**
 * Returns the manifest that a YAML text holds.
 *
 * Errors: `Stop` at `file:line:column` for the first thing that spec/replay-manifest.md does not
 * allow.
 */
export function parseManifest(text: string, file: string): Manifest {
  if (Buffer.byteLength(text) > MAX_BYTES) throw new Stop('larger than 1 MiB', file);
  return new ManifestParser(text, file).manifest();
}

type Entry = { readonly key: string; readonly keyNode: Node; readonly value: Node | null };

class ManifestParser {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  constructor(text: string, file: string) {
    this.#file = file;
    try {
      this.#document = parseDocument(text, { lineCounter: this.#lines, version: '1.2' });
    } catch (cause) {
      if (cause instanceof RangeError) throw new Stop('nested too deeply', file);
      throw cause;
    }
  }

  manifest(): Manifest {
    const [error] = this.#document.errors;
    if (error !== undefined) {
      const first = error.message.split('\n')[0] ?? '';
      throw new Stop(`not YAML: ${first.replace(/ at line \d+, column \d+:?$/, '')}`, this.#placeOf(error.pos[0]));
    }
    const entries = this.#entries(this.#document.contents, 'the manifest');
    this.#onlyKeys(entries, ['replay', 'rules'], 'the manifest');
    const version = entries.find(({ key }) => key === 'replay');
    if (version === undefined) throw this.#wrong(null, `\`replay: ${VERSION}\` is missing`);
    if (this.#text(version.value, 'replay') !== VERSION) {
      throw this.#wrong(version.value, `replay is not \`${VERSION}\``);
    }
    const rules = entries.find(({ key }) => key === 'rules');
    if (rules === undefined) throw this.#wrong(null, '`rules` is missing');
    return { file: this.#file, rules: this.#rules(rules.value) };
  }

  #rules(node: Node | null): readonly ManifestRule[] {
    if (!isSeq(node)) throw this.#wrong(node, '`rules` is not a list');
    if (node.items.length > MAX_RULES) throw this.#wrong(node, `more than ${MAX_RULES} rules`);
    const rules = node.items.map((item, index) => this.#rule(asNode(item), index + 1));
    if (!rules.some((rule) => rule.agent !== undefined)) {
      throw this.#wrong(node, 'no rule names an `agent`, so no record can be mapped');
    }
    return rules;
  }

  #rule(node: Node | null, number: number): ManifestRule {
    const entries = this.#entries(node, `rule ${number}`);
    this.#onlyKeys(entries, ruleKeys, `rule ${number}`);
    const get = (key: string): Entry | undefined => entries.find((entry) => entry.key === key);
    const [id, match, agent, task] = [get('id'), get('match'), get('agent'), get('task')];
    const [principal, session, labels] = [get('principal'), get('session'), get('labels')];
    const [user, system] = [get('user'), get('system')];
    return {
      id: id === undefined ? `rule ${number}` : this.#text(id.value, 'id'),
      match: match === undefined ? [] : this.#match(match.value),
      ...(agent && { agent: this.#agent(agent.value) }),
      ...(task && { task: this.#task(task.value) }),
      ...(principal && { principal: this.#text(principal.value, 'principal') }),
      session: session === undefined ? {} : this.#object(session.value, 'session'),
      ...(user && { user: this.#choice(user.value, 'user', ['principal', 'untrusted']) }),
      ...(system && { system: this.#choice(system.value, 'system', ['ignored', 'attested']) }),
      labels: labels === undefined ? {} : this.#labels(labels.value),
    };
  }

  #match(node: Node | null): ManifestRule['match'] {
    return this.#entries(node, '`match`').map(({ key, value }) => ({
      field: key,
      anyOf: isSeq(value)
        ? value.items.map((item) => this.#matchValue(asNode(item), key))
        : [this.#matchValue(value, key)],
    }));
  }

  #matchValue(node: Node | null, field: string): MatchValue {
    const value = this.#json(node);
    if (value === null || typeof value !== 'object') return value;
    throw this.#wrong(node, `\`${field}\` is matched with text, a number, true, false or null`);
  }

  #agent(node: Node | null): string {
    const agent = this.#text(node, 'agent');
    if (/^[^/\\]+$/.test(agent) && !agent.startsWith('.')) return agent;
    throw this.#wrong(node, `agent \`${agent}\` is not the name of a pact file in the folder`);
  }

  #task(node: Node | null): string | null {
    return this.#json(node) === null ? null : this.#text(node, 'task');
  }

  #labels(node: Node | null): JsonObject {
    this.#onlyKeys(this.#entries(node, '`labels`'), labelKeys, '`labels`');
    return this.#object(node, 'labels');
  }

  #object(node: Node | null, name: string): JsonObject {
    const entries = this.#entries(node, `\`${name}\``);
    return Object.fromEntries(entries.map(({ key, value }) => [key, this.#json(value)]));
  }

  #choice<const T extends string>(node: Node | null, name: string, choices: readonly T[]): T {
    const given = this.#text(node, name);
    const found = choices.find((choice) => choice === given);
    if (found !== undefined) return found;
    throw this.#wrong(node, `${name} is \`${given}\`, not ${choices.join(' or ')}`);
  }

  #text(node: Node | null, name: string): string {
    if (isScalar(node) && typeof node.value === 'string' && node.value !== '') return node.value;
    throw this.#wrong(node, `\`${name}\` is not text`);
  }

  #json(node: Node | null): Json {
    if (node === null) return null;
    if (isScalar(node)) return this.#scalar(node.value, node);
    if (isSeq(node)) return node.items.map((item) => this.#json(asNode(item)));
    if (isMap(node)) return this.#object(node, 'value');
    throw this.#wrong(node, 'anchors and aliases are not read here, write the value again');
  }

  #scalar(value: unknown, node: Node): Json {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.#wrong(node, 'not a JSON value, put it in quotes');
  }

  #entries(node: Node | null, what: string): readonly Entry[] {
    if (isAlias(node)) {
      throw this.#wrong(node, 'anchors and aliases are not read here, write the value again');
    }
    if (!isMap(node)) throw this.#wrong(node, `${what} is not a mapping`);
    return node.items.map((pair: Pair) => {
      const key = asNode(pair.key);
      if (!isScalar(key) || typeof key.value !== 'string') {
        throw this.#wrong(key ?? node, `a key of ${what} is not text`);
      }
      return { key: key.value, keyNode: key, value: asNode(pair.value) };
    });
  }

  #onlyKeys(entries: readonly Entry[], known: readonly string[], what: string): void {
    for (const { key, keyNode } of entries) {
      if (known.includes(key)) continue;
      throw this.#wrong(keyNode, `unknown key \`${key}\` of ${what}, one of ${known.join(', ')}`);
    }
  }

  #wrong(node: Node | null, message: string): Stop {
    return new Stop(message, this.#placeOf(node?.range?.[0] ?? 0));
  }

  #placeOf(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  }
}

function asNode(value: unknown): Node | null {
  // The parser puts nodes (or null) wherever its type says unknown.
  return value as Node | null;
}
