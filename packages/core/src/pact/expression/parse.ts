import { Environment } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';

import { parseDecimal } from '../../decimal.ts';
import { err, ok } from '../../result.ts';
import type { Result } from '../../result.ts';
import type { DiagnosticCode } from '../diagnostic.ts';
import { suggest } from '../suggest.ts';
import { isTimezone } from '../timezone.ts';
import { MACROS, operands } from './tree.ts';

/** What is wrong with an expression, at an offset of its text. */
export type ExpressionFault = {
  readonly code: DiagnosticCode;
  readonly offset: number;
  readonly message: string;
};

const MAX_LENGTH = 4096;
const MAX_NODES = 512;
const MAX_DEPTH = 48;
const MAX_LIST = 256;
const MAX_LOOPS = 2;

const CLOCK = [
  'getFullYear',
  'getMonth',
  'getDayOfMonth',
  'getDate',
  'getDayOfWeek',
  'getHours',
  'getMinutes',
  'getSeconds',
] as const;

/** The functions of a condition. Source: spec/pact/language.md, section "Conditions". */
const FUNCTIONS: ReadonlySet<string> = new Set(
  'has size money int double string timestamp duration'.split(' '),
);

const TEXT_METHODS = 'startsWith endsWith contains matches size lowerAscii upperAscii'.split(' ');

/** The methods of a condition. */
const METHODS: ReadonlySet<string> = new Set([...TEXT_METHODS, ...MACROS, ...CLOCK]);

const grammar = new Environment({
  unlistedVariablesAreDyn: true,
  limits: { maxAstNodes: MAX_NODES, maxDepth: MAX_DEPTH, maxListElements: MAX_LIST },
});

/**
 * Returns the syntax tree of a CEL text inside the bounds of a pact: literals, selections, the
 * listed functions, literal RE2 patterns, at most two loops inside each other.
 */
export function parseTree(text: string): Result<ASTNode, ExpressionFault> {
  if (text.length > MAX_LENGTH) {
    const message = `expression longer than ${MAX_LENGTH} characters: split the rule`;
    return err({ code: 'expression-limit', offset: 0, message });
  }
  const parsed = parseText(text);
  if (!parsed.ok) return parsed;
  const fault = faultOf(parsed.value, { depth: 0, loops: 0 });
  return fault === null ? parsed : err(fault);
}

function parseText(text: string): Result<ASTNode, ExpressionFault> {
  try {
    return ok(grammar.parse(text).ast);
  } catch (error) {
    return err(faultOfError(error));
  }
}

/** What the CEL library throws, as a value. Anything else is a bug and goes on. */
export function faultOfError(error: unknown): ExpressionFault & { readonly kind: string } {
  if (!(error instanceof Error) || !('summary' in error) || !('code' in error)) throw error;
  const kind = String(error.code);
  const range = 'range' in error ? error.range : undefined;
  const hasStart = typeof range === 'object' && range !== null && 'start' in range;
  const offset = hasStart ? Number(range.start) : 0;
  const code = kind === 'limit_exceeded' ? 'expression-limit' : 'expression-syntax';
  return { code, kind, offset, message: sayLibrary(String(error.summary)) };
}

function sayLibrary(summary: string): string {
  const words = summary
    .replaceAll(/EOF/g, 'the end')
    .replaceAll(/\b[A-Z]{3,}\b/g, (word) => word.toLowerCase())
    .replaceAll("'", '`');
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}

type Level = { readonly depth: number; readonly loops: number };

function faultOf(node: ASTNode, level: Level): ExpressionFault | null {
  const own = ownFault(node, level);
  if (own !== null) return own;
  const isLoop = node.op === 'rcall' && MACROS.has(node.args[0]);
  const inner = { depth: level.depth + 1, loops: level.loops + (isLoop ? 1 : 0) };
  for (const [index, operand] of operands(node).entries()) {
    // A loop's receiver is evaluated once, outside the loop.
    const below = isLoop && index === 0 ? { ...inner, loops: level.loops } : inner;
    const fault = faultOf(operand, below);
    if (fault !== null) return fault;
  }
  return null;
}

function ownFault(node: ASTNode, level: Level): ExpressionFault | null {
  const at = node.start;
  if (level.depth > MAX_DEPTH * 2) return limit(at, `nested deeper than ${MAX_DEPTH * 2} levels`);
  switch (node.op) {
    case 'value':
      return literalFault(node.args, at);
    case 'map':
      return unsupported(at, 'mapping literals');
    case '.?':
    case '[?]':
      return unsupported(at, 'optional selections');
    case 'call':
      return callFault(node, node.args[0], node.args[1]);
    case 'rcall':
      return methodFault(node, level);
    default:
      return null;
  }
}

function literalFault(value: unknown, at: number): ExpressionFault | null {
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value) {
    const message = `\`${value}\` is beyond 64 bits: write a float, or \`money\` of a text`;
    return { code: 'expression-syntax', offset: at, message };
  }
  const isOther = typeof value === 'object' && value !== null;
  return isOther ? unsupported(at, 'bytes and unsigned literals') : null;
}

function callFault(node: ASTNode, name: string, args: readonly ASTNode[]): ExpressionFault | null {
  if (!FUNCTIONS.has(name)) return unknownFunction(node.start, name, FUNCTIONS);
  const [first] = args;
  if (name === 'has' && first?.op !== '.') {
    const message = '`has` takes one member: write it like `has(args.note)`';
    return { code: 'expression-syntax', offset: node.start, message };
  }
  if (name !== 'money' || first?.op !== 'value') return null;
  if (typeof first.args === 'number') {
    const exact = `money("${first.args.toFixed(2)}")`;
    const message = `money of the float \`${first.args}\`: write \`${exact}\``;
    return { code: 'money-mix', offset: first.start, message };
  }
  if (typeof first.args !== 'string' || parseDecimal(first.args) !== null) return null;
  const message = `\`${first.args}\` is not a decimal: write it like \`"50.00"\``;
  return { code: 'bad-decimal', offset: first.start, message };
}

function methodFault(
  node: ASTNode & { readonly op: 'rcall' },
  level: Level,
): ExpressionFault | null {
  const [name, , args] = node.args;
  if (!METHODS.has(name)) return unknownFunction(node.start, name, METHODS);
  if (MACROS.has(name) && level.loops >= MAX_LOOPS) {
    return limit(node.start, `more than ${MAX_LOOPS} loops inside each other`);
  }
  const [first] = args;
  if (name === 'matches' && first !== undefined) return patternFault(first);
  if (name.startsWith('get') && first !== undefined) return zoneFault(first);
  return null;
}

function patternFault(node: ASTNode): ExpressionFault | null {
  const code = 'bad-pattern';
  if (node.op !== 'value' || typeof node.args !== 'string') {
    return { code, offset: node.start, message: 'the pattern of `matches` must be a literal text' };
  }
  const why = patternError(node.args);
  if (why === null) return null;
  const message = `pattern \`${node.args}\` is not RE2: ${why}`;
  return { code, offset: node.start, message };
}

/** The constructor of patterns throws on what it cannot take; that is an answer here. */
function patternError(pattern: string): string | null {
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (error) {
    return error instanceof Error
      ? error.message.replace(/^error parsing regexp: /, '')
      : 'unknown';
  }
}

function zoneFault(node: ASTNode): ExpressionFault | null {
  if (node.op === 'value' && typeof node.args === 'string' && isTimezone(node.args)) return null;
  const message = 'expected a literal time zone such as `"Europe/Berlin"`';
  return { code: 'bad-timezone', offset: node.start, message };
}

function unknownFunction(
  offset: number,
  name: string,
  known: ReadonlySet<string>,
): ExpressionFault {
  const listed = `: there are ${[...known].join(', ')}`;
  const message = `unknown function \`${name}\`${suggest(name, known, listed)}`;
  return { code: 'unknown-function', offset, message };
}

function unsupported(offset: number, what: string): ExpressionFault {
  return { code: 'expression-syntax', offset, message: `${what} are not part of a condition` };
}

function limit(offset: number, message: string): ExpressionFault {
  return { code: 'expression-limit', offset, message };
}
