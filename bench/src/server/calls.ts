import { AGENT, LOOK_UPS, WORK } from './workload.ts';
import { type Opened, WriterSessions } from './writer-sessions.ts';

/** One intent that was let through. */
export type LetThrough = { readonly decision: string; readonly token: string };

/** The daemon, or the guard inside it, as enforcement points and openers call it. */
export type Enforcement = {
  readonly open: (agent: string, principal: string) => Promise<string>;
  readonly close: (of: Opened) => Promise<unknown>;
  readonly decide: (
    action: Opened & { readonly request: string; readonly tool: string; readonly args: object },
  ) => Promise<LetThrough>;
  readonly redeem: (permit: { readonly agent: string; readonly token: string }) => unknown;
  readonly outcome: (
    report: Opened & {
      readonly decision: string;
      readonly status: 'ok' | 'not_sent';
      readonly result: string | null;
    },
  ) => Promise<unknown>;
};

type Flight = Opened & LetThrough & { readonly result: string };

/**
 * So many intents of one agent are taken before those of the next agent: less than the 10,000 that
 * may be in flight by what the sessions that are open go on with.
 */
const FLIGHTS = 7_000;

/** What writers ask, again and again, each in a session of its own. */
export class Calls {
  readonly #enforcement: Enforcement;
  readonly #agents: readonly string[];
  readonly #working: WriterSessions;
  readonly #looking: WriterSessions;
  #flights: Flight[] = [];
  /** Sessions to be closed once what is in flight in them was reported. */
  #ending: Opened[] = [];

  /** agents: armed ones among which intents without an outcome are shared out. */
  constructor(enforcement: Enforcement, agents: readonly string[] = []) {
    this.#enforcement = enforcement;
    this.#agents = agents;
    const working = {
      open: (writer: number) => this.#open(AGENT, writer),
      close: (opened: Opened) => enforcement.close(opened),
    };
    const looking = {
      open: (writer: number) => this.#open(this.#agentInTurn(), writer),
      close: (opened: Opened) => Promise.resolve(this.#ending.push(opened)),
    };
    this.#working = new WriterSessions(working, WORK);
    this.#looking = new WriterSessions(looking, LOOK_UPS);
  }

  /** Opens the session of a writer's next cycle where it has to be. */
  readonly readyToCycle = (writer: number): Promise<void> => this.#working.ready(writer);

  /** Opens the session of a writer's next intent where it has to be. */
  readonly readyToAsk = (writer: number): Promise<void> => this.#looking.ready(writer);

  /** One intent, durable. It stays in flight until `land`. */
  async intent(writer: number): Promise<void> {
    this.#flights.push(await this.#decide(this.#looking, writer));
  }

  /** One intent, durable; its permit, redeemed; its outcome, durable. */
  async cycle(writer: number): Promise<void> {
    const { agent, session, decision, token, result } = await this.#decide(this.#working, writer);
    await this.#enforcement.redeem({ agent, token });
    await this.#enforcement.outcome({ agent, session, decision, status: 'ok', result });
  }

  /** Reports that nothing in flight was sent, and closes the sessions that are over. */
  async land(): Promise<void> {
    const flights = this.#flights;
    this.#flights = [];
    const end = { status: 'not_sent', result: null } as const;
    const report = ({ agent, session, decision }: Flight): Promise<unknown> =>
      this.#enforcement.outcome({ agent, session, decision, ...end });
    while (flights.length > 0) await Promise.all(flights.splice(-64).map(report));
    const ending = this.#ending.splice(0);
    while (ending.length > 0) {
      await Promise.all(ending.splice(-64).map((opened) => this.#enforcement.close(opened)));
    }
  }

  async #decide(sessions: WriterSessions, writer: number): Promise<Flight> {
    const { agent, session, request, step } = await sessions.next(writer);
    const { tool, args, result } = step;
    const letThrough = await this.#enforcement.decide({ agent, session, request, tool, args });
    return { agent, session, ...letThrough, result };
  }

  #agentInTurn(): string {
    const place = Math.floor(this.#flights.length / FLIGHTS) % this.#agents.length;
    return this.#agents[place] ?? AGENT;
  }

  async #open(agent: string, writer: number): Promise<Opened> {
    const session = await this.#enforcement.open(agent, `person.${writer}@example.com`);
    return { agent, session };
  }
}
