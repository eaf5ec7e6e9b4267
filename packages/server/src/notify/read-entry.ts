import type { Entry, EntryKind, JsonObject } from '@plumbline/core';

import type { NoticeEvent, Severity } from '../config/notify.ts';
import { drilledAgent } from '../guard/probe.ts';
import { drillAlert, drillDone, drilledOf } from './read-drill.ts';
import { undoAsked, undoStep, undoVoted } from './read-undo.ts';
import { type Phase, plainName } from './notice.ts';
import { facts, type Told } from './told.ts';

type Reader = (entry: Entry) => Told | null;

// Who is stopped by whom. A halt of every agent stands once in the node's chain, and its entries
// in the agents' chains have the same id, so that it is told once.
const STOPPED: Readonly<Record<string, Severity>> = { fleet: 'critical', agent: 'critical' };

/** What each kind of entry tells; other kinds tell nothing. Source: spec/notifications.md. */
const READERS: ReadonlyMap<EntryKind, Reader> = new Map<EntryKind, Reader>([
  ['fleet_halted', ({ open }) => haltOf(null, open)],
  ['halt', ({ agent, open }) => (open['scope'] === 'fleet' ? null : haltOf(agent, open))],
  ['drill_done', drillDone],
  ['drill_alert', drillAlert],
  ['undo_asked', undoAsked],
  ['undo_voted', undoVoted],
  ['undo_step', undoStep],
  ['fleet_resumed', ({ open }) => resumeOf(null, open)],
  ['resume', ({ agent, open }) => (open['scope'] === 'fleet' ? null : resumeOf(agent, open))],
  ['halt_effective', effectiveOf],
  ['executor_ended', executorOf],
  ['tool_quarantined', quarantineOf],
  ['finding', findingOf],
  ['bypass_found', bypassOf],
  ['alert', alertOf],
  ['break_glass', glassOf],
  ['break_glass_ended', glassEnded],
  ['break_glass_reviewed', glassReviewed],
  ['review_raised', reviewRaised],
  ['review_closed', reviewClosed],
  ['factor_locked', factorLocked],
  ['quota', quotaOf],
]);

/** The kinds that tell something by themselves. */
export const TELLING: ReadonlySet<string> = new Set(READERS.keys());

/** Returns what an entry tells people, or null. */
export function readTold(entry: Entry): Told | null {
  const drilled = drilledAgent(entry.agent ?? '');
  if (drilled !== null) return drilledOf(drilled, entry);
  return READERS.get(entry.kind)?.(entry) ?? null;
}

function scopeWords(agent: string | null, { scope, target }: JsonObject): string {
  const what = `${plainName(scope)} \`${plainName(target)}\``;
  if (scope === 'fleet') return 'every agent';
  if (scope === 'agent') return `agent \`${agent ?? '?'}\``;
  return agent === null ? `${what} of every agent` : `${what} of agent \`${agent}\``;
}

function aboutStop(agent: string | null, { scope, target }: JsonObject): readonly string[] {
  return ['halt', agent ?? '*', plainName(scope), scope === 'agent' ? '' : plainName(target)];
}

function haltOf(agent: string | null, open: JsonObject): Told {
  const { id, by, scope, incident } = open;
  return {
    event: 'halt',
    severity: STOPPED[plainName(scope)] ?? 'high',
    phase: 'opens',
    about: aboutStop(agent, open),
    title: `HALT: ${scopeWords(agent, open)} is stopped`,
    facts: facts({ agent, scope, target: open['target'], halt: id, by, incident }),
    isIncident: true,
    ...(typeof id === 'string' ? { once: id, of: { halt: id } } : {}),
  };
}

function resumeOf(agent: string | null, open: JsonObject): Told {
  return {
    event: 'resume',
    severity: 'low',
    phase: 'closes',
    about: aboutStop(agent, open),
    title: `resumed: ${scopeWords(agent, open)} may act again`,
    facts: facts({ agent, scope: open['scope'], target: open['target'], by: open['by'] }),
  };
}

/** What it belongs to is found by the halt's id, since it does not say what was halted. */
function effectiveOf({ agent, open }: Entry): Told {
  const { halt, effectiveMs, acknowledged, ranOut, running, finished, notSent } = open;
  const isClean = running === 0;
  const rest = isClean ? 'nothing is under way' : `${plainName(running)} calls may still run`;
  const after = `after ${plainName(effectiveMs)} ms`;
  return {
    event: 'halt-effective',
    severity: isClean ? 'low' : 'high',
    phase: 'updates',
    about: ['halt-id', plainName(halt)],
    title: `halt effective for agent \`${agent ?? '?'}\` ${after}; ${rest}`,
    facts: facts({ agent, halt, effectiveMs, acknowledged, ranOut, running, finished, notSent }),
    of: { halt: plainName(halt) },
  };
}

/** What a halt could not end is still there. */
function executorOf({ agent, open }: Entry): Told | null {
  const { execution, executor, state, tries } = open;
  if (state !== 'failed') return null;
  return {
    event: 'executor-failed',
    severity: 'high',
    phase: 'tells',
    about: ['execution', plainName(execution)],
    title: `a halt of agent \`${agent ?? '?'}\` could not end \`${plainName(executor)}\``,
    facts: facts({ agent, execution, executor, tries }),
  };
}

function quarantineOf({ agent, open }: Entry): Told {
  const { tool, server, why, definition } = open;
  const which = `tool \`${plainName(tool)}\` of agent \`${agent ?? '?'}\``;
  return {
    event: 'tool-quarantined',
    severity: 'medium',
    phase: 'tells',
    about: ['tool', agent ?? '', plainName(tool), plainName(definition)],
    title: `${which} is quarantined until a person accepts it: ${plainName(why)}`,
    facts: facts({ agent, tool, server, why, definition }),
  };
}

type Known = readonly [event: NoticeEvent, severity: Severity, says: string];

const FINDINGS: ReadonlyMap<string, Known> = new Map([
  ['bypass', ['bypass', 'high', 'an action happened without its permit']],
  ['canary', ['canary', 'critical', 'a planted token came out']],
  ['role_claim', ['role-claim', 'medium', 'content claims authority']],
  ['escape_attempt', ['escape-attempt', 'high', 'it tried to get out of its sandbox']],
  ['limit_reached', ['limit-reached', 'medium', 'it reached a limit and was ended']],
  ['connection_refused', ['connection-refused', 'low', 'it asked for a host it may not reach']],
]);

function findingOf({ agent, session, open }: Entry): Told {
  const name = plainName(open['name']);
  const [event, severity, says] = FINDINGS.get(name) ?? ['finding', 'low', `finding \`${name}\``];
  return {
    event,
    severity,
    phase: 'tells',
    about: ['finding', agent ?? '', session ?? '', name],
    title: `agent \`${agent ?? '?'}\`: ${says}`,
    facts: facts({ agent, session, finding: name }),
    ...inSession(session),
    isIncident: event === 'bypass' || event === 'canary' || event === 'escape-attempt',
  };
}

const AROUND: ReadonlyMap<unknown, string> = new Map([
  ['process', 'an MCP server runs that no gateway started'],
  ['call', 'a tool was called that nothing let through'],
  ['credential', 'a credential was used without a permit'],
  ['twice', 'a permit was used twice'],
  ['unwired', 'a configuration that was governed is no longer'],
]);

function bypassOf({ agent, open }: Entry): Told {
  const { id, what, client, server, tool } = open;
  const who = agent === null ? 'this machine' : `agent \`${agent}\``;
  return {
    event: 'bypass',
    severity: 'high',
    phase: 'tells',
    about: ['bypass', plainName(id)],
    title: `${who}: ${AROUND.get(what) ?? 'something went around the gateway'}`,
    facts: facts({ agent, bypass: id, what, client, server, tool }),
    isIncident: true,
  };
}

function alertOf({ agent, session, open }: Entry): Told {
  const { what, decision, rule } = open;
  return {
    event: 'alert',
    severity: 'high',
    phase: 'tells',
    about: ['alert', agent ?? '', session ?? '', plainName(what)],
    title: `agent \`${agent ?? '?'}\`: alert \`${plainName(what)}\``,
    facts: facts({ agent, session, decision, rule }),
    ...inSession(session),
  };
}

function glassOf({ open }: Entry): Told {
  const { id, what, roles, untilMs, by } = open;
  const said = what === 'recovered' ? 'an admin key was made on the machine' : 'roles were taken';
  const taken = Array.isArray(roles) ? roles.map(plainName).join(', ') : '';
  const until = typeof untilMs === 'number' ? new Date(untilMs).toISOString() : null;
  return {
    event: 'break-glass',
    severity: 'high',
    phase: 'opens',
    about: ['glass', plainName(id)],
    title: `BREAK-GLASS: ${said}${taken === '' ? '' : ` (${taken})`}; a review is owed`,
    facts: facts({ id, what, until, by }),
  };
}

function glassEnded({ open }: Entry): Told {
  const { id, why, by } = open;
  return {
    event: 'break-glass-ended',
    severity: 'low',
    phase: 'updates',
    about: ['glass', plainName(id)],
    title: `break-glass \`${plainName(id)}\` ended: ${plainName(why)}`,
    facts: facts({ id, why, by }),
  };
}

function glassReviewed({ open }: Entry): Told {
  const { id, finding, by } = open;
  return {
    event: 'break-glass-reviewed',
    severity: finding === 'justified' ? 'low' : 'high',
    phase: 'closes',
    about: ['glass', plainName(id)],
    title: `break-glass \`${plainName(id)}\` was reviewed: ${plainName(finding)}`,
    facts: facts({ id, finding, by }),
  };
}

function reviewRaised({ agent, open }: Entry): Told {
  const { id, actions, sessions } = open;
  return {
    event: 'review-raised',
    severity: 'high',
    phase: 'opens',
    about: ['review', plainName(id)],
    title: `agent \`${agent ?? '?'}\` keeps undoing what people decided: look at its objective`,
    facts: facts({ agent, review: id, actions, sessions }),
  };
}

function reviewClosed({ agent, open }: Entry): Told {
  const { id, finding, by } = open;
  return {
    event: 'review-closed',
    severity: 'low',
    phase: 'closes',
    about: ['review', plainName(id)],
    title: `review of agent \`${agent ?? '?'}\` was closed: ${plainName(finding)}`,
    facts: facts({ agent, review: id, finding, by }),
  };
}

function factorLocked({ open }: Entry): Told {
  const { person, untilMs } = open;
  const until = typeof untilMs === 'number' ? new Date(untilMs).toISOString() : null;
  return {
    event: 'factor-locked',
    severity: 'medium',
    phase: 'tells',
    about: ['factor', plainName(person)],
    title: 'a second factor is locked: too many codes were wrong in a row',
    facts: facts({ person, until }),
  };
}

type Quota = readonly [event: NoticeEvent, severity: Severity, phase: Phase, says: string];

const QUOTAS: ReadonlyMap<string, Quota> = new Map([
  ['disk-full', ['disk-full', 'critical', 'opens', 'the disk is full: nothing is begun any more']],
  ['disk-low', ['disk-low', 'high', 'opens', 'little space is left on the disk']],
  ['disk-enough', ['disk-enough', 'low', 'closes', 'there is enough space on the disk again']],
]);

function quotaOf({ open }: Entry): Told | null {
  const { what, freeBytes, limitBytes } = open;
  const known = QUOTAS.get(plainName(what));
  if (known === undefined) return null;
  const [event, severity, phase, title] = known;
  const said = facts({ freeBytes, limitBytes });
  return { event, severity, phase, about: ['disk'], title, facts: said };
}

function inSession(session: string | null): Pick<Told, 'of'> {
  return session === null ? {} : { of: { session } };
}
