import { type Comment, type Node, parseSync, visitorKeys } from 'oxc-parser';

/** One broken rule, at a place. Lines and columns count from one. */
export type Problem = {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};

/** A syntax node with the chain of its parents, innermost first. */
export type Visited = {
  readonly node: Node;
  readonly parent: Visited | undefined;
};

/** A comment with the lines it starts and ends on. */
export type PlacedComment = Comment & { readonly firstLine: number; readonly lastLine: number };

/** One parsed source file. `path` is relative to the repository, with forward slashes. */
export type SourceFile = {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly nodes: readonly Visited[];
  readonly comments: readonly PlacedComment[];
  readonly isTest: boolean;
  lineOf(offset: number): number;
  problem(offset: number, message: string): Problem;
};

/**
 * Parses one file.
 *
 * Returns every node in source order, parents before children. A syntax error throws: the type
 * check has already refused such a file.
 */
export function parseSource(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text, { range: false });
  const fault = parsed.errors[0];
  if (fault !== undefined) throw new Error(`${path}: ${fault.message}`);
  const lineStarts = startsOfLines(text);
  const lineOf = (offset: number): number => lineAt(lineStarts, offset);
  return {
    path,
    text,
    lines: text.split('\n'),
    nodes: flatten(parsed.program),
    comments: parsed.comments.map((comment) => ({
      ...comment,
      firstLine: lineOf(comment.start),
      lastLine: lineOf(comment.end),
    })),
    isTest: path.endsWith('.test.ts'),
    lineOf,
    problem(offset, message) {
      const line = lineOf(offset);
      return { path, line, column: offset - (lineStarts[line - 1] ?? 0) + 1, message };
    },
  };
}

/** The nearest ancestors of a node, innermost first, without the node itself. */
export function* ancestors(visited: Visited): Generator<Node> {
  for (let at = visited.parent; at !== undefined; at = at.parent) yield at.node;
}

function flatten(program: Node): Visited[] {
  const found: Visited[] = [];
  const walk = (node: Node, parent: Visited | undefined): void => {
    const visited = { node, parent };
    found.push(visited);
    for (const child of childrenOf(node)) walk(child, visited);
  };
  walk(program, undefined);
  return found;
}

function* childrenOf(node: Node): Generator<Node> {
  for (const key of visitorKeys[node.type] ?? []) {
    const value: unknown = Reflect.get(node, key);
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield child;
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function startsOfLines(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lineStarts[middle] ?? Infinity) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
