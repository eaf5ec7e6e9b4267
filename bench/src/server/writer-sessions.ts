import type { Script, Step } from './workload.ts';

/** One session of a writer as it goes on: how far it is, and its next action. */
export type Turn = {
  readonly agent: string;
  readonly session: string;
  readonly request: string;
  readonly step: Step;
};

/** What opens and closes sessions. */
export type Opener = {
  readonly open: (writer: number) => Promise<Opened>;
  readonly close: (opened: Opened) => Promise<unknown>;
};

/** A session of an agent. */
export type Opened = { readonly agent: string; readonly session: string };

type Place = { readonly opened: Opened; taken: number };

/** Keeps a session for each writer, and another once it had as many actions as one has. */
export class WriterSessions {
  readonly #opener: Opener;
  readonly #script: Script;
  readonly #places = new Map<number, Place>();

  constructor(opener: Opener, script: Script) {
    this.#opener = opener;
    this.#script = script;
  }

  /** Sees to it that a writer's session is open for its next action. */
  async ready(writer: number): Promise<void> {
    await this.#placeOf(writer);
  }

  /** Returns the next action of a writer, in a session that is opened where none is ready. */
  async next(writer: number): Promise<Turn> {
    const place = await this.#placeOf(writer);
    const step = this.#script.stepAt(place.taken);
    place.taken += 1;
    return { ...place.opened, request: String(place.taken), step };
  }

  async #placeOf(writer: number): Promise<Place> {
    let place = this.#places.get(writer);
    if (place === undefined || place.taken >= this.#script.steps) {
      if (place !== undefined) await this.#opener.close(place.opened);
      place = { opened: await this.#opener.open(writer), taken: 0 };
      this.#places.set(writer, place);
    }
    return place;
  }
}
