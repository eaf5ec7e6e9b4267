/** Revisions of the protocol that begin with a handshake, oldest first. */
export const LEGACY = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'] as const;

/** Revisions in which every request says all by itself. */
export const MODERN = ['2026-07-28'] as const;

/** How messages of one connection or request are to be read. */
export type Era = 'legacy' | 'modern';

/** Tools that are no tools of the server: what else the protocol lets one side ask of the other. */
export const BUILT_INS = [
  'resources.read',
  'prompts.get',
  'completion.complete',
  'sampling.createMessage',
  'elicitation.create',
] as const;

export type BuiltIn = (typeof BUILT_INS)[number];

/** Whether a name is a built-in tool's, which no tool of a server may have. */
export function isReserved(name: string): boolean {
  return BUILT_INS.some((builtIn) => builtIn === name);
}

/**
 * What becomes of a request of the client. `with` is forwarded where the pact lets the session use
 * the built-in tool, `govern` is decided as that tool.
 */
export type ClientHandling =
  | {
      readonly kind:
        'open' | 'discover' | 'list-tools' | 'call-tool' | 'task' | 'forward' | 'listen';
    }
  | { readonly kind: 'with'; readonly builtIn: BuiltIn }
  | { readonly kind: 'govern'; readonly builtIn: BuiltIn };

/** What becomes of a request of the server. */
export type ServerHandling =
  { readonly kind: 'forward' } | { readonly kind: 'govern'; readonly builtIn: BuiltIn };

const forward = { kind: 'forward' } as const;
const task = { kind: 'task' } as const;
const withReading = { kind: 'with', builtIn: 'resources.read' } as const;

const SHARED: Readonly<Record<string, ClientHandling>> = {
  'tools/list': { kind: 'list-tools' },
  'tools/call': { kind: 'call-tool' },
  'resources/list': withReading,
  'resources/templates/list': withReading,
  'resources/read': { kind: 'govern', builtIn: 'resources.read' },
  'prompts/list': { kind: 'with', builtIn: 'prompts.get' },
  'prompts/get': { kind: 'govern', builtIn: 'prompts.get' },
  'completion/complete': { kind: 'govern', builtIn: 'completion.complete' },
};

/** Requests of the client by era. What stands in no row is refused. */
export const CLIENT_REQUESTS: Readonly<Record<Era, Readonly<Record<string, ClientHandling>>>> = {
  legacy: {
    ...SHARED,
    initialize: { kind: 'open' },
    ping: forward,
    'resources/subscribe': withReading,
    'resources/unsubscribe': withReading,
    'logging/setLevel': forward,
    'tasks/get': task,
    'tasks/result': task,
    'tasks/list': task,
    'tasks/cancel': task,
  },
  modern: {
    ...SHARED,
    'server/discover': { kind: 'discover' },
    'subscriptions/listen': { kind: 'listen' },
    'tasks/get': task,
    'tasks/update': task,
    'tasks/cancel': task,
  },
};

/** Notifications of the client that reach the server, beside `notifications/cancelled`. */
export const CLIENT_NOTIFICATIONS: Readonly<Record<Era, readonly string[]>> = {
  legacy: [
    'notifications/initialized',
    'notifications/progress',
    'notifications/roots/list_changed',
  ],
  modern: [],
};

/** Requests of the server; a server of the modern era sends none. */
export const SERVER_REQUESTS: Readonly<Record<string, ServerHandling>> = {
  ping: forward,
  'roots/list': forward,
  'sampling/createMessage': { kind: 'govern', builtIn: 'sampling.createMessage' },
  'elicitation/create': { kind: 'govern', builtIn: 'elicitation.create' },
};

/**
 * Notifications of the server that reach the client, and the built-in tool without which they do
 * not.
 */
export const SERVER_NOTIFICATIONS: Readonly<Record<string, BuiltIn | null>> = {
  'notifications/cancelled': null,
  'notifications/progress': null,
  'notifications/message': null,
  'notifications/tools/list_changed': null,
  'notifications/prompts/list_changed': 'prompts.get',
  'notifications/resources/list_changed': 'resources.read',
  'notifications/resources/updated': 'resources.read',
  'notifications/elicitation/complete': 'elicitation.create',
  'notifications/subscriptions/acknowledged': null,
};

/** Notices about tasks, which reach who began them once they are recorded. */
export const TASK_NOTICES: readonly string[] = [
  'notifications/tasks/status',
  'notifications/tasks',
];

/** Whether the revision knows batches: several messages in one line. */
export function hasBatches(revision: string | null): boolean {
  return revision === '2024-11-05' || revision === '2025-03-26';
}

/** Returns a row of a table by a name that came from outside. */
export function rowOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
