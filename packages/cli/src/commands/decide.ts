import { hash } from 'node:crypto';
import type { Command } from 'commander';
import {
  apply,
  canonical,
  explain,
  initialState,
  isJsonObject,
  type Action,
  type CompiledPact,
  type Explanation,
  type Fact,
  type Json,
  type State,
  type VerdictKind,
} from '@plumbline/core';

import { EXIT, type ExitCode } from '../exit-codes.ts';
import { armPact } from '../files/arm-pact.ts';
import { readText } from '../files/read-text.ts';
import { readRuns } from '../readers/read-runs.ts';
import { driveRun, SESSION } from '../replay/drive.ts';
import { renderExplanation, verdictWord } from '../report/explanation.ts';
import { type GivenSession, sessionOf } from './decide-session.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type Options = {
  readonly pact: string;
  readonly session?: string;
  readonly facts?: string;
  readonly history?: string;
  readonly at?: string;
  readonly json?: boolean;
};

const HELP = `
ACTION, --session and --facts are JSON: written out, in a file, or on standard input (-).
  action   {"tool": "orders.get", "args": {"customer_id": "c-1"}}
  session  {"principal": "ada", "task": "return", "attributes": {"customer_id": "c-1"},
            "claims": {"roles": ["crm-export"]}}
  facts    {"source": {"verified": true}}
--history is one recorded run; the action is decided after it.

Exit code: 0 allow or modify, 1 deny, 4 step up, 5 defer.
`;

const EXIT_OF: { readonly [K in VerdictKind]: ExitCode } = {
  allow: EXIT.ok,
  modify: EXIT.ok,
  step_up: EXIT.stepUp,
  defer: EXIT.defer,
  deny: EXIT.no,
};

/** Adds `plumb decide`: one action under one pact. */
export function addDecide(program: Command, shell: Shell): void {
  program
    .command('decide')
    .description('decide one action under a pact, and say why')
    .argument('<action>', 'the action as JSON, a file that holds it, or - for standard input')
    .requiredOption('--pact <file>', 'the pact')
    .option('--session <json>', 'principal, task, attributes and claims that were attested')
    .option('--facts <json>', 'facts by name')
    .option('--history <file>', 'a recorded run that went before')
    .option('--at <time>', 'when it happens, ISO 8601 (default: now)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action((action: string, options: Options) => decideOne(action, options, shell));
}

async function decideOne(given: string, options: Options, shell: Shell): Promise<void> {
  const pact = armPact(options.pact);
  const now = timeOf(options.at, shell.wallMs());
  const action = actionOf(readJson(given, 'the action'));
  const session = sessionOf(
    options.session === undefined ? {} : readJson(options.session, 'the session'),
  );
  const before = await stateBefore(pact, { session, history: options.history, now });
  const state = proved(pact, before, { session, now });
  const facts = factsOf(options.facts, now);
  const explanation = explain(pact, state, { action, facts, now });
  const { kind } = explanation.decision.verdict;
  if (options.json === true) shell.screen.json(decisionJson(action, explanation));
  else {
    const word = verdictWord(kind, shell.screen);
    shell.screen.print(`${word}\n${renderExplanation(explanation, shell.screen)}`);
  }
  shell.exit(EXIT_OF[kind]);
}

function decisionJson(action: Action, explanation: Explanation): object {
  const { decision, summary, tried, flips } = explanation;
  const { verdict, because, charges, spends, grants = [], obligations } = decision;
  return {
    verdict: verdict.kind,
    action: { tool: action.tool, args: action.args, digest: action.digest },
    summary,
    ...verdict,
    kind: undefined,
    because,
    tried,
    flips,
    charges,
    spends,
    grants,
    obligations,
  };
}

/** JSON written out starts with a bracket; anything else names a file. */
function readJson(given: string, what: string): Json {
  const isInline = /^\s*[[{]/.test(given);
  const text = isInline ? given : readText(given);
  const place = isInline ? null : given === '-' ? 'standard input' : given;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replaceAll(/\s+/g, ' ') : String(cause);
    throw new Stop(`${what} is not JSON (${why})`, place);
  }
}

function actionOf(given: Json): Action {
  if (!isJsonObject(given)) throw new Stop('the action is not a JSON object');
  const { id = 'action', tool, args = {} } = given;
  if (typeof tool !== 'string' || tool === '') throw new Stop('the action names no `tool`');
  if (!isJsonObject(args)) throw new Stop('`args` of the action is not a JSON object');
  if (typeof id !== 'string') throw new Stop('`id` of the action is not text');
  const digest = `sha256:${hash('sha256', canonical({ tool, args }))}` as const;
  return { id, session: SESSION, tool, args, digest };
}

function factsOf(given: string | undefined, now: number): readonly Fact[] {
  const facts = given === undefined ? {} : readJson(given, 'the facts');
  if (!isJsonObject(facts)) throw new Stop('the facts are not a JSON object');
  return Object.entries(facts).map(([name, value]) => {
    if (!isJsonObject(value)) throw new Stop(`fact \`${name}\` is not a JSON object`);
    const maxAgeMs = Number.MAX_SAFE_INTEGER;
    return { name, value, source: 'command line', observedAtMs: now, maxAgeMs };
  });
}

function timeOf(given: string | undefined, wallMs: number): number {
  const ms = given === undefined ? wallMs : Date.parse(given);
  if (Number.isNaN(ms)) throw new Stop(`--at \`${given}\` is not an ISO 8601 time`);
  return ms;
}

async function stateBefore(
  pact: CompiledPact,
  { session, history, now }: { session: GivenSession; history: string | undefined; now: number },
): Promise<State> {
  if (history === undefined) return opened(pact, session, now);
  const mapping = {
    rules: ['command line'],
    agent: pact.agent,
    task: session.task,
    principal: session.principal,
    session: session.attributes,
    user: 'principal',
    system: 'ignored',
    labels: {},
  } as const;
  for await (const [run] of readRuns(history, { format: null })) {
    if (run !== undefined) return driveRun(run, { pact, mapping, task: session.task }).state;
  }
  throw new Stop('holds no run', history);
}

function opened(pact: CompiledPact, session: GivenSession, at: number): State {
  const state = apply(pact, initialState(pact.agent), { kind: 'armed', at, pact: pact.digest });
  const openedBy = 'command line';
  const event = { kind: 'session_opened', at, session: SESSION, room: null, openedBy } as const;
  const { principal, task, attributes } = session;
  return apply(pact, state, { ...event, principal, task, attributes });
}

/** Returns the state once the claims of the session were proved. */
function proved(
  pact: CompiledPact,
  before: State,
  { session, now: at }: { readonly session: GivenSession; readonly now: number },
): State {
  const valid = { verifiedAtMs: at, expiresAtMs: Number.MAX_SAFE_INTEGER };
  const by = { session: SESSION, mechanism: 'api-key' } as const;
  return session.claims.reduce(
    (state, claim) =>
      apply(pact, state, { kind: 'claim', at, claim: { ...by, ...claim, ...valid } }),
    before,
  );
}
