import type { JsonObject } from '../json.ts';
import type { Entry } from './entry.ts';
import { callOf, eventsOf } from './event-of.ts';
import type { Call, RecordedEvent } from './parts.ts';

/**
 * Turns the entries of a log, taken in order, into the events to fold, remembering what each
 * decision let through until its outcome. Source: spec/entries.md, section "Folding".
 */
export class EventReader {
  readonly #calls: Map<string, Map<string, Call>> = new Map();

  /** Returns the events of the next entry; `secret` as for `eventsOf`. */
  take(entry: Entry, secret: JsonObject | null): readonly RecordedEvent[] {
    const session = entry.session ?? '';
    const known = this.#calls.get(session);
    const { decision } = entry.open;
    const call = typeof decision === 'string' ? (known?.get(decision) ?? null) : null;
    const events = eventsOf(entry, secret, entry.kind === 'outcome' ? call : null);
    for (const event of events) this.#track(session, event);
    return events;
  }

  #track(session: string, event: RecordedEvent): void {
    if (event.kind === 'session_closed') this.#calls.delete(session);
    if (event.kind === 'outcome' && event.status !== 'unknown') {
      this.#calls.get(session)?.delete(event.decision);
    }
    if (event.kind !== 'decided') return;
    const call = callOf(event);
    if (call === null) return;
    const calls = this.#calls.get(session) ?? new Map<string, Call>();
    this.#calls.set(session, calls.set(event.id, call));
  }
}
