import type { ReactElement } from 'react';

import { useAgentNames } from '../../data/fleet.ts';
import type { EventFilters } from '../../data/log.ts';
import { type PackAsked, useSessionsMatching } from '../../data/packs.ts';
import { SelectField, TextField } from '../field.tsx';
import { momentIn } from '../moment-in.ts';
import classes from './pack.module.css';

/** What somebody chose so far. `from` and `until` are as the fields hold them. */
export type PackChoice = {
  readonly what: 'listed' | 'session' | 'agent';
  readonly session: string;
  readonly agent: string;
  readonly from: string;
  readonly until: string;
};

const NAMES = {
  listed: 'the sessions of what is listed',
  session: 'one session',
  agent: 'an agent’s sessions in a time',
} as const;

/** The fields that choose which sessions a pack holds. */
export function ChoiceFields({
  choice,
  isListed,
  onChange,
}: {
  readonly choice: PackChoice;
  readonly isListed: boolean;
  readonly onChange: (choice: PackChoice) => void;
}): ReactElement {
  const agents = (useAgentNames().data ?? []).map((one) => [one, one] as const);
  const ways = isListed
    ? (['listed', 'session', 'agent'] as const)
    : (['session', 'agent'] as const);
  return (
    <>
      <SelectField
        label="What it holds"
        value={choice.what}
        options={ways.map((each) => [each, NAMES[each]] as const)}
        onChange={(event) => {
          const what = ways.find((each) => each === event.target.value) ?? 'session';
          onChange({ ...choice, what });
        }}
      />
      {choice.what === 'session' && (
        <TextField
          label="Session"
          placeholder="ses_…"
          value={choice.session}
          onChange={(event) => onChange({ ...choice, session: event.target.value.trim() })}
        />
      )}
      {choice.what === 'agent' && (
        <div className={classes['fields']}>
          <SelectField
            label="Agent"
            value={choice.agent}
            options={[['', 'choose one'], ...agents]}
            onChange={(event) => onChange({ ...choice, agent: event.target.value })}
          />
          <TextField
            label="From"
            type="datetime-local"
            value={choice.from}
            onChange={(event) => onChange({ ...choice, from: event.target.value })}
          />
          <TextField
            label="Until"
            type="datetime-local"
            value={choice.until}
            onChange={(event) => onChange({ ...choice, until: event.target.value })}
          />
        </div>
      )}
    </>
  );
}

/** What a choice asks for; null while it is none, and what went wrong finding its sessions. */
export type Asking = { readonly asked: PackAsked | null; readonly error: unknown };

/** Returns what a choice asks for. The sessions of what is listed are looked up first. */
export function useAsked(choice: PackChoice, listed: EventFilters | null): Asking {
  const filters = choice.what === 'listed' && listed !== null ? listed : null;
  const isPlain = filters !== null && isOfAnAgent(filters);
  const found = useSessionsMatching(isPlain ? null : filters);
  if (filters === null) return { asked: askedBy(choice), error: null };
  if (isPlain)
    return { asked: ofTime(filters.agent, filters.fromAt, filters.untilAt), error: null };
  const sessions = found.data ?? [];
  return { asked: sessions.length === 0 ? null : { sessions }, error: found.error };
}

/** An agent and a time the daemon finds the sessions of by itself. */
function isOfAnAgent({ words, kind, session, agent }: EventFilters): boolean {
  return agent !== '' && words === '' && kind === '' && session === '';
}

function askedBy({ what, session, agent, from, until }: PackChoice): PackAsked | null {
  if (what === 'session')
    return /^[A-Za-z0-9_-]{1,128}$/.test(session) ? { sessions: [session] } : null;
  return what === 'agent' && agent !== '' ? ofTime(agent, momentIn(from), momentIn(until)) : null;
}

function ofTime(agent: string, fromAt: number | null, untilAt: number | null): PackAsked {
  return {
    agent,
    ...(fromAt === null ? {} : { fromAt }),
    ...(untilAt === null ? {} : { untilAt }),
  };
}
