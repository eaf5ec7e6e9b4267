import type { NoticeEvent, Severity } from '../config/notify.ts';
import { type Phase, plainName } from './notice.ts';

/** What an entry tells people, before it is told to anybody. */
export type Told = {
  readonly event: NoticeEvent;
  readonly severity: Severity;
  readonly phase: Phase;
  /** What it is about; told apart from everything else by these. */
  readonly about: readonly (string | number)[];
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What makes it the same when it stands in several entries, such as a halt's id. */
  readonly once?: string;
  /** What it names that has a page of its own, beside the agent. */
  readonly of?: { readonly halt?: string; readonly session?: string };
  /** Whether people wait for the next word on it. */
  readonly isIncident?: boolean;
  /** Whose it is, where the entry stands in another's chain. */
  readonly agent?: string;
};

/** Returns what is told by name, without what is empty. */
export function facts(of: Readonly<Record<string, unknown>>): Told['facts'] {
  return Object.entries(of).flatMap(([name, value]) => {
    const said = plainName(value);
    return said === '' ? [] : [[name, said] as const];
  });
}
