import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { text } from './ask-daemon.ts';
import type { ApprovalWorld, PersonName } from './approval-world.ts';

/** How an action of a trial ended. */
export type Ending = 'done' | 'step_up' | 'deny' | 'lost';

/** What an upstream saw that honours idempotency keys: the effects by key, and every call. */
export class Upstream {
  readonly effects: Set<string> = new Set();
  calls: number = 0;

  /** Takes a call; the same key again has no other effect. */
  take(key: string): void {
    this.calls += 1;
    this.effects.add(key);
  }
}

/**
 * One action of one session, its enforcement point, and the upstream it would reach. Fails at the
 * first forward of anything after a denial was answered.
 */
export class Trial {
  readonly world: ApprovalWorld;
  readonly agent: string;
  readonly session: string;
  readonly upstream: Upstream = new Upstream();
  readonly args: JsonObject;
  isDenied: boolean = false;
  #requests = 0;

  constructor(world: ApprovalWorld, agent: string, session: string) {
    this.world = world;
    this.agent = agent;
    this.session = session;
    this.args = { copies: 3, body: session };
  }

  /** Opens a session of its own. */
  static async open(world: ApprovalWorld, agent: string, name: string): Promise<Trial> {
    const opening = { principal: 'ada', attributes: { customer_id: 'c-1' }, name };
    const { session } = await world.post('local', `agents/${agent}/sessions`, opening);
    return new Trial(world, agent, text(session));
  }

  /** Asks under a fresh request id, and returns the ask. */
  async ask(): Promise<string> {
    const asked = await this.tryAsk();
    assert.ok(asked !== null, `${this.agent}/${this.session}: denied at once`);
    return asked;
  }

  /** The same, or null where a daemon that was away took longer than there was time. */
  async tryAsk(): Promise<string | null> {
    this.#requests += 1;
    const said = await this.decide();
    if (said['verdict'] === 'deny') return null;
    assert.equal(said['verdict'], 'step_up', `${this.agent}: ${JSON.stringify(said)}`);
    return text(said['approval']);
  }

  decide(args: JsonObject = this.args, request: string = this.request): Promise<JsonObject> {
    const body = { session: this.session, request, tool: 'mail.send', args };
    return this.world.post('local', `agents/${this.agent}/actions/decide`, body);
  }

  get request(): string {
    return `r${this.#requests}`;
  }

  /** Votes until it is known what became of it; returns the code of a refusal, or `counted`. */
  async vote(ask: string, who: PersonName, outcome: 'approve' | 'deny'): Promise<string> {
    for (;;) {
      const said = await this.world.tryPost(who, `approvals/${ask}/votes`, {
        outcome,
        reason: `${who} says so`,
      });
      if (typeof said !== 'string') {
        if (outcome === 'deny') this.isDenied = true;
        return 'counted';
      }
      if (said !== 'unreachable' && said !== 'not-running' && said !== 'unavailable') return said;
      await sleep(20);
    }
  }

  /** Returns how an ask stands. */
  async stateOf(ask: string): Promise<string> {
    const query = `approvals?session=${this.session}&limit=1000`;
    const { rows } = await this.world.get('lena', query);
    const found = Array.isArray(rows)
      ? rows.filter(isJsonObject).find(({ id }) => id === ask)
      : undefined;
    return text(found?.['state']);
  }

  /** Lets the enforcement point try the action once more, everything so many times at once. */
  async act(times: number = 1): Promise<Ending> {
    const answers = await Promise.all(Array.from({ length: times }, () => this.decide()));
    const verdicts = answers.map((answer) => answer['verdict']);
    if (verdicts.includes('deny')) return 'deny';
    if (verdicts.includes('step_up')) return 'step_up';
    const decisions = new Set(answers.map(({ decision }) => text(decision)));
    assert.equal(decisions.size, 1, 'several answers to one request');
    const [key = ''] = decisions;
    const redeemed = await Promise.all(answers.map(({ permit }) => this.#redeem(permit)));
    const forwards = redeemed.filter((isRedeemed) => isRedeemed).length;
    assert.ok(forwards <= 1, 'a permit was redeemed twice');
    // What was let through before a restart has no permit any more: it was never forwarded.
    if (forwards === 0) return this.#giveUp(key);
    this.#forward(key);
    // The answer of the upstream may get lost: the same call goes out again.
    if (this.upstream.calls % 3 === 1) this.#forward(key);
    await this.#report(key, 'ok');
    return 'done';
  }

  async #redeem(permit: Json | undefined): Promise<boolean> {
    if (permit === undefined || !isJsonObject(permit)) return false;
    const path = `agents/${this.agent}/permits/redeem`;
    const said = await this.world.tryPost('local', path, { token: permit['token'] ?? '' });
    return typeof said !== 'string';
  }

  #forward(key: string): void {
    assert.ok(!this.isDenied, `${this.session}: forwarded after a denial`);
    this.upstream.take(key);
    assert.equal(this.upstream.effects.size, 1, `${this.session}: executed twice`);
  }

  async #giveUp(decision: string): Promise<Ending> {
    if (this.upstream.effects.has(decision)) return 'done';
    await this.#report(decision, 'not_sent');
    return 'lost';
  }

  async #report(decision: string, status: string): Promise<void> {
    const body = { session: this.session, decision, status, result: null, records: null };
    for (;;) {
      const said = await this.world.tryPost('local', `agents/${this.agent}/outcomes`, body);
      if (typeof said !== 'string') return;
      if (
        !['unreachable', 'not-running', 'unavailable', 'not-armed', 'overloaded'].includes(said)
      ) {
        assert.ok(said === 'outcome-known' || said === 'session-closed', `${decision}: ${said}`);
        return;
      }
      await sleep(20);
    }
  }

  /** Asks and approves until the action was done once: a restart may have cost a permit. */
  async untilDone(ask: string, approve: (ask: string) => Promise<unknown>): Promise<void> {
    let current = ask;
    for (let tries = 0; tries < 50; tries += 1) {
      const ending = await this.act();
      if (ending === 'done') break;
      assert.notEqual(ending, 'deny', `${this.agent}/${this.session}`);
      if (ending === 'lost') current = await this.ask();
      else current = text((await this.decide())['approval']);
      await approve(current);
    }
    assert.equal(this.upstream.effects.size, 1, `${this.session}: exactly once`);
  }
}
