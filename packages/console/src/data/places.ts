/** Where the console shows an agent, one of its tabs where one is named. */
export function agentPlace(agent: string, tab?: string): string {
  return tab === undefined ? `/agents/${agent}` : `/agents/${agent}/${tab}`;
}

/** Where the console shows a session, at one of its entries where one is named. */
export function sessionPlace(session: string, index?: number): string {
  const place = `/sessions/${encodeURIComponent(session)}`;
  return index === undefined ? place : `${place}?entry=${index}`;
}

/** Where the console shows the sessions of a room side by side. */
export function roomPlace(room: string): string {
  return `/rooms/${encodeURIComponent(room)}`;
}

/** Where the console shows what waits for a person, or did. */
export function approvalPlace(id: string): string {
  return `/approvals/${encodeURIComponent(id)}`;
}

/** Where the console shows an entry of the ledger and proves it. */
export function entryPlace(index: number): string {
  return `/evidence/${index}`;
}

/** Where the console shows a halt. */
export function haltPlace(halt: string): string {
  return `/halts/${encodeURIComponent(halt)}`;
}
