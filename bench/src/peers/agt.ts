import { PolicyEngine } from '@microsoft/agent-governance-sdk';

import type { Test } from '../rules.ts';
import type { Peer, RuleBook } from './peer.ts';

/** The TypeScript SDK of agent-governance-toolkit: its policy documents and expressions. */
export const agt: Peer = {
  name: 'agent-governance-toolkit (TypeScript SDK)',
  prepare: (book) => {
    const engine = new PolicyEngine();
    engine.loadJson(JSON.stringify(policyOf(book)));
    return ({ session, turn }) => {
      const { tool, args } = turn.action;
      const context = { tool, args, task: session.task ?? '', session: session.attributes };
      return () => engine.evaluatePolicy(book.agent, context).allowed;
    };
  },
};

function policyOf({ agent, tools, rules }: RuleBook): object {
  const wide = {
    name: 'wide',
    condition: `tool in [${tools.map(quote).join(', ')}]`,
    ruleAction: 'allow',
  };
  const narrow = rules.map(({ id, effect, tool, test }) => ({
    name: id,
    condition: `tool == ${quote(tool)} and ${toExpression(test)}`,
    ruleAction: effect,
  }));
  return {
    apiVersion: 'governance.toolkit/v1',
    name: agent,
    agent,
    default_action: 'deny',
    rules: [...narrow, wide],
  };
}

function toExpression(test: Test): string {
  switch (test.kind) {
    case 'equals':
      return `args.${test.name} == ${quote(test.value)}`;
    case 'oneOf':
      return `args.${test.name} in [${test.values.map(quote).join(', ')}]`;
    case 'between':
      return `args.${test.name} >= ${test.low} and args.${test.name} <= ${test.high}`;
    case 'task':
      return `task == ${quote(test.value)}`;
  }
}

function quote(text: string): string {
  return `'${text}'`;
}
