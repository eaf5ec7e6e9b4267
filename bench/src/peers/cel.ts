import { Environment, EvaluationError } from '@marcbachmann/cel-js';

import { toCel, type Rule } from '../rules.ts';
import type { Ask, Peer, Question, RuleBook } from './peer.ts';

type Compiled = { readonly effect: Rule['effect']; readonly holds: (scope: object) => unknown };

/** Bare CEL, every rule asked, the tool being part of its condition. */
export const cel: Peer = {
  name: 'CEL (cel-js), unindexed',
  prepare: (book) => {
    const rules = allRules(book).map(({ tool, rule }) =>
      compile(rule.effect, `${tool} && (${rule.text})`),
    );
    return (question) => asks(rules, question);
  },
};

/** Bare CEL, only the rules of the action's tool asked. */
export const indexedCel: Peer = {
  name: 'CEL (cel-js), indexed by tool',
  prepare: (book) => {
    const byTool = new Map(book.tools.map((tool) => [tool, rulesFor(book, tool)]));
    return (question) => asks(byTool.get(question.turn.action.tool) ?? [], question);
  },
};

type RuleText = { readonly effect: Rule['effect']; readonly text: string };

function allRules({
  tools,
  rules,
}: RuleBook): readonly { readonly tool: string; readonly rule: RuleText }[] {
  const narrow = rules.map(({ effect, tool, test }) => ({
    tool: `tool == ${JSON.stringify(tool)}`,
    rule: { effect, text: toCel(test) },
  }));
  const wide = {
    tool: `tool in ${JSON.stringify(tools)}`,
    rule: { effect: 'allow', text: 'true' },
  } as const;
  return [...narrow, wide];
}

function rulesFor({ rules }: RuleBook, tool: string): readonly Compiled[] {
  const own = rules.filter((rule) => rule.tool === tool);
  return [...own.map(({ effect, test }) => compile(effect, toCel(test))), compile('allow', 'true')];
}

const environment = new Environment({ unlistedVariablesAreDyn: true });

function compile(effect: Rule['effect'], text: string): Compiled {
  const program = environment.parse(text);
  return { effect, holds: (scope) => valueOf(program, scope) };
}

/** What a condition says; null when an argument is not what it expects, which must not allow. */
function valueOf(program: (scope: object) => unknown, scope: object): unknown {
  try {
    return program(scope);
  } catch (cause) {
    if (cause instanceof EvaluationError) return null;
    throw cause;
  }
}

function asks(rules: readonly Compiled[], { session, turn }: Question): Ask {
  const { tool, args } = turn.action;
  const scope = { tool, args, task: session.task ?? '', session: session.attributes };
  return () => {
    let isAllowed = false;
    for (const { effect, holds } of rules) {
      const held = holds(scope);
      if (effect === 'deny' && held !== false) return false;
      if (effect === 'allow' && held === true) isAllowed = true;
    }
    return isAllowed;
  };
}
