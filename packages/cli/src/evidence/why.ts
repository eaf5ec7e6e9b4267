import {
  apply,
  type CompiledPact,
  type Entry,
  EventReader,
  explain,
  type Explanation,
  initialState,
  isJsonObject,
  isSecretOf,
  type Json,
  type JsonObject,
  leafPaths,
  type RecordedEvent,
  type State,
  trace,
  valuesAt,
} from '@plumbline/core';
import { Opener, type OfflineRecord } from '@plumbline/server';

import { renderExplanation, verdictWord } from '../report/explanation.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { type Named, withRecord } from './open-record.ts';
import { find, type Read, scan } from './scan.ts';

type Decided = Extract<RecordedEvent, { readonly kind: 'decided' }>;

/** Where one argument of an action came from. */
type Source = {
  readonly path: string;
  readonly value: string;
  readonly sources: readonly string[];
};

type Why = {
  readonly read: Read;
  readonly event: Decided;
  readonly explanation: Explanation;
  readonly sources: readonly Source[];
};

/** Explains one recorded decision. */
export function explainDecision(
  named: string,
  given: Named & { readonly shell: Shell },
): Promise<void> {
  const { shell, options } = given;
  return withRecord(given, async (record) => {
    const read = await find(record, named);
    if (read.entry.kind !== 'decided') {
      const hint = '`plumb log tail --kind decided` lists decisions';
      throw new Stop(`entry ${read.index} is a \`${read.entry.kind}\`, not a decision; ${hint}`);
    }
    const why = await whyOf(record, read);
    if (why !== null) {
      if (options.json === true) shell.screen.json(whyJson(why));
      else shell.screen.print(renderWhy(why, shell));
      return;
    }
    const erased = await erasureOf(record, read);
    if (options.json === true) shell.screen.json(openJson(read, erased));
    else shell.screen.print(renderOpen(read, erased, shell));
  });
}

/** Returns null when the decision cannot be opened: then only what is open can be told. */
async function whyOf(record: OfflineRecord, target: Read): Promise<Why | null> {
  const opener = new Opener(record);
  const fold = new Fold(opener, target.entry.agent ?? '');
  for await (const read of scan(record, { until: target.index + 1 })) {
    if (read.entry.agent !== target.entry.agent) continue;
    await opener.prepareEntry(read.entry, read.index);
    const events = fold.read(read.entry);
    if (read.index === target.index) return whyAt(fold, target, events[0]);
    fold.apply(events);
  }
  return null;
}

/** Returns the entry that says the decision's person was erased, or null. */
async function erasureOf(record: OfflineRecord, { index, entry }: Read): Promise<Read | null> {
  const subject = entry.sealed?.subject;
  for await (const read of scan(record, { from: index + 1 })) {
    const { kind, open } = read.entry;
    if (kind === 'erasure' && open['subject'] === subject) return read;
  }
  return null;
}

/** The state of one agent as its entries are read. */
class Fold {
  readonly #opener: Opener;
  readonly #agent: string;
  readonly #reader: EventReader = new EventReader();
  pact: CompiledPact | undefined;
  state: State | undefined;
  wasOpened = false;

  constructor(opener: Opener, agent: string) {
    this.#opener = opener;
    this.#agent = agent;
  }

  read(entry: Entry): readonly RecordedEvent[] {
    const digest = entry.open['pact'];
    const isNamed = entry.kind === 'armed' || this.pact === undefined;
    if (isNamed && typeof digest === 'string') this.pact = this.#opener.pactOf(digest, null);
    const secret = secretOf(this.#opener, entry);
    this.wasOpened = secret !== null;
    return this.#reader.take(entry, secret);
  }

  apply(events: readonly RecordedEvent[]): void {
    const { pact } = this;
    if (pact === undefined) return;
    this.state ??= initialState(this.#agent);
    for (const event of events) this.state = apply(pact, this.state, event);
  }
}

function secretOf(opener: Opener, entry: Entry): JsonObject | null {
  const opened = opener.open(entry);
  if (opened.kind !== 'opened') return null;
  // The commitment of the text held: it is the JSON a recorder sealed.
  const value = JSON.parse(opened.text) as JsonObject;
  return isSecretOf(entry, value) ? value : null;
}

function whyAt(fold: Fold, read: Read, event: RecordedEvent | undefined): Why | null {
  const { pact, state, wasOpened } = fold;
  if (!wasOpened || event?.kind !== 'decided' || pact === undefined || state === undefined) {
    return null;
  }
  const { action, facts, decision } = event;
  const explanation = explain(pact, state, { action, facts, now: decision.at });
  const memory = state.sessions.get(action.session)?.memory;
  const sources = leafPaths(action.args).flatMap((path) =>
    valuesAt(action.args, path).map((value) => ({
      path,
      value: String(value),
      sources: memory === undefined ? ['agent'] : trace(memory, value),
    })),
  );
  return { read, event, explanation, sources };
}

function whyJson({ read, event, explanation, sources }: Why): object {
  const { tool, args } = event.action;
  const { summary, tried, flips } = explanation;
  const { because } = event.decision;
  const told = { action: { tool, args }, summary, because, tried, flips, sources };
  return { ...headJson(read), isOpened: true, ...told };
}

function openJson(read: Read, erasure: Read | null): object {
  const erased =
    erasure === null
      ? null
      : { index: erasure.index, at: erasure.entry.at, subject: erasure.entry.open['subject'] };
  return { ...headJson(read), isOpened: false, erased };
}

function headJson({ index, entry }: Read): object {
  const { at, agent, session, open } = entry;
  return { index, at, agent, session, ...open };
}

function headOf({ index, entry }: Read): string {
  const { at, agent, session } = entry;
  return `entry ${index}, ${new Date(at).toISOString()}, agent ${agent}, session ${session}`;
}

function renderOpen(read: Read, erasure: Read | null, { screen }: Shell): string {
  const { findings = [], tool, verdict } = read.entry.open;
  const asked = typeof tool === 'string' ? `\`${tool}\`` : 'a tool the pact does not declare';
  const { dim } = screen.colors;
  const rules = listOf(findings).map(findingLine);
  return [
    headOf(read),
    `${typeof verdict === 'string' ? wordOf(verdict) : ''} ${asked}`,
    ...(rules.length === 0 ? [] : [dim('because'), ...rules]),
    dim(
      erasure === null
        ? 'What was asked is sealed, or its pact is not at hand: give --root-key or --openings.'
        : erasedText(read, erasure),
    ),
  ].join('\n');
}

function wordOf(verdict: string): string {
  return verdict.replace('_', ' ');
}

function findingLine(finding: Json): string {
  if (!isJsonObject(finding)) return `  ${JSON.stringify(finding)}`;
  const { stage, rule, observed } = finding;
  const named = [stage, rule].filter((part) => typeof part === 'string').join(' · ');
  return `  ${named}${observed === true ? ' (observed only)' : ''}`;
}

function erasedText({ index }: Read, { index: at, entry }: Read): string {
  const when = `${new Date(entry.at).toISOString()} (entry ${at})`;
  return [
    `Its person was erased at ${when}: what was asked can not be read by anybody any more.`,
    `Verdict, tool and rules are still known; \`plumb proof ${index}\` shows that they stood.`,
  ].join('\n');
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

const MOST_CHARS = 80;

function renderWhy({ read, event, explanation, sources }: Why, { screen }: Shell): string {
  const { dim } = screen.colors;
  const { tool, args } = event.action;
  const { kind } = event.decision.verdict;
  const isOther = explanation.decision.verdict.kind !== kind;
  const from = sources.map(({ path, value, sources: names }) => {
    const short = value.length > MOST_CHARS ? `${value.slice(0, MOST_CHARS)}…` : value;
    return `  ${path} ${JSON.stringify(short)} from ${names.join(', ')}`;
  });
  return [
    headOf(read),
    `${verdictWord(kind, screen)} ${tool}(${JSON.stringify(args)})`,
    ...(isOther
      ? ['the state folded from the log leads to another verdict than was recorded']
      : []),
    ...(from.length === 0 ? [] : [dim('arguments'), ...from]),
    renderExplanation(explanation, screen),
  ].join('\n');
}
