import {
  type CedarValueJson,
  preparsePolicySet,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { Json, JsonObject } from '@plumbline/core';

import type { Rule, Test } from '../rules.ts';
import type { Peer, RuleBook } from './peer.ts';

/** Cedar's WebAssembly build, with the policy set parsed once and kept on its side. */
export const cedar: Peer = {
  name: 'Cedar (cedar-wasm), preparsed',
  prepare: (book) => {
    const preparsedPolicySetId = `${book.agent}-${book.rules.length}`;
    const parsed = preparsePolicySet(preparsedPolicySetId, { staticPolicies: policiesOf(book) });
    if (parsed.type === 'failure')
      throw new Error(parsed.errors.map(({ message }) => message).join('; '));
    return ({ session, turn }) => {
      const call = {
        principal: { type: 'Agent', id: book.agent },
        action: { type: 'Action', id: turn.action.tool },
        resource: { type: 'World', id: 'world' },
        context: { args: recordOf(turn.action.args), task: session.task ?? '' },
        entities: [],
        preparsedPolicySetId,
      };
      return () => {
        const answer = statefulIsAuthorized(call);
        return answer.type === 'success' && answer.response.decision === 'allow';
      };
    };
  },
};

function policiesOf({ tools, rules }: RuleBook): string {
  const listed = tools.map((tool) => `Action::${JSON.stringify(tool)}`).join(', ');
  return [`permit(principal, action in [${listed}], resource);`, ...rules.map(policyOf)].join('\n');
}

function policyOf({ id, effect, tool, test }: Rule): string {
  const head = effect === 'allow' ? 'permit' : 'forbid';
  const action = `action == Action::${JSON.stringify(tool)}`;
  const scope = `principal, ${action}, resource`;
  return `@id(${JSON.stringify(id)}) ${head}(${scope}) when { ${toCedar(test)} };`;
}

function toCedar(test: Test): string {
  switch (test.kind) {
    case 'equals':
      return `context.args.${test.name} == ${JSON.stringify(test.value)}`;
    case 'oneOf':
      return `${JSON.stringify(test.values)}.contains(context.args.${test.name})`;
    case 'between':
      return [`>= ${test.low}`, `<= ${test.high}`]
        .map((bound) => `context.args.${test.name} ${bound}`)
        .join(' && ');
    case 'task':
      return `context.task == ${JSON.stringify(test.value)}`;
  }
}

// Cedar has neither null nor fractions: nulls are left out and numbers rounded beforehand.
function recordOf(object: JsonObject): Record<string, CedarValueJson> {
  const entries = Object.entries(object).filter(([, value]) => value !== null);
  return Object.fromEntries(entries.map(([name, value]) => [name, valueOf(value)]));
}

function valueOf(value: Json): CedarValueJson {
  if (typeof value === 'number') return Math.round(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element: Json) => valueOf(element));
  // `Array.isArray` cannot tell readonly lists from objects, and the guards above leave an object.
  return recordOf(value as JsonObject);
}
