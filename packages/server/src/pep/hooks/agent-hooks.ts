import { randomBytes } from 'node:crypto';

import type { Guard, Outcome } from '../../guard/guard.ts';
import type { HookAsked, HookDoor, HookSaid } from '../../routes/hooks/hook-door.ts';
import { type AwayRead, readAway } from './away-read.ts';
import { type Conversation, Conversations, type Holder } from './conversations.ts';
import { decideUse, type Deciding } from './decide-use.ts';
import { DIALECTS } from './dialects.ts';
import type { Dialect, HookAnswer, HookEvent } from './hook-event.ts';
import { pactNameOf } from './pact-name.ts';
import { refuse, refusedFor } from './refusal.ts';
import { isClosed, reportUse } from './report-use.ts';

const PASS: HookAnswer = { kind: 'pass' };
const POLL_MS = 200;
const MOST_WAITING = 256;

/** The enforcement point behind the hooks of coding agents. Source: spec/hooks.md. */
export class AgentHooks implements HookDoor {
  readonly #guard: Guard;
  readonly #conversations: Conversations;
  readonly #deciding: Deciding;

  constructor({ guard, nowMs }: { readonly guard: Guard; readonly nowMs: () => number }) {
    this.#guard = guard;
    this.#conversations = new Conversations(guard);
    const bounds = { pollMs: POLL_MS, mostWaiting: MOST_WAITING };
    this.#deciding = { guard, nowMs, makeId, ...bounds, waiting: 0, isStopping: false };
  }

  /** Lets everybody go whose call waits. */
  letGo(): void {
    this.#deciding.isStopping = true;
  }

  /** Answers one event in the client's own words. */
  async take(asked: HookAsked): Promise<HookSaid> {
    const { client, event: name, body } = asked;
    const dialect = DIALECTS.get(client);
    if (dialect === undefined) {
      const known = [...DIALECTS.keys()].map((each) => `\`${each}\``).join(', ');
      return { kind: 'unreadable', why: `\`${client}\` is no client here, but ${known} are` };
    }
    const { hook_event_name: called } = body;
    if (called !== undefined && called !== name) {
      return { kind: 'unreadable', why: `the event is not the \`${name}\` it was sent as` };
    }
    const event = dialect.read(name, body);
    if (event === null) {
      return { kind: 'unreadable', why: `an event \`${name}\` of ${client} looks otherwise` };
    }
    return dialect.write(event, name, await this.#answer(asked, dialect, event));
  }

  /**
   * Records a read that was let through while no daemon ran: the session has read it. Returns
   * whether the line is done with, also because it says nothing.
   */
  async noteAway(read: AwayRead): Promise<boolean> {
    const line = readAway(read);
    const dialect = DIALECTS.get(read.client);
    const event = line === null ? null : (dialect?.read(line.name, line.body) ?? null);
    if (line === null || dialect === undefined || event?.kind !== 'before') return true;
    const { principal, task, prefix } = line;
    const of = { agent: read.agent, client: read.client, conversation: event.session };
    const holder = { ...of, principal, task, openedBy: 'local' };
    const named = pactNameOf(event.use.tool, { prefix: prefix ?? dialect.prefix, gateways: [] });
    const tool = named.kind === 'name' ? named.tool : '';
    const text = `read while nobody decided: ${tool} ${JSON.stringify(event.use.args)}`;
    const said = await this.#within({ holder }, async ({ agent, session }) => {
      const noted = await this.#guard.message({ agent, session, from: 'untrusted', text });
      return noted.ok ? DONE : noted;
    });
    return said.kind === 'pass';
  }

  async #answer(asked: HookAsked, dialect: Dialect, event: HookEvent): Promise<HookAnswer> {
    if (event.kind === 'none') return PASS;
    const holder = holderOf(asked, event.session);
    switch (event.kind) {
      case 'start':
        return told(await this.#within({ holder, isFresh: event.isFresh }, async () => DONE));
      case 'prompt':
        return this.#prompt(holder, event.text);
      case 'before':
      case 'after':
        return this.#use(asked, { dialect, event, holder });
      case 'pause':
        return this.#pause(holder, event.by);
      case 'end':
        return this.#end(holder);
    }
  }

  async #prompt(holder: Holder, text: string): Promise<HookAnswer> {
    const said = await this.#within({ holder }, async ({ agent, session }) => {
      const noted = await this.#guard.message({ agent, session, from: 'principal', text });
      return noted.ok ? DONE : noted;
    });
    const halted = this.#haltOf(holder.agent);
    return halted === null ? told(said) : refuse(halted, true);
  }

  async #use(
    { attested }: HookAsked,
    {
      dialect,
      event,
      holder,
    }: {
      readonly dialect: Dialect;
      readonly event: Extract<HookEvent, { readonly kind: 'before' | 'after' }>;
      readonly holder: Holder;
    },
  ): Promise<HookAnswer> {
    const { use } = event;
    const { prefix, gateways, waitMs } = attested;
    const named = pactNameOf(use.tool, { prefix: prefix ?? dialect.prefix, gateways });
    if (named.kind === 'gateway') return PASS;
    if (named.kind === 'clash') return refuse(named.why);
    const { tool } = named;
    if (event.kind === 'before') {
      return this.#within({ holder }, (conversation) =>
        decideUse(this.#deciding, conversation, { use, tool, waitMs }),
      );
    }
    const { status, result } = event;
    const said = await this.#within({ holder }, (conversation) =>
      reportUse(this.#deciding, conversation, { use, tool, status, result }),
    );
    const halted = this.#haltOf(holder.agent);
    return halted === null || said.kind === 'refuse' ? said : refuse(halted, true);
  }

  /** What is still out when an agent waits for nothing any more ended without a word. */
  async #pause(holder: Holder, by: string | null): Promise<HookAnswer> {
    await this.#within({ holder }, async (conversation) => {
      await this.#giveUp(conversation, by);
      return DONE;
    });
    return PASS;
  }

  async #end(holder: Holder): Promise<HookAnswer> {
    await this.#within({ holder, isFresh: true }, async (conversation) => {
      await this.#giveUp(conversation, undefined);
      await this.#guard.closeSession(conversation);
      return DONE;
    });
    this.#conversations.forget(holder);
    return PASS;
  }

  async #giveUp(
    { agent, session, flights }: Conversation,
    by: string | null | undefined,
  ): Promise<void> {
    for (const flight of flights.unheard((each) => by === undefined || each.by === by)) {
      const { decision } = flight;
      const of = { agent, session, decision, result: null, records: null };
      const said = await this.#guard.outcome({ ...of, status: 'unknown' });
      if (said.ok) flight.isUnknown = true;
    }
  }

  /** Does something in a conversation's session, in another one where that has ended. */
  async #within(
    { holder, isFresh = false }: { readonly holder: Holder; readonly isFresh?: boolean },
    work: (conversation: Conversation) => Promise<Outcome<HookAnswer>>,
  ): Promise<HookAnswer> {
    const entered = await this.#conversations.enter(holder, isFresh);
    if (!entered.ok) return refusedFor(entered.error);
    const said = await work(entered.value);
    if (said.ok) return said.value;
    if (!isClosed(said.error)) return refusedFor(said.error);
    this.#conversations.forget(holder);
    const again = await this.#conversations.enter(holder, false);
    if (!again.ok) return refusedFor(again.error);
    const repeated = await work(again.value);
    return repeated.ok ? repeated.value : refusedFor(repeated.error);
  }

  /** Why the whole agent is halted, or null. */
  #haltOf(agent: string): string | null {
    const halts = this.#guard.status(agent)?.halts ?? [];
    const whole = halts.find(({ scope }) => scope === 'agent' || scope === 'fleet');
    return whole === undefined ? null : `the agent is halted: ${whole.reason}`;
  }
}

const DONE = { ok: true, value: PASS } as const;

function makeId(): string {
  return `hook_${randomBytes(16).toString('hex')}`;
}

function holderOf({ agent, client, attested, caller }: HookAsked, conversation: string): Holder {
  const { principal, task } = attested;
  return { agent, client, conversation, principal, task, openedBy: caller.id };
}

// What is no action is not kept from happening: the person is told, and the actions are refused.
function told(answer: HookAnswer): HookAnswer {
  return answer.kind === 'refuse' ? { kind: 'tell', say: `plumbline: ${answer.say}` } : answer;
}
