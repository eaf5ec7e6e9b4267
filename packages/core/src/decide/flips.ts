import type { Claim } from '../authority/claim.ts';
import type { CompiledPact, TierRule } from '../pact/compiled.ts';
import type { Action } from './action.ts';
import { fitsBounds } from './bounds.ts';
import { decide } from './decide.ts';
import type { Proposal } from './decide.ts';
import { updateAt, leafPaths, valueAt } from './paths.ts';
import type { State } from './state.ts';
import { VERDICTS } from './verdict.ts';
import type { Decision, Stage, VerdictKind } from './verdict.ts';
import type { Json } from '../json.ts';

type Decided = { readonly proposal: Proposal; readonly decision: Decision };

const MOST_TRIALS = 200;

/**
 * Returns the smallest changes found that would lead to a milder verdict: one argument changed to a
 * value the pact's rules or the session name, or a later moment. Every answer was tried.
 */
export function flipsOf(pact: CompiledPact, state: State, decided: Decided): readonly string[] {
  const { decision } = decided;
  if (decision.verdict.kind === 'allow') return [];
  const found = [
    ...approvalFlip(decision),
    ...claimFlip(pact, state, decided),
    ...argumentFlips(pact, state, decided),
    ...timeFlips(pact, state, decided),
  ];
  return found.slice(0, 5);
}

function approvalFlip({ verdict }: Decision): readonly string[] {
  if (verdict.kind !== 'step_up') return [];
  const rules = verdict.requirements.map(({ rule }) => `\`${rule}\``).join(', ');
  const who = [...new Set(verdict.requirements.flatMap(({ approvers }) => approvers))].join(', ');
  return [`an approval of ${rules} by ${who}`];
}

// The claims that the refusing tiers ask for, all at once, as if they were verified now.
function claimFlip(pact: CompiledPact, state: State, decided: Decided): readonly string[] {
  const { proposal, decision } = decided;
  const id = proposal.action.session;
  const session = state.sessions.get(id);
  const wanted = wantedClaims(pact, decision);
  if (session === undefined || wanted.length === 0) return [];
  const claims = wanted.map(({ claim: name, contains }): Claim => {
    const valid = { verifiedAtMs: decision.at, expiresAtMs: Infinity };
    return { session: id, name, values: [contains], mechanism: 'oidc', ...valid };
  });
  const held = { ...session, claims: [...session.claims, ...claims] };
  const { verdict } = decide(pact, { ...state, sessions: new Map([[id, held]]) }, proposal);
  if (!isMilder(verdict.kind, decision.verdict.kind)) return [];
  const texts = wanted.map(
    ({ claim, contains }) => `\`${claim}\` were proved to hold \`${contains}\``,
  );
  return [`${[...new Set(texts)].join(' and ')} (then: ${verdict.kind})`];
}

function wantedClaims({ layers }: CompiledPact, { because }: Decision): readonly TierRule[] {
  const refusing = new Set(because.map(({ rule }) => rule));
  return layers.flatMap(({ tiers: { standard, elevated } }) => [
    ...(refusing.has('tier:standard') && standard !== null ? [standard] : []),
    ...(refusing.has('tier:elevated') && elevated !== null ? [elevated] : []),
  ]);
}

function isMilder(kind: VerdictKind, than: VerdictKind): boolean {
  return VERDICTS.indexOf(kind) < VERDICTS.indexOf(than);
}

function argumentFlips(pact: CompiledPact, state: State, decided: Decided): readonly string[] {
  const { action } = decided.proposal;
  if (!fitsBounds(action.args)) return [];
  const literals = literalsOf(pact, action, state);
  const trials = leafPaths(action.args).flatMap((path) => trialsAt(action, path, literals));
  return trials.slice(0, MOST_TRIALS).flatMap(({ path, value, changed }) => {
    const proposal = { ...decided.proposal, action: changed };
    const { verdict } = decide(pact, state, proposal);
    if (!isMilder(verdict.kind, decided.decision.verdict.kind)) return [];
    return [`\`${path}\` were ${JSON.stringify(value)} (then: ${verdict.kind})`];
  });
}

type Trial = { readonly path: string; readonly value: Json; readonly changed: Action };

function trialsAt(action: Action, path: string, literals: readonly Json[]): readonly Trial[] {
  const before = valueAt(action.args, path);
  return literals.flatMap((value) => {
    if (typeof value !== typeof before || value === before) return [];
    const args = updateAt(action.args, path.split('.'), () => value);
    return args === action.args ? [] : [{ path, value, changed: { ...action, args } }];
  });
}

const STRING = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/g;
const NUMBER = /-?\b\d+(?:\.\d+)?\b/g;

function literalsOf(pact: CompiledPact, action: Action, state: State): readonly Json[] {
  const texts = pact.layers.flatMap((layer) => {
    const { allow, exclude, stepUp } = layer.rulesFor(action.tool);
    const rules = [...allow.map(({ rule }) => rule), ...exclude, ...stepUp];
    return rules.flatMap(({ when, unless }) => [when?.text ?? '', unless?.text ?? '']);
  });
  const all = texts.flatMap(literalsIn);
  const session = state.sessions.get(action.session)?.attributes ?? {};
  return [...new Set([...all, ...Object.values(session)])];
}

function literalsIn(text: string): readonly Json[] {
  const strings = [...text.matchAll(STRING)].map(([, a, b]) => a ?? b ?? '');
  const inStrings = strings.map(Number).filter(Number.isFinite);
  const numbers = [...text.replace(STRING, '').matchAll(NUMBER)].map(([digits]) => Number(digits));
  return [...strings, ...numbers, ...inStrings];
}

const TIMED: readonly Stage[] = ['limits', 'duplicates'];

const WAITS = [
  { name: 'an hour', ms: 3_600_000 },
  { name: 'a day', ms: 86_400_000 },
  { name: 'a week', ms: 604_800_000 },
] as const;

function timeFlips(pact: CompiledPact, state: State, decided: Decided): readonly string[] {
  const { proposal, decision } = decided;
  const isTimed = decision.because.some(({ stage }) => TIMED.includes(stage));
  if (!isTimed) return [];
  const milder = WAITS.find(({ ms }) => {
    const { verdict } = decide(pact, state, { ...proposal, now: decision.at + ms });
    return isMilder(verdict.kind, decision.verdict.kind);
  });
  return milder === undefined ? [] : [`it were ${milder.name} later`];
}
