import { leavesOf } from '../../provenance/split.ts';
import type { VerdictKind } from '../../decide/verdict.ts';
import type { CompiledPact, Scope } from '../compiled.ts';
import { matchesAny } from '../glob.ts';
import type { LoadedPact } from '../load.ts';
import type { Change, Example } from './change.ts';
import { anything, argumentDomain, fieldDomain, textDomain } from './domain.ts';
import type { Domain } from './domain.ts';
import { all, not } from './goal.ts';
import type { Goal } from './goal.ts';
import type { DomainOf } from './needs.ts';
import { ERROR, FALSE, TRUE } from './outcome.ts';
import { solve } from './solve.ts';
import type { Budget } from './solve.ts';
import { sayTool } from './subject.ts';
import { reachOf } from './tool-reach.ts';
import { tryAction } from './trial.ts';
import type { Trial } from './trial.ts';
import { whyLet, whyNot } from './why.ts';
import { witnessScope } from './witness.ts';

/** Two loaded pacts under comparison. */
export type Pair = { readonly before: LoadedPact; readonly after: LoadedPact };

type Claim = {
  readonly kind: Change['kind'];
  readonly goal: Goal;
  readonly isShown: (before: VerdictKind, after: VerdictKind) => boolean;
  readonly say: (pair: Pair, example: Example) => string;
};

const refused = new Set<VerdictKind>(['deny', 'defer']);
const runs = new Set<VerdictKind>(['allow', 'modify']);

/** Steps one question may spend: some ten milliseconds on one core. */
const questionSteps = 20_000;
const maxTools = 1000;

/** Returns how what is allowed, and what is asked about, changed for every tool. */
export function ruleChanges(pair: Pair): readonly Change[] {
  return toolsOf(pair).flatMap((tool) => toolChanges(pair, tool));
}

function toolsOf({ before, after }: Pair): readonly string[] {
  const named = [before, after].flatMap(({ pact }) => [
    ...pact.tools.keys(),
    ...pact.layers.flatMap(({ allow }) =>
      allow.flatMap(({ tools }) => tools.filter((name) => /^handoff\.[^*]*$/.test(name))),
    ),
  ]);
  return [...new Set([...named, 'output.message', 'output.answer'])].slice(0, maxTools);
}

function toolChanges(pair: Pair, tool: string): readonly Change[] {
  const [before, after] = [reachOf(pair.before.pact, tool), reachOf(pair.after.pact, tool)];
  if (before.text === after.text) return [];
  const both = all(before.lets, after.lets);
  const claims: readonly Claim[] = [
    {
      kind: 'widened',
      goal: all(after.lets, not(before.lets)),
      isShown: (old, next) => refused.has(old) && !refused.has(next),
      say: ({ after: { pact } }, example) =>
        `now also allows ${sayTool(tool)}${whyLet(pact, example)}`,
    },
    {
      kind: 'narrowed',
      goal: all(before.lets, not(after.lets)),
      isShown: (old, next) => !refused.has(old) && refused.has(next),
      say: ({ after: { pact } }, example) =>
        `no longer allows ${sayTool(tool)}${whyNot(pact, example)}`,
    },
    {
      kind: 'asks',
      goal: all(both, after.asks, not(before.asks)),
      isShown: (old, next) => runs.has(old) && next === 'step_up',
      say: ({ after: { pact } }, example) =>
        `now asks for approval of ${sayTool(tool)}${whyNot(pact, example)}`,
    },
    {
      kind: 'relaxed',
      goal: all(both, before.asks, not(after.asks)),
      isShown: (old, next) => old === 'step_up' && runs.has(next),
      say: ({ before: { pact } }, example) =>
        `no longer asks for approval of ${sayTool(tool)}${whyNot(pact, example)}`,
    },
  ];
  const texts = { before: before.text, after: after.text };
  return decided(
    claims.map((claim) => changeOf(pair, { tool, claim, texts })),
    { tool, texts },
  );
}

type Texts = { readonly before: string; readonly after: string };
type Asked = { readonly tool: string; readonly claim: Claim; readonly texts: Texts };

/** One `undetermined` stands for all the questions about a tool that stayed open. */
function decided(
  answers: readonly (Change | 'none' | 'open')[],
  { tool, texts }: { readonly tool: string; readonly texts: Texts },
): readonly Change[] {
  const changes = answers.filter((answer) => typeof answer !== 'string');
  if (!answers.includes('open')) return changes;
  const also = changes.length === 0 ? '' : ' besides';
  const text = `may decide differently about ${sayTool(tool)}${also}: outside what can be decided`;
  return [...changes, { kind: 'undetermined', about: tool, text, ...texts, example: null }];
}

function changeOf(pair: Pair, { tool, claim, texts }: Asked): Change | 'none' | 'open' {
  const budget: Budget = { left: questionSteps };
  const { agent, tools } = pair.after.pact;
  const schema = (tools.get(tool) ?? pair.before.pact.tools.get(tool))?.schema ?? null;
  const answer = solve({
    goal: claim.goal,
    domainOf: domainsOf(pair, tool),
    budget,
    confirm: (known) => {
      const scope = witnessScope(known, { tool, agent, schema });
      return meets(claim.goal, scope) ? exampleOf(pair, scope, claim) : null;
    },
  });
  if (answer.kind === 'none') return 'none';
  if (answer.kind === 'undetermined') return 'open';
  const text = claim.say(pair, answer.witness);
  return { kind: claim.kind, about: tool, text, ...texts, example: answer.witness };
}

/** Whether the real conditions have the outcomes the goal wants. */
function meets(goal: Goal, scope: Scope): boolean {
  if (goal.op === 'all') return goal.of.every((part) => meets(part, scope));
  if (goal.op === 'any') return goal.of.some((part) => meets(part, scope));
  const result = goal.condition?.evaluate(scope);
  if (result?.ok !== true) return (goal.wanted & ERROR) !== 0;
  return (goal.wanted & (result.value ? TRUE : FALSE)) !== 0;
}

/** The first task under which the kernel decides as claimed; null when there is none. */
function exampleOf(pair: Pair, scope: Scope, claim: Claim): Example | null {
  const { tool, args, session, principal, facts } = scope;
  const principalText = leavesOf(args).join('\n');
  for (const task of tasksFor(pair, scope)) {
    const trial = { tool, args, session, principal, principalText, task, facts, isClaimed: true };
    const [before, after] = [verdictOf(pair.before, trial), verdictOf(pair.after, trial)];
    if (!claim.isShown(before, after)) continue;
    return { tool, args, session, task, principal, facts, before, after };
  }
  return null;
}

function verdictOf({ pact }: LoadedPact, trial: Trial): VerdictKind {
  return tryAction(pact, trial).verdict.kind;
}

function tasksFor({ before, after }: Pair, { tool, task }: Scope): readonly (string | null)[] {
  if (task !== '') return [task];
  const naming = [after.pact, before.pact].flatMap((pact) => tasksNaming(pact, tool));
  const shared = naming.filter((name, index) => naming.indexOf(name) !== index);
  return [...new Set([null, ...shared, ...naming])].slice(0, 8);
}

function tasksNaming({ layers }: CompiledPact, tool: string): readonly string[] {
  const tasks = layers.flatMap((layer) => [...(layer.tasks?.values() ?? [])]);
  return tasks.filter(({ tools }) => matchesAny(tools, tool)).map(({ name }) => name);
}

function domainsOf({ before, after }: Pair, tool: string): DomainOf {
  const schema = (after.pact.tools.get(tool) ?? before.pact.tools.get(tool))?.schema ?? null;
  const fields = new Map(
    [before, after].flatMap(({ documents }) => documents.flatMap((each) => [...each.session])),
  );
  return ([root, name, ...rest]): Domain => {
    if (root === 'agent') return textDomain([after.pact.agent]);
    if (root === 'tool') return textDomain([tool]);
    if (root === 'principal' || root === 'task') return textDomain(null);
    if (name === undefined) return anything;
    if (root === 'args') return argumentDomain(schema, [name, ...rest]);
    const type = root === 'session' && rest.length === 0 ? fields.get(name) : undefined;
    return type === undefined ? anything : fieldDomain(type, true);
  };
}
