import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { Effect } from '../pact/compiled.ts';
import { readTool, type Reading } from '../pact/draft/reading.ts';
import type { DraftTool } from '../pact/draft/request.ts';
import { deedOf, spelledIn, wordsIn } from '../pact/draft/words.ts';

/** Whether what a call does can be taken back. */
export type Reversible = 'yes' | 'partly' | 'no';

/**
 * What a tool is believed to do before anybody has said so: the worst that is plausible.
 *
 * `effect` with `effectFrom` is the worst of what an argument may ask for. `isSure` is whether
 * more than a guess stands behind it; `reasons` are what does, and `claims` what its server says,
 * which nobody has checked.
 */
export type ToolJudgement = {
  readonly effect: Effect;
  readonly effectFrom: string | null;
  readonly money: string | null;
  readonly isOpenWorld: boolean;
  readonly reversible: Reversible;
  readonly worst: string;
  readonly isSure: boolean;
  readonly reasons: readonly string[];
  readonly claims: readonly string[];
};

/**
 * Returns what a tool is believed to do, from its name, its description, the arguments it takes and
 * the hints of its server. A hint that says less than the name does is not believed.
 */
export function judgeTool(tool: DraftTool): ToolJudgement {
  const own = withMore(readTool({ ...tool, annotations: {} }, []));
  const told = readTool(tool, []);
  const hinted = tool.annotations?.readOnlyHint === true ? told : withMore(told);
  const signals = signalsIn(tool.inputSchema);
  const { effect, isSure, reasons } = effectOf({ own, hinted, signals, tool });
  const effectFrom = own.effectFrom;
  const isOpenWorld = own.isOpenWorld || hinted.isOpenWorld || signals.isRequest;
  const money = effect === 'read' ? null : moneyIn(tool, signals);
  const reversible = reversibleOf({ effect, isSure, isFinal: own.isFinal || hinted.isFinal });
  const judged = { effect, effectFrom, money, isOpenWorld, reversible, isSure };
  return {
    ...judged,
    worst: worstOf(judged, signals),
    reasons,
    claims: claimsOf(tool),
  };
}

const JOINTS = new Set(wordsIn('and or then'));

/** A name that joins two verbs does the worse of them: `get_and_delete_user`. */
function withMore(reading: Reading): Reading {
  const { name } = reading.tool;
  const words = wordsIn(name);
  for (const [at, word] of words.entries()) {
    const deed = JOINTS.has(words[at - 1] ?? '') ? deedOf(word) : null;
    if (deed === null || ORDER[deed.effect] <= ORDER[reading.effect]) continue;
    const effectWhy = `its name says \`${spelledIn(name, word)}\` as well`;
    return withMore({ ...reading, ...deed, effectWhy, isGuess: false });
  }
  return reading;
}

/** What the arguments of a tool say of it, by their names. */
type Signals = {
  readonly url: string | null;
  readonly path: string | null;
  readonly query: string | null;
  readonly amount: string | null;
  readonly recipient: string | null;
  readonly content: string | null;
  /** A request of a kind and with a body that the caller chooses. */
  readonly isRequest: boolean;
};

const URL_WORDS = new Set(wordsIn('url uri endpoint href website link'));
const PATH_WORDS = new Set(wordsIn('path file filename filepath directory folder destination'));
const QUERY_WORDS = new Set(wordsIn('sql cypher statement mutation graphql'));
const AMOUNT_WORDS = new Set(wordsIn('amount price total sum cost'));
const PEOPLE_WORDS = new Set(
  wordsIn('recipient to cc bcc email phone channel iban account payee beneficiary chat'),
);
const CONTENT_WORDS = new Set(
  wordsIn('content contents text body message data payload patch diff replacement string edits'),
);
const METHOD_WORDS = new Set(wordsIn('method verb headers'));
const MONEY_WORDS = new Set(
  wordsIn(
    'pay payment transfer refund charge invoice purchase buy order payout withdraw deposit ' +
      'money currency price iban balance billing subscription donate tip wire remit checkout',
  ),
);

function signalsIn(schema: JsonObject | null): Signals {
  const names = argumentsOf(schema);
  const named = (words: ReadonlySet<string>): string | null =>
    names.find(([name]) => wordsIn(name).some((word) => words.has(word)))?.[0] ?? null;
  const amount = names.find(
    ([name, of]) => wordsIn(name).some((word) => AMOUNT_WORDS.has(word)) && isAmount(of),
  );
  const [url, content] = [named(URL_WORDS), named(CONTENT_WORDS)];
  return {
    url,
    path: named(PATH_WORDS),
    query: named(QUERY_WORDS),
    amount: amount?.[0] ?? null,
    recipient: named(PEOPLE_WORDS),
    content,
    isRequest: url !== null && (named(METHOD_WORDS) !== null || content !== null),
  };
}

function argumentsOf(schema: JsonObject | null): readonly (readonly [string, Json])[] {
  const properties = schema?.['properties'];
  if (!isJsonObject(properties)) return [];
  // Reasons stand in the comments of a pact: a name that is none could end one.
  return Object.entries(properties).filter(([name]) => /^[A-Za-z_][\w.-]{0,60}$/.test(name));
}

function isAmount(schema: Json): boolean {
  if (!isJsonObject(schema)) return false;
  const { type } = schema;
  const types = Array.isArray(type) ? type : [type];
  return types.some((each) => each === 'number' || each === 'integer' || each === 'string');
}

type Ground = {
  readonly own: Reading;
  readonly hinted: Reading;
  readonly signals: Signals;
  readonly tool: DraftTool;
};

type Found = Pick<ToolJudgement, 'effect' | 'isSure' | 'reasons'>;

const ORDER: Readonly<Record<Effect, number>> = { read: 0, write: 1, send: 2 };

function effectOf({ own, hinted, signals, tool }: Ground): Found {
  const raised = raisedBy(signals);
  const isClaimed = tool.annotations?.readOnlyHint !== undefined;
  if (own.isGuess && raised !== null) return { ...raised, isSure: true };
  if (own.isGuess && !isClaimed) {
    return { effect: own.effect, isSure: false, reasons: [own.effectWhy] };
  }
  if (own.isGuess) return { effect: hinted.effect, isSure: true, reasons: [hinted.effectWhy] };
  const isMore = ORDER[own.effect] > ORDER[hinted.effect];
  const reasons = isMore
    ? [own.effectWhy, 'the server says less, which is not believed']
    : [hinted.effectWhy];
  const found = isMore ? own.effect : hinted.effect;
  // What only looks things up may still change what it looks in, if its caller words the question.
  const isReader = found === 'read' && isClaimed;
  if (raised === null || isReader || ORDER[raised.effect] <= ORDER[found]) {
    return { effect: found, isSure: true, reasons };
  }
  return { effect: raised.effect, isSure: true, reasons: [...reasons, ...raised.reasons] };
}

/** The effect that the arguments alone show, or null where they show none. */
function raisedBy(signals: Signals): Pick<Found, 'effect' | 'reasons'> | null {
  const { query, url, path, recipient, content, isRequest } = signals;
  if (isRequest) {
    return { effect: 'send', reasons: [`it sends what it is given to \`${url ?? ''}\``] };
  }
  if (recipient !== null && content !== null) {
    return { effect: 'send', reasons: [`it takes a \`${recipient}\` and \`${content}\``] };
  }
  if (query !== null) return { effect: 'write', reasons: [`its \`${query}\` may say anything`] };
  if (path !== null && content !== null) {
    return { effect: 'write', reasons: [`it takes a \`${path}\` and \`${content}\``] };
  }
  return null;
}

function moneyIn(tool: DraftTool, { amount, recipient }: Signals): string | null {
  if (amount === null) return null;
  const words = wordsIn(`${tool.name} ${tool.description}`);
  const names = argumentsOf(tool.inputSchema).flatMap(([name]) => wordsIn(name));
  const isMoney = [...words, ...names].some((word) => MONEY_WORDS.has(word));
  return isMoney || (recipient !== null && wordsIn(amount).includes('amount')) ? amount : null;
}

function reversibleOf({
  effect,
  isSure,
  isFinal,
}: {
  readonly effect: Effect;
  readonly isSure: boolean;
  readonly isFinal: boolean;
}): Reversible {
  if (effect === 'read') return 'yes';
  return effect === 'send' || isFinal || !isSure ? 'no' : 'partly';
}

/** The first row that holds says the worst that is plausible. */
function worstOf(
  judged: Omit<ToolJudgement, 'worst' | 'reasons' | 'claims'>,
  signals: Signals,
): string {
  const { effect, effectFrom, money, isOpenWorld, reversible, isSure } = judged;
  const changes = effect !== 'read';
  const rows: readonly (readonly [boolean, string])[] = [
    [effectFrom !== null, 'runs any program with the rights of this user'],
    [money !== null, 'moves money that does not come back'],
    [!isSure, 'does anything its server can do'],
    [signals.query !== null && changes, 'changes or drops any record the connection reaches'],
    [signals.query !== null, 'reads any record the connection reaches'],
    [effect === 'send' && signals.recipient !== null, 'tells somebody what nobody can untell'],
    [effect === 'send', 'sends what the agent knows to anybody'],
    [changes && signals.path !== null && reversible === 'no', 'removes or overwrites any file'],
    [changes && signals.path !== null, 'changes any file this user may change'],
    [changes && reversible === 'no', 'removes what cannot be brought back'],
    [changes, 'changes records others rely on'],
    [isOpenWorld, 'carries what the agent knows out in an address, and hostile text in'],
    [signals.path !== null, 'shows the agent any file this user may read, secrets included'],
  ];
  return rows.find(([holds]) => holds)?.[1] ?? 'shows the agent all that its server can read';
}

function claimsOf({ annotations = {} }: DraftTool): readonly string[] {
  const { readOnlyHint, destructiveHint, openWorldHint } = annotations;
  return [
    ...said(readOnlyHint, ['reads only', 'changes something']),
    ...said(destructiveHint, ['destroys', 'destroys nothing']),
    ...said(openWorldHint, ['reaches the open world', 'stays in a closed world']),
  ];
}

function said(hint: boolean | undefined, [yes, no]: readonly [string, string]): readonly string[] {
  return hint === undefined ? [] : [hint ? yes : no];
}
