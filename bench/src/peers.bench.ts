import type { CompiledPact } from '@plumbline/core';

import { rateOf, type Spread } from './measure.ts';
import { type Example, plainPactOf } from './pacts.ts';
import { agt } from './peers/agt.ts';
import { cedar } from './peers/cedar.ts';
import { cel, indexedCel } from './peers/cel.ts';
import type { Ask, Peer, Question, RuleBook } from './peers/peer.ts';
import { plumblineAlone, plumblineTurn } from './peers/plumbline.ts';
import type { Session } from './recording.ts';
import { dealRules } from './rules.ts';

/** What one engine does with one number of rules; `differs` counts answers unlike `decide`'s. */
export type PeerRow = {
  readonly name: string;
  readonly rules: number;
  readonly perSecond: Spread;
  readonly asked: number;
  readonly differs: number;
};

/** Questions asked of every engine, taken evenly from all recorded actions. */
const QUESTIONS = 1_000;

/** Measures every engine on the same rules and the same recorded actions. */
export function benchPeers(
  sessions: readonly Session[],
  examples: readonly Example[],
  rules: number,
): readonly PeerRow[] {
  const engines = answersOf(sessions, examples, rules);
  const expected = engines[0]?.asks.map((ask) => ask()) ?? [];
  return engines.map(({ name, asks }) => {
    const differs = asks.filter((ask, index) => ask() !== expected[index]).length;
    const perSecond = rateOf(() => askAll(asks));
    return { name, rules, perSecond, asked: asks.length, differs };
  });
}

/** Returns every engine, Plumbline first, with the same questions ready to be asked of it. */
export function answersOf(
  sessions: readonly Session[],
  examples: readonly Example[],
  rules: number,
): readonly { readonly name: string; readonly asks: readonly Ask[] }[] {
  const books = examples.map(({ agent, tools }) => ({
    agent,
    tools: tools.map(({ name }) => name),
    rules: dealRules(tools, rules - 1),
  }));
  const pactFor = (book: RuleBook): CompiledPact => {
    const example = examples.find(({ agent }) => agent === book.agent);
    if (example === undefined) throw new Error(`no example pact for \`${book.agent}\``);
    return plainPactOf(example, book.rules);
  };
  const peers = [plumblineAlone(pactFor), plumblineTurn(pactFor), indexedCel, cel, agt, cedar];
  return peers.map((peer) => ({ name: peer.name, asks: asksOf(peer, books, sessions) }));
}

function asksOf(
  peer: Peer,
  books: readonly RuleBook[],
  sessions: readonly Session[],
): readonly Ask[] {
  const prepared = new Map(books.map((book) => [book.agent, peer.prepare(book)]));
  return questionsOf(sessions).flatMap((question) => {
    const prepare = prepared.get(question.session.agent);
    return prepare === undefined ? [] : [prepare(question)];
  });
}

function questionsOf(sessions: readonly Session[]): readonly Question[] {
  const all = sessions.flatMap((session) => session.turns.map((turn) => ({ session, turn })));
  const step = Math.max(all.length / QUESTIONS, 1);
  const count = Math.min(all.length, QUESTIONS);
  return Array.from({ length: count }, (_, index) => all[Math.floor(index * step)]).filter(
    (question) => question !== undefined,
  );
}

function askAll(asks: readonly Ask[]): number {
  for (const ask of asks) ask();
  return asks.length;
}
