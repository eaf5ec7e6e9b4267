import type { Subject } from '../store/vault.ts';
import type { Desk } from './desk.ts';
import type { OpenRequest, Outcome } from './guard.ts';
import { type HandedDown, recordHandedDown, whyNotHanded } from './hand-down.ts';
import { heirOf } from './heir-table.ts';
import {
  holdSession,
  type LiveAgent,
  type LiveSession,
  liveSession,
  type Opening,
} from './live-agent.ts';
import { type Proving, recordToken, whyNotProved } from './proofs.ts';
import { momentOf, recordEvent } from './turn.ts';

/** Returns what is attested when a session is opened. */
export function openingOf(request: OpenRequest, handed: HandedDown | null): Opening {
  const { principal, task, room, attributes, name, openedBy } = request;
  const opening = { principal, task, room, attributes, name, openedBy };
  return handed === null ? opening : { ...opening, delegation: handed.chain };
}

/** Returns whether a session was opened by another token, or another hand-off, than is shown. */
export function isOtherProof(
  { tokens }: Desk,
  {
    request: { proof },
    handed,
    session,
  }: {
    readonly request: OpenRequest;
    readonly handed: HandedDown | null;
    readonly session: string;
  },
): boolean {
  if (proof !== undefined && !tokens.wasUsed(proof.token.digest, session)) return true;
  if (handed === null) return false;
  const { parent, handover } = handed;
  const heir = heirOf(parent.live.heirs, parent.session.id, handover.decision ?? '');
  return heir?.session !== session;
}

/** Returns what is proved and attested with a request. */
export function provingOf({ proof, claims = [] }: OpenRequest): Proving {
  return { proof: proof ?? null, claims };
}

/** Returns why a session is not opened in this turn, or null. */
export function whyNotOpened(
  desk: Desk,
  {
    live,
    request,
    handed,
  }: {
    readonly live: LiveAgent;
    readonly request: OpenRequest;
    readonly handed: HandedDown | null;
  },
): Outcome<never> | null {
  const now = momentOf(desk, live);
  const { principal, agent } = request;
  const fault = whyNotProved(desk, provingOf(request), { session: null, principal, now });
  return fault ?? (handed === null ? null : whyNotHanded(desk, handed, agent));
}

/**
 * Opens a session in a turn. That a token or a hand-off was used stands in the log before what was
 * done with it. Throws what the recorder throws.
 */
export function recordOpening(
  desk: Desk,
  live: LiveAgent,
  {
    id,
    request,
    subject,
    handed,
  }: {
    readonly id: string;
    readonly request: OpenRequest;
    readonly subject: Subject;
    readonly handed: HandedDown | null;
  },
): LiveSession {
  recordToken(desk, live, { session: id, proof: request.proof ?? null });
  if (handed !== null) recordHandedDown(desk, handed, { agent: live.agent, session: id });
  const opening = openingOf(request, handed);
  const { name, ...attested } = opening;
  const at = momentOf(desk, live);
  const event = { kind: 'session_opened', at, session: id, ...attested } as const;
  const marked = roomMarkOf(desk, attested.room);
  const opened = recordEvent(desk, live, { event, session: { id, subject }, name, ...marked });
  const session = liveSession(id, { subject, opening, opened });
  holdSession(live, session);
  return session;
}

function roomMarkOf(
  { parts: { roomMark } }: Desk,
  room: string | null,
): { readonly roomMark?: string | null } {
  if (roomMark === undefined) return {};
  return { roomMark: room === null ? null : roomMark(room) };
}
