import type { ToolShape } from './tool-shape.ts';

/** A test on one argument, or on the session's task, that every language here can say. */
export type Test =
  | { readonly kind: 'equals'; readonly name: string; readonly value: string }
  | { readonly kind: 'oneOf'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'between'; readonly name: string; readonly low: number; readonly high: number }
  | { readonly kind: 'task'; readonly value: string };

/** One rule: an allow or a deny of one tool under a test. */
export type Rule = {
  readonly id: string;
  readonly effect: 'allow' | 'deny';
  readonly tool: string;
  readonly test: Test;
};

/**
 * Returns `count` rules dealt out over the tools in turn: alternately a deny and a narrow allow, on
 * an argument, or on the task for a tool without any.
 *
 * None of their tests holds for what is recorded, so that every rule of a tool is looked at and the
 * sessions go on as recorded.
 */
export function dealRules(tools: readonly ToolShape[], count: number): readonly Rule[] {
  return deal(tools, count).map(({ tool, round, index }) => {
    const effect = round % 2 === 0 ? 'deny' : 'allow';
    return { id: `rule-${index}`, effect, tool: tool.name, test: testOf(tool, round, index) };
  });
}

/** A tool's turn at the table: how many rules it has already, and how many were dealt in all. */
export type Dealt = { readonly tool: ToolShape; readonly round: number; readonly index: number };

/** Returns the turns in which `count` rules are dealt out. */
export function deal(tools: readonly ToolShape[], count: number): readonly Dealt[] {
  return Array.from({ length: Math.max(count, 0) }, (_, index) => {
    const tool = tools[index % tools.length];
    if (tool === undefined) throw new Error('no tools to deal rules to');
    return { tool, round: Math.floor(index / tools.length), index };
  });
}

function testOf({ texts, numbers }: ToolShape, round: number, index: number): Test {
  const names = [...numbers, ...texts];
  const name = names[Math.floor(round / 2) % Math.max(names.length, 1)];
  if (name === undefined) return { kind: 'task', value: `retired-${index}` };
  const low = 1_000_000 + index * 10;
  if (numbers.includes(name)) return { kind: 'between', name, low, high: low + 9 };
  const values = ['a', 'b', 'c'].map((letter) => `blocked-${letter}-${index}`);
  if (round % 3 === 0) return { kind: 'oneOf', name, values };
  return { kind: 'equals', name, value: `blocked-${index}` };
}

/** Returns a test as CEL. */
export function toCel(test: Test): string {
  switch (test.kind) {
    case 'equals':
      return `args.${test.name} == ${JSON.stringify(test.value)}`;
    case 'oneOf':
      return `args.${test.name} in ${JSON.stringify(test.values)}`;
    case 'between':
      return `args.${test.name} >= ${test.low} && args.${test.name} <= ${test.high}`;
    case 'task':
      return `task == ${JSON.stringify(test.value)}`;
  }
}
