import type { Json, JsonObject } from '../json.ts';
import type { CompiledPact } from '../pact/compiled.ts';
import { emptyMemory, remember } from '../provenance/memory.ts';
import type { Event } from './event.ts';
import { BOUNDS, isGateOf } from './state.ts';
import type { SessionState, State } from './state.ts';

type Opened = Extract<Event, { readonly kind: 'session_opened' }>;

/** Opens a session; the longest idle one makes room when there are too many. */
export function openSession(_pact: CompiledPact, state: State, event: Opened): State {
  if (state.sessions.has(event.session)) return state;
  if (state.sessions.size >= BOUNDS.sessions) closeIdlest(state);
  const session = sessionOf(event);
  for (const text of attestedTexts(event)) remember(session.memory, { kind: 'session', text });
  state.sessions.set(event.session, session);
  return state;
}

function sessionOf(opened: Opened): SessionState {
  const { session, principal, task, room, attributes, delegation, at } = opened;
  return {
    id: session,
    principal,
    task,
    room,
    attributes,
    delegation: delegation ?? [],
    lastAt: at,
    haltedBy: null,
    labels: new Set(),
    claims: [],
    claimIds: new Set(),
    refusals: new Map(),
    records: new Map(),
    counters: new Map(),
    memory: emptyMemory(),
  };
}

function attestedTexts({ principal, attributes }: Opened): readonly string[] {
  return [principal, ...attributeTexts(attributes)];
}

// In document order and without recursion: what opens a session may nest as deep as it likes.
function attributeTexts(attributes: JsonObject): readonly string[] {
  const texts: string[] = [];
  const rest: Json[] = [attributes];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (typeof next === 'string' || typeof next === 'number') texts.push(String(next));
    if (typeof next !== 'object' || next === null) continue;
    for (const member of Object.values(next).toReversed()) rest.push(member);
  }
  return texts;
}

function closeIdlest(state: State): void {
  let idlest: SessionState | null = null;
  for (const session of state.sessions.values()) {
    if (idlest === null || session.lastAt < idlest.lastAt) idlest = session;
  }
  if (idlest !== null) closeSession(state, idlest.id);
}

/** Closes a session: its totals join the samples of usual footprints, its counters go. */
export function closeSession(state: State, id: string): State {
  const session = state.sessions.get(id);
  if (session === undefined) return state;
  for (const [tool, total] of session.records) sample(state, tool, total);
  for (const key of state.gates.keys()) {
    if (isGateOf(key, { session: id })) state.gates.delete(key);
  }
  // Nothing is taken back any more: what it reserved of the agent's stays reserved.
  for (const [decision, flight] of state.flights) {
    if (flight.session === id) state.flights.delete(decision);
  }
  state.sessions.delete(id);
  return state;
}

function sample(state: State, tool: string, total: number): void {
  const samples = state.footprints.get(tool) ?? [];
  samples.push(total);
  if (samples.length > BOUNDS.footprintSamples) samples.shift();
  state.footprints.set(tool, samples);
}
