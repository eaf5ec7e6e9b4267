import type { Guard, Outcome } from '../../guard/guard.ts';
import { FlightLog } from './flight-log.ts';

/** Who holds a conversation, as whoever installed the hook attests it. */
export type Holder = {
  readonly agent: string;
  readonly client: string;
  /** The client's own id of the conversation. */
  readonly conversation: string;
  readonly principal: string;
  readonly task: string | null;
  readonly openedBy: string;
};

/** One conversation of a client, and the session of the guard it runs in. */
export type Conversation = {
  readonly agent: string;
  readonly session: string;
  readonly flights: FlightLog;
  /** Calls that wait for people or facts, by tool and arguments: the same again goes on there. */
  readonly pending: Map<string, string>;
};

const MOST = 10_000;
const CARRIED =
  'this conversation began before this session: what was read in it is not known here';

/**
 * The conversations of every client, each in a session of its own.
 *
 * One that was going on when its session is opened has read what nobody knows any more, so it
 * begins as one that has read a stranger's text.
 */
export class Conversations {
  readonly #guard: Pick<Guard, 'openSession' | 'closeSession' | 'message'>;
  readonly #known = new Map<string, Conversation>();
  // Those of whose session it could not be recorded yet that it has read. No more than there are
  // sessions.
  readonly #owed = new Set<string>();

  constructor(guard: Pick<Guard, 'openSession' | 'closeSession' | 'message'>) {
    this.#guard = guard;
  }

  /** Returns a conversation, with a session opened for it where it has none. */
  async enter(holder: Holder, isFresh: boolean): Promise<Outcome<Conversation>> {
    const key = keyOf(holder);
    const known = this.#known.get(key);
    if (known !== undefined) return { ok: true, value: known };
    const { agent, client, conversation, principal, task, openedBy } = holder;
    const name = `hook:${client}:${conversation}`;
    const attested = { principal, task, room: null, attributes: {}, subject: null };
    const opened = await this.#guard.openSession({ agent, ...attested, name, openedBy });
    if (!opened.ok) return opened;
    const { session, isRepeat } = opened.value;
    if (!isRepeat && !isFresh) this.#owed.add(key);
    // Another hook of the same conversation waits for it as well, and one after a failure does.
    if (this.#owed.has(key)) {
      const noted = await this.#guard.message({ agent, session, from: 'untrusted', text: CARRIED });
      if (!noted.ok) return noted;
      this.#owed.delete(key);
    }
    return { ok: true, value: this.#hold(key, { agent, session }) };
  }

  /** Forgets a conversation whose session is not open any more. */
  forget(holder: Holder): void {
    this.#known.delete(keyOf(holder));
  }

  // Another hook of the same conversation may have entered it meanwhile.
  #hold(key: string, of: Pick<Conversation, 'agent' | 'session'>): Conversation {
    const known = this.#known.get(key);
    if (known?.session === of.session) return known;
    const entered = { ...of, flights: new FlightLog(), pending: new Map<string, string>() };
    this.#known.set(key, entered);
    const [oldest] = this.#known.size > MOST ? this.#known.keys() : [];
    if (oldest !== undefined) this.#known.delete(oldest);
    return entered;
  }
}

// One hook of a conversation may come over the socket and the next with a key.
function keyOf({ agent, client, conversation, principal, task }: Holder): string {
  return JSON.stringify([agent, client, conversation, principal, task]);
}
