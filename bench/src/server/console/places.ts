import type { Scene } from './scene.ts';

/** One view of the console that is measured. */
export type Place = {
  readonly name: string;
  /** Below `/console`. */
  readonly path: string;
  /** What one of its rows is, as a selector. */
  readonly row: string;
  /** The words of the filter of its table, each a key at a time; null: it has none. */
  readonly filter: string | null;
  /** Whether it is looked at while entries come in. */
  readonly isLive: boolean;
};

const TABLE_ROW = 'main tr[data-row]';
const PLAIN_ROW = 'main tbody tr';
const TIMELINE_ROW = 'main [data-entry]';

/** Every page with a table that grows with the log or the fleet. */
export function placesOf({ agent, askedAgent, longSession }: Scene): readonly Place[] {
  const table = { row: TABLE_ROW, isLive: false };
  const words = encodeURIComponent('tool:desk.tool_3 verdict:deny');
  const of = `/agents/${agent}`;
  return [
    { ...table, name: 'fleet', path: '/', filter: 'agent-49', isLive: true },
    { ...table, name: 'evidence', path: '/evidence', filter: 'decided', isLive: true },
    { ...table, name: 'search', path: `/evidence?words=${words}`, filter: 'agent-49' },
    { ...table, name: 'attention', path: '/attention', filter: 'approval', isLive: true },
    { ...table, name: 'approvals', path: '/approvals', filter: askedAgent },
    { ...table, name: 'halts', path: '/halts', filter: 'agent-21' },
    { ...table, name: 'drills', path: '/drills', filter: 'agent-49' },
    { ...table, name: 'sessions', path: `/sessions?agent=${agent}`, filter: 'closed' },
    { ...table, name: "an agent's actions", path: `${of}/actions`, filter: 'tool_1', isLive: true },
    { ...table, name: "an agent's sessions", path: `${of}/sessions`, filter: 'closed' },
    { name: "an agent's tools", path: `${of}/tools`, row: PLAIN_ROW, filter: null, isLive: false },
    {
      name: 'a long session',
      path: `/sessions/${longSession}`,
      row: TIMELINE_ROW,
      filter: null,
      isLive: true,
    },
  ];
}
