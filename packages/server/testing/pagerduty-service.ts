import type { Got, Said } from './service-stub.ts';

/** A service of PagerDuty as far as the Events API v2 is documented and used here. */
export type PagerDutyService = {
  readonly answer: (got: Got) => Said;
  /** How each alert stands, by its `dedup_key`. */
  readonly alerts: Map<string, 'triggered' | 'acknowledged' | 'resolved'>;
  /** The ids of messages, each time a trigger of one was taken. */
  readonly triggers: string[];
};

const MEMBERS = 'routing_key event_action dedup_key payload client client_url links images';
const PAYLOAD = 'summary source severity timestamp component group class custom_details';
// A moment as ISO 8601 writes it, with its offset.
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)$/;
const MOST_BYTES = 524_288;
const PER_MINUTE = 120;

/** Returns one that takes events of any key with 32 characters. `clock` is in ms. */
export function makePagerDuty({ clock }: { readonly clock: () => number }): PagerDutyService {
  const taken: number[] = [];
  const service: PagerDutyService = {
    alerts: new Map(),
    triggers: [],
    answer: ({ method, path, headers, body }) => {
      if (method !== 'POST' || path !== '/v2/enqueue') return { status: 404 };
      if (!/^application\/json(; charset=utf-8)?$/.test(headers['content-type'] ?? ''))
        return invalid(['content type']);
      while (taken.length > 0 && (taken[0] ?? 0) < clock() - 60_000) taken.shift();
      if (taken.length >= PER_MINUTE) return { status: 429, body: LIMITED };
      if (Buffer.byteLength(body) > MOST_BYTES) return { status: 413 };
      const event: Record<string, unknown> = JSON.parse(body);
      const errors = faultsOf(event);
      if (errors.length > 0) return invalid(errors);
      taken.push(clock());
      const key = String(event['dedup_key']);
      take(service, event, key);
      const message = 'Event processed';
      return { status: 202, body: { status: 'success', message, dedup_key: key } };
    },
  };
  return service;
}

const LIMITED = { status: 'throttle exceeded', message: 'Too many requests for the key' };

function invalid(errors: readonly string[]): Said {
  const message = 'Event object is invalid';
  return { status: 400, body: { status: 'invalid event', message, errors } };
}

/** An acknowledge or a resolve of what is not open is taken and does nothing. */
function take(
  { alerts, triggers }: PagerDutyService,
  { event_action: action, payload }: Record<string, unknown>,
  key: string,
): void {
  const state = alerts.get(key);
  const isOpen = state === 'triggered' || state === 'acknowledged';
  if (action === 'trigger') {
    // What is acknowledged stays so.
    alerts.set(key, state === 'acknowledged' ? state : 'triggered');
    triggers.push(String(Object(Object(payload).custom_details).message));
  } else if (isOpen) alerts.set(key, action === 'resolve' ? 'resolved' : 'acknowledged');
}

type Rule = readonly [name: string, isGood: boolean];

function faultsOf(event: Record<string, unknown>): readonly string[] {
  const { routing_key: routing, event_action: action, dedup_key: dedup, client } = event;
  const needs: readonly Rule[] = [
    ['routing_key', isText(routing, 32) && String(routing).length === 32],
    ['event_action', /^(trigger|acknowledge|resolve)$/.test(String(action))],
    ['dedup_key', isText(dedup, 255)],
    ['members', Object.keys(event).every((name) => MEMBERS.split(' ').includes(name))],
    ['client', client === undefined || typeof client === 'string'],
  ];
  const all = action === 'trigger' ? [...needs, ...payloadRules(event)] : needs;
  return all.flatMap(([name, isGood]) => (isGood ? [] : [`'${name}' is missing or invalid`]));
}

function payloadRules({ payload: given, links = [] }: Record<string, unknown>): readonly Rule[] {
  const payload = Object(given ?? {});
  const isLink = (link: { readonly href?: unknown; readonly text?: unknown }): boolean =>
    URL.canParse(String(link.href)) && typeof link.text === 'string';
  const optional = ['component', 'group', 'class'].every(
    (name) => payload[name] === undefined || typeof payload[name] === 'string',
  );
  return [
    ['payload', Object.keys(payload).every((name) => PAYLOAD.split(' ').includes(name))],
    ['summary', isText(payload.summary, 1_024)],
    ['source', isText(payload.source, 1_024)],
    ['severity', /^(critical|error|warning|info)$/.test(String(payload.severity))],
    ['timestamp', payload.timestamp === undefined || MOMENT.test(String(payload.timestamp))],
    ['component, group, class', optional],
    ['links', Array.isArray(links) && links.every(isLink)],
  ];
}

function isText(value: unknown, most: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= most;
}
