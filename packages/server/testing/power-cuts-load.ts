import assert from 'node:assert/strict';

import type { JsonObject, OutcomeStatus } from '@plumbline/core';
import type { Random } from '@plumbline/testkit';

import type { ActionRequest, Answer, Outcome } from '../src/guard/guard.ts';
import { LedgerStopped } from '../src/ledger/sequencer.ts';
import { VaultError } from '../src/store/vault.ts';
import { ADMIN, type Life } from './power-cuts-life.ts';
import { shopPact } from './power-cuts-pact.ts';
import {
  type Claim,
  type PowerCutsTold,
  requireSynced,
  type ToldDecision,
  type ToldSession,
} from './power-cuts-told.ts';
import type { World } from './power-cuts-world.ts';

export const AGENTS = ['shop', 'shop-eu'] as const;
const PRINCIPALS = ['ada', 'bob', 'cyd', 'dan'] as const;
const STATUSES: readonly OutcomeStatus[] = ['ok', 'ok', 'error', 'not_sent', 'unknown'];
const LONG = 50_000;

/** What a load needs to know of the life it works in. */
export type LoadOptions = {
  readonly number: number;
  readonly actors: number;
  readonly steps: number;
  /** Whether the disk does what it should: then nothing may be `unavailable` while it lives. */
  readonly isSound: boolean;
};

type Said = Omit<Claim, 'index'>;

/** Agents, openers and people that use a guard at the same time, and hold it to its word. */
export class Load {
  readonly #world: World;
  readonly #life: Life;
  readonly #options: LoadOptions;
  readonly #dice: Random;
  readonly #told: PowerCutsTold;
  /** How many erasures of each person were begun in this life. */
  readonly #erasures = new Map<string, number>();
  /** Whose erasures are under way. */
  #erasing: readonly string[] = [];
  #serial = 0;
  #lastIndex = -1;

  constructor(world: World, life: Life, options: LoadOptions) {
    this.#world = world;
    this.#life = life;
    this.#options = options;
    this.#dice = world.dice;
    this.#told = world.told;
  }

  /** Works until everybody is done, or the program has ended. */
  async run(): Promise<void> {
    const { actors, steps } = this.#options;
    const work = async (): Promise<void> => {
      for (let step = 0; step < steps && this.#life.isAlive(); step += 1) await this.#step();
    };
    await Promise.all(Array.from({ length: actors }, work));
  }

  async #step(): Promise<void> {
    try {
      await this.#anything();
    } catch (error) {
      const isEnd = error instanceof VaultError || error instanceof LedgerStopped;
      const mayFail = !this.#life.isAlive() || !this.#options.isSound;
      if (!isEnd || !mayFail) throw error;
    }
  }

  async #anything(): Promise<void> {
    const dice = this.#dice;
    this.#world.clock.wait(dice.chance(0.01) ? 10_800_000 : dice.below(20_000));
    const session = this.#anySession();
    const roll = dice.below(1000);
    if (session === undefined || roll < 60) return this.#open(this.#anyPrincipal());
    if (roll < 640) return this.#act(session);
    if (roll < 720) return this.#actTogether(session);
    if (roll < 765) return this.#repeat();
    if (roll < 790) return this.#vote();
    if (roll < 830) return this.#message(session);
    if (roll < 880) return this.#reportLate();
    if (roll < 910) return this.#close(session);
    if (roll < 940) return this.#halt(session);
    const mayErase = this.#life.parts.snapshots !== undefined;
    if (roll < 946) return mayErase ? this.#eraseAnyone() : this.#message(session);
    if (roll < 965) return this.#propose();
    if (roll < 985) return this.#life.log.publish();
    await this.#note('sweep', this.#life.opened.sweep());
  }

  #anySession(): ToldSession | undefined {
    const all = [...this.#told.sessions.values()];
    const open = this.#dice.chance(0.95) ? all.filter(({ isEnding }) => !isEnding) : all;
    return open[this.#dice.below(open.length)];
  }

  #anyPrincipal(): string {
    return PRINCIPALS[this.#dice.below(PRINCIPALS.length)] ?? 'ada';
  }

  async #open(principal: string): Promise<void> {
    const dice = this.#dice;
    const agent = AGENTS[dice.below(AGENTS.length)] ?? 'shop';
    const name = dice.chance(0.3) ? `case of ${principal} ${dice.below(3)}` : null;
    const before = this.#erasures.get(principal) ?? 0;
    const attested = { principal, task: null, room: null, attributes: { customer: principal } };
    const asked = { agent, ...attested, name, subject: null, openedBy: 'front-end' };
    const opening = this.#life.opened.guard.openSession(asked);
    const opened = await this.#answered('open', opening, () => ({ kind: 'session_opened', agent }));
    const isErased = (this.#erasures.get(principal) ?? 0) > 0;
    if (!opened.ok) {
      this.#mustBe(opened.error, isErased ? ['unavailable'] : []);
      return;
    }
    const { session } = opened.value;
    const known = this.#told.sessions.get(session);
    assert.ok(known === undefined || opened.value.isRepeat, `${session} was opened twice`);
    const isEnding =
      (this.#erasures.get(principal) ?? 0) > before || this.#erasing.includes(principal);
    if (known === undefined) {
      this.#told.sessions.set(session, { agent, session, principal, isEnding });
    }
  }

  #request(session: ToldSession): ActionRequest {
    const dice = this.#dice;
    this.#serial += 1;
    const request = `q${this.#options.number}-${this.#serial}`;
    const roll = dice.below(100);
    const note = dice.chance(0.02) ? 'n'.repeat(LONG) : `note ${request}`;
    const amount = `${dice.below(5)}.50`;
    const order = `o-${dice.below(200)}`;
    const mail = { to: 'ada@example.com', copies: 1 + dice.below(2), body: request };
    const phone = dice.chance(0.3) ? { phone: '555 0100' } : {};
    const [tool, args]: readonly [string, JsonObject] =
      roll < 45
        ? ['refund.pay', { amount, order }]
        : roll < 70
          ? ['note.add', { text: note }]
          : roll < 82
            ? ['page.read', { url: `https://example.com/${request}` }]
            : roll < 98
              ? ['mail.send', { ...mail, ...phone }]
              : ['store.wipe', {}];
    return { agent: session.agent, session: session.session, request, tool, args };
  }

  async #act(session: ToldSession): Promise<void> {
    const request = this.#request(session);
    const answer = await this.#decide(request, session);
    if (answer !== undefined && this.#dice.chance(0.85)) await this.#finish(request, answer);
  }

  async #decide(request: ActionRequest, session: ToldSession): Promise<Answer | undefined> {
    const { agent } = request;
    const deciding = this.#life.opened.guard.decide(request);
    const answer = await this.#answered('decide', deciding, ({ decision, verdict }) => {
      return { kind: 'decided', agent, says: { decision, verdict } };
    });
    if (answer.ok) return this.#noteDecision(request, answer.value);
    this.#mustBe(answer.error, session.isEnding ? ['session-closed'] : []);
    return undefined;
  }

  #noteDecision(request: ActionRequest, answer: Answer): Answer {
    const { decision, index, verdict, permit } = answer;
    const known = this.#told.decisions.get(decision);
    if (known === undefined) {
      const token = permit?.token ?? null;
      const told = { ...request, decision, index, verdict, token, life: this.#options.number };
      this.#told.decisions.set(decision, told);
    } else {
      assert.deepEqual([index, verdict], [known.index, known.verdict], `${decision} has changed`);
    }
    const mayAct = verdict === 'allow' || verdict === 'modify';
    assert.ok(permit === null || mayAct, `a permit with ${verdict}`);
    return answer;
  }

  /** The same request several times at once, and once with another body. */
  async #actTogether(session: ToldSession): Promise<void> {
    const request = this.#request(session);
    const other = { ...request, args: { ...request.args, other: true } };
    const guard = this.#life.opened.guard;
    const [first, second, third] = await Promise.all([
      this.#decide(request, session),
      this.#decide(request, session),
      guard.decide(other),
    ]);
    if (first !== undefined && second !== undefined) {
      assert.equal(second.decision, first.decision, 'two decisions of one request');
    }
    if (third.ok) assert.fail('another body was decided under the same request');
    const { isEnding } = session;
    this.#mustBe(third.error, isEnding ? ['conflict', 'session-closed'] : ['conflict']);
    if (first !== undefined && this.#dice.chance(0.5)) await this.#finish(request, first);
  }

  /** A request that was answered before, in this life or an earlier one. */
  async #repeat(): Promise<void> {
    const told = this.#anyDecision(() => true);
    const session = told === undefined ? undefined : this.#told.sessions.get(told.session);
    if (told === undefined || session === undefined) return;
    const { agent, request, tool, args, verdict, decision, life } = told;
    const isFinal = verdict !== 'step_up' && verdict !== 'defer';
    const asked = { agent, session: told.session, request, tool, args };
    if (this.#dice.chance(0.4)) {
      const other = await this.#life.opened.guard.decide({ ...asked, args: { else: 1 } });
      if (other.ok) assert.fail(`another body was decided as ${other.value.decision}`);
      this.#mustBe(other.error, session.isEnding ? ['conflict', 'session-closed'] : ['conflict']);
      return;
    }
    const again = await this.#decide(asked, session);
    if (again === undefined || !isFinal) return;
    assert.equal(again.decision, decision, 'a repeat was decided again');
    assert.ok(again.isRepeat);
    if (life !== this.#options.number) assert.equal(again.permit, null, 'a permit came back');
  }

  /** Somebody votes on what waits; what follows from it is durable with it. */
  async #vote(): Promise<void> {
    const dice = this.#dice;
    const { asks } = this.#life.opened.guard;
    const waiting = asks.list().filter(({ ask }) => ask.state === 'pending');
    const found = waiting[dice.below(waiting.length)];
    if (found === undefined) return;
    const id = dice.chance(0.5) ? 'lena@example.com' : 'omar@example.com';
    const voter = { id, email: id, groups: ['lead'], names: [] };
    const outcome = dice.chance(0.7) ? 'approve' : 'deny';
    const ask = found.ask.id;
    const ballot = { ask, voter, outcome, reason: 'seen', by: 'key', mechanism: 'key' } as const;
    const voting = asks.vote({ ...ballot, barred: [], givers: [] });
    const voted = await this.#answered('vote', voting, () => {
      return { kind: 'vote', agent: found.agent, says: { ask, outcome } };
    });
    if (!voted.ok) this.#mustBe(voted.error, ['conflict', 'not-found']);
  }

  #anyDecision(isFit: (told: ToldDecision) => boolean): ToldDecision | undefined {
    const all = [...this.#told.decisions.values()].slice(-200).filter(isFit);
    return all[this.#dice.below(all.length)];
  }

  async #finish(request: ActionRequest, { decision, permit }: Answer): Promise<void> {
    const dice = this.#dice;
    if (permit === null) return;
    // Whoever forwards lives in the program; once that has ended, nobody redeems.
    if (this.#life.isAlive() && dice.chance(0.9)) {
      this.#redeem(request.agent, decision, permit.token);
    }
    if (dice.chance(0.2)) return;
    await this.#report(request, decision);
    if (dice.chance(0.1)) await this.#report(request, decision);
  }

  #redeem(agent: string, decision: string, token: string): void {
    const { guard } = this.#life.opened;
    const redeemed = guard.redeem({ agent, token });
    if (!redeemed.ok) {
      const used = this.#told.redeemed.has(decision) || this.#told.reported.has(decision);
      this.#mustBe(redeemed.error, [
        'permit-void',
        'permit-expired',
        'permit-unknown',
        ...(used ? ['permit-used'] : []),
      ]);
      return;
    }
    assert.ok(!this.#told.redeemed.has(decision), `${decision} was redeemed twice`);
    this.#told.redeemed.add(decision);
    const again = guard.redeem({ agent, token });
    assert.ok(!again.ok, `${decision} was redeemed twice at once`);
  }

  async #report(
    { agent, session }: Pick<ActionRequest, 'agent' | 'session'>,
    decision: string,
  ): Promise<void> {
    const dice = this.#dice;
    const status = STATUSES[dice.below(STATUSES.length)] ?? 'ok';
    const result = { page: dice.chance(0.02) ? 'p'.repeat(LONG) : `see ${decision}` };
    const wasEnded = this.#told.ended.has(decision);
    this.#told.reported.add(decision);
    if (status !== 'unknown') this.#told.ending.add(decision);
    const report = { agent, session, decision, status, result, records: 1 };
    const reporting = this.#life.opened.guard.outcome(report);
    const says = { decision, status };
    const reported = await this.#answered('outcome', reporting, () => {
      return { kind: 'outcome', agent, says };
    });
    if (!reported.ok) {
      const isEnding = this.#told.sessions.get(session)?.isEnding === true;
      // A halt records of what was not redeemed that it was never sent.
      const isHalted = this.#told.halted.has(agent) && !this.#told.redeemed.has(decision);
      const isKnown = this.#told.ending.has(decision) || isHalted;
      const known = isKnown ? ['outcome-known'] : [];
      this.#mustBe(reported.error, [...(isEnding ? ['session-closed'] : []), ...known]);
      return;
    }
    assert.ok(!wasEnded, `${decision} has two outcomes`);
    if (status !== 'unknown') this.#told.ended.add(decision);
  }

  /** An outcome that comes late, perhaps of an action from before a restart. */
  async #reportLate(): Promise<void> {
    const told = this.#anyDecision(({ verdict }) => verdict === 'allow' || verdict === 'modify');
    if (told !== undefined) await this.#report(told, told.decision);
  }

  async #message({ agent, session, isEnding }: ToldSession): Promise<void> {
    const from = this.#dice.chance(0.7) ? 'principal' : 'untrusted';
    const text = `refund o-${this.#dice.below(200)}, please`;
    const taking = this.#life.opened.guard.message({ agent, session, from, text });
    const taken = await this.#answered('message', taking, () => {
      return { kind: 'message', agent, says: { from } };
    });
    const closed = isEnding || this.#told.sessions.get(session)?.isEnding === true;
    if (!taken.ok) this.#mustBe(taken.error, closed ? ['session-closed'] : []);
  }

  async #close(session: ToldSession): Promise<void> {
    const { agent, session: id, isEnding } = session;
    session.isEnding = true;
    const closing = this.#life.opened.guard.closeSession({ agent, session: id });
    const closed = await this.#answered('close', closing, () => ({
      kind: 'session_closed',
      agent,
    }));
    const isErased = (this.#erasures.get(session.principal) ?? 0) > 0;
    if (!closed.ok) this.#mustBe(closed.error, isEnding || isErased ? ['session-closed'] : []);
  }

  async #halt({ agent, session }: ToldSession): Promise<void> {
    const dice = this.#dice;
    const scope = dice.chance(0.7) ? 'session' : 'agent';
    const target = scope === 'session' ? session : '';
    const stop = { agent, scope, target, reason: 'drill', by: 'op' } as const;
    this.#told.halted.add(agent);
    // Nothing but the log holds a halt here, so its entry has a place.
    const halting = this.#life.opened.guard.halt(stop).then((halted) => {
      if (!halted.ok) return halted;
      const { epoch, index } = halted.value;
      return { ok: true, value: { epoch, index: index ?? -1 } } as const;
    });
    const halted = await this.#answered('halt', halting, ({ epoch }) => {
      return { kind: 'halt', agent, says: { scope, target, epoch } };
    });
    const isEnding = this.#told.sessions.get(session)?.isEnding === true;
    if (!halted.ok) this.#mustBe(halted.error, isEnding ? ['unknown-session'] : []);
    for (let waits = dice.below(20); waits > 0; waits -= 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (!this.#life.isAlive()) return;
    await this.#answered('resume', this.#life.opened.guard.resume(stop), () => {
      return { kind: 'resume', agent, says: { scope, target } };
    });
  }

  /** Erases somebody, of whom sessions are perhaps being opened just then. */
  async #eraseAnyone(): Promise<void> {
    const name = this.#anyPrincipal();
    const running = [this.#erase(name)];
    for (let times = this.#dice.below(6); times > 0; times -= 1) {
      for (let waits = this.#dice.below(12); waits > 0; waits -= 1) await Promise.resolve();
      running.push(this.#open(name));
    }
    await Promise.all(running);
  }

  async #erase(name: string): Promise<void> {
    this.#erasures.set(name, (this.#erasures.get(name) ?? 0) + 1);
    this.#world.hasErased = true;
    for (const session of this.#told.sessions.values()) {
      if (session.principal === name) session.isEnding = true;
    }
    this.#erasing = [...this.#erasing, name];
    const erasing = this.#life.people.erase({ subject: name, reason: 'asked' }, ADMIN);
    const erased = await this.#answered('erase', erasing, ({ subject }) => {
      return { kind: 'erasure', agent: null, says: { subject } };
    });
    this.#erasing = this.#erasing.toSpliced(this.#erasing.indexOf(name), 1);
    if (erased.ok) this.#told.erased.add(erased.value.subject);
    else this.#mustBe(erased.error, ['not-found']);
  }

  async #propose(): Promise<void> {
    const agent = AGENTS[this.#dice.below(AGENTS.length)] ?? 'shop';
    if (this.#dice.chance(0.2)) {
      const ended = await this.#life.pacts.endShadow(agent, ADMIN);
      if (!ended.ok) this.#mustBe(ended.error, ['not-found']);
      return;
    }
    const mode = this.#dice.chance(0.7) ? 'publish' : 'shadow';
    const sources = shopPact(this.#dice.below(4));
    const proposal = { agent, ...sources, mode, reason: 'drill', signatures: [] } as const;
    const proposed = await this.#life.pacts.propose(proposal, ADMIN);
    if (!proposed.ok) {
      this.#mustBe(proposed.error, ['conflict']);
      return;
    }
    const { index, digest } = proposed.value;
    const kind = mode === 'publish' ? 'armed' : 'pact_shadowed';
    this.#acknowledge({ index, kind, agent, says: { pact: digest } });
  }

  async #note(what: string, asked: Promise<Outcome<unknown>>): Promise<void> {
    const outcome = await asked;
    this.#told.count(`${what} ${outcome.ok ? 'ok' : outcome.error.code}`);
    if (!outcome.ok) this.#mustBe(outcome.error, []);
  }

  /** Waits for an answer; one that is `ok` must be durable, and come after all that came before. */
  async #answered<T extends { readonly index: number }, E extends Refused>(
    what: string,
    asked: Promise<
      { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }
    >,
    said: (value: T) => Said,
  ): Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }> {
    const after = this.#lastIndex;
    const answer = await asked;
    this.#told.count(`${what} ${answer.ok ? 'ok' : answer.error.code}`);
    if (!answer.ok) return answer;
    const { value } = answer;
    this.#acknowledge({ index: value.index, ...said(value) });
    const isRepeat = 'isRepeat' in value && value.isRepeat === true;
    assert.ok(isRepeat || value.index > after, `${what} stands before what was answered earlier`);
    return answer;
  }

  #acknowledge(claim: Claim): void {
    const { index, kind } = claim;
    const told = this.#told;
    this.#lastIndex = Math.max(this.#lastIndex, index);
    told.claims.push(claim);
    told.acknowledged += 1;
    if (index < this.#life.resumedAt) return;
    const bytes = this.#life.appended.get(index);
    assert.ok(bytes !== undefined, `entry ${index} was answered and never appended`);
    requireSynced(this.#world.machine.trace, bytes, `entry ${index} (${kind})`);
    told.entries.set(index, bytes);
  }

  /** A refusal must be one of those that can be; `unavailable` only when something failed. */
  #mustBe({ code, message }: Refused, allowed: readonly string[]): void {
    this.#told.count(`refused ${code}`);
    if (allowed.includes(code)) return;
    const isDown = !this.#options.isSound || !this.#life.isAlive();
    if (code === 'unavailable' && isDown) return;
    assert.fail(`refused \`${code}\`: ${message}`);
  }
}

type Refused = { readonly code: string; readonly message: string };
