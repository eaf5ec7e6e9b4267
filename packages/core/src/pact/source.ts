import { Composer, isAlias, isScalar, isSeq, Lexer, LineCounter, Parser } from 'yaml';
import type { CST, Document, Pair, ParsedNode, YAMLMap } from 'yaml';

import type { Json } from '../json.ts';
import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { problem } from './diagnostic.ts';
import type { Diagnostic, DiagnosticCode, Place } from './diagnostic.ts';
import { textFault } from './source-text.ts';
import { strayOffset } from './stray-token.ts';

/** A scalar; `lines` maps offsets of a string value to places, ascending. */
export type ScalarNode = {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly place: Place;
  readonly lines: readonly { readonly from: number; readonly place: Place }[];
};

/** A sequence. */
export type ListNode = {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
  readonly place: Place;
};

/** One member of a mapping. */
export type Entry = { readonly key: string; readonly place: Place; readonly value: SourceNode };

/** A mapping with unique string keys, in document order. */
export type MapNode = {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
  readonly place: Place;
};

/** A value of a YAML document and where it stands. */
export type SourceNode = ScalarNode | ListNode | MapNode;

/** The nesting beyond which a document is refused. */
const MAX_DEPTH = 64;

const COMPOSE = {
  schema: 'core',
  strict: true,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
  version: '1.2',
} as const;

/**
 * Returns a YAML 1.2 text as a tree of places and plain values.
 *
 * One document, no anchors, aliases, tags or merge keys; unique string keys; numbers that survive
 * a round trip. The first fault is the only one reported, because what follows it is guesswork.
 */
export function parseSource(text: string, file: string): Result<SourceNode, Diagnostic> {
  const at = (line: number, column: number): Place => ({ file, line, column });
  const fault = textFault(text);
  if (fault !== null) {
    return err(problem({ ...fault, place: at(fault.line, fault.column) }));
  }
  const walk = new Walk(text, file);
  return walk.run();
}

/** Returns the plain JSON of a tree. */
export function toJson(node: SourceNode): Json {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toJson);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, toJson(value)]));
}

/** Stops a walk at the first fault; never leaves this file. */
class Fault extends Error {
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

class Walk {
  readonly #text: string;
  readonly #file: string;
  readonly #lines = new LineCounter();

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  run(): Result<SourceNode, Diagnostic> {
    try {
      const document = this.#compose(this.#tokens());
      if (document.contents === null) return ok(this.#empty());
      return ok(this.#node(document.contents));
    } catch (error) {
      if (error instanceof Fault) return err(error.diagnostic);
      throw error;
    }
  }

  #fail(offset: number, code: DiagnosticCode, message: string): never {
    throw new Fault(problem({ code, place: this.#place(offset), message }));
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(Math.min(offset, this.#text.length));
    return { file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  #empty(): SourceNode {
    return { kind: 'scalar', value: null, place: this.#place(0), lines: [] };
  }

  /** The depth is judged while tokens arrive, before anything recurses over them. */
  #tokens(): readonly CST.Token[] {
    const parser = new Parser(this.#lines.addNewLine);
    const tokens: CST.Token[] = [];
    this.#lines.addNewLine(0);
    for (const lexeme of new Lexer().lex(this.#text)) {
      tokens.push(...parser.next(lexeme));
      if (parser.stack.length > MAX_DEPTH) {
        this.#fail(parser.offset, 'too-deep', `nested deeper than ${MAX_DEPTH} levels`);
      }
    }
    tokens.push(...parser.end());
    const stray = strayOffset(tokens);
    if (stray !== null) this.#fail(stray, 'yaml-syntax', 'not YAML: a value after a value');
    return tokens;
  }

  #compose(tokens: readonly CST.Token[]): Document.Parsed {
    const documents = [...new Composer(COMPOSE).compose(tokens, true, this.#text.length)];
    const [first, second] = documents;
    const broken = first?.errors[0] ?? first?.warnings[0];
    if (broken !== undefined) this.#fail(broken.pos[0], 'yaml-syntax', sayYaml(broken.message));
    if (first === undefined) this.#fail(0, 'yaml-syntax', 'the file is empty');
    if (second !== undefined) {
      const offset = first.range[1];
      this.#fail(offset, 'many-documents', 'a second document: a pact is one YAML document');
    }
    return first;
  }

  #node(node: ParsedNode): SourceNode {
    const [start] = node.range;
    if (isAlias(node)) {
      this.#fail(start, 'alias', `alias \`*${node.source}\`: write the value out`);
    }
    if (node.anchor !== undefined) {
      this.#fail(start, 'alias', `anchor \`&${node.anchor}\`: write the value out where needed`);
    }
    if (node.tag !== undefined) this.#fail(start, 'tag', `tag \`${node.tag}\`: remove it`);
    if (isScalar(node)) return this.#scalar(node);
    if (isSeq(node)) return this.#list(node.items, start);
    return this.#map(node, start);
  }

  #list(items: readonly unknown[], start: number): ListNode {
    // The parser gives a sequence parsed nodes only; its type also covers built documents.
    const nodes = items as readonly ParsedNode[];
    return { kind: 'list', items: nodes.map((n) => this.#node(n)), place: this.#place(start) };
  }

  #map(node: YAMLMap.Parsed, start: number): MapNode {
    const seen = new Set<string>();
    const entries = node.items.map((pair) => {
      const entry = this.#entry(pair);
      if (seen.has(entry.key)) {
        this.#fail(pair.key.range[0], 'duplicate-key', `\`${entry.key}\` is set twice: keep one`);
      }
      seen.add(entry.key);
      return entry;
    });
    return { kind: 'map', entries, place: this.#place(start) };
  }

  #entry(pair: Pair<ParsedNode, ParsedNode | null>): Entry {
    const [start, end] = pair.key.range;
    const key = this.#node(pair.key);
    if (key.kind !== 'scalar' || typeof key.value !== 'string') {
      const name = key.kind === 'scalar' ? `\`${String(key.value)}\`` : 'a collection';
      this.#fail(start, 'bad-key', `key ${name} is not text: put it in quotes`);
    }
    if (key.value === '<<') {
      this.#fail(start, 'bad-key', 'merge key `<<`: write the members out');
    }
    if (key.value === '__proto__') this.#fail(start, 'bad-key', 'key `__proto__` is reserved');
    const value =
      pair.value === null
        ? { kind: 'scalar' as const, value: null, place: this.#place(end), lines: [] }
        : this.#node(pair.value);
    return { key: key.value, place: key.place, value };
  }

  #scalar(node: ParsedNode & { readonly value: unknown; readonly source?: string }): ScalarNode {
    const { value, source = '' } = node;
    const [start, end] = node.range;
    const place = this.#place(start);
    if (typeof value === 'number') this.#checkNumber(value, source, start);
    if (typeof value === 'string') {
      const lines = this.#linesOf(value, start, end);
      return { kind: 'scalar', value, place, lines };
    }
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
      return { kind: 'scalar', value, place, lines: [] };
    }
    return this.#fail(start, 'yaml-syntax', `\`${source}\` is not a value of a pact`);
  }

  #checkNumber(value: number, source: string, start: number): void {
    const digits = source.replace(/[eE].*$/, '').replaceAll(/[^0-9]/g, '');
    const isDecimal = /^[-+]?[0-9.]+([eE][-+]?[0-9]+)?$/.test(source);
    const isExact =
      isDecimal &&
      (Number.isInteger(value)
        ? Number.isSafeInteger(value)
        : Number.isFinite(value) && digits.replace(/^0+/, '').length <= 15);
    if (!isExact) {
      this.#fail(start, 'imprecise-number', `number \`${source}\` is not exact: put it in quotes`);
    }
  }

  /** Finds each source line of a string in its value, so that offsets lead back to places. */
  #linesOf(value: string, start: number, end: number): ScalarNode['lines'] {
    const found: { from: number; place: Place }[] = [];
    // The header of a block (`|`, `>-`) is not part of its value.
    const header = /^[|>][^\n]*/.exec(this.#text.slice(start, end))?.[0].length ?? 0;
    let offset = start + header;
    let cursor = 0;
    for (const line of this.#text.slice(offset, end).split('\n')) {
      const trimmed = trimQuotes(line);
      const at = trimmed.text === '' ? -1 : value.indexOf(trimmed.text, cursor);
      if (at >= 0) {
        found.push({ from: at, place: this.#place(offset + trimmed.skipped) });
        cursor = at + trimmed.text.length;
      }
      offset += line.length + 1;
    }
    return found;
  }
}

function trimQuotes(line: string): { readonly text: string; readonly skipped: number } {
  const skipped = /^\s*["']?/.exec(line)?.[0].length ?? 0;
  const tail = /["']?\s*$/.exec(line)?.[0].length ?? 0;
  const first = line.charAt(skipped - 1);
  const isQuoted = first === '"' || first === "'";
  if (!isQuoted) {
    const text = line.trim();
    return { text, skipped: line.length - line.trimStart().length };
  }
  const body = line.slice(skipped, Math.max(skipped, line.length - tail));
  return { text: body, skipped };
}

/** The parser's own words, in the house's style. */
function sayYaml(message: string): string {
  const [first = message] = message.split('\n');
  const text = first.replace(/[.:]$/, '');
  return `not YAML: ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
