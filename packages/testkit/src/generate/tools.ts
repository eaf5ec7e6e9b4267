import type { JsonObject } from '@plumbline/core';

/** The agents a session can be handed to. */
export const agents = ['billing', 'legal'] as const;

/** The classes of output that rules are about. */
export const outputClasses = ['commitment', 'advice'] as const;

const text: JsonObject = { type: 'string' };
const amount: JsonObject = { type: 'number' };

const shared: JsonObject = {
  customer_id: text,
  text,
  note: text,
  amount,
  to: { type: 'array', items: text },
  meta: { type: 'object', properties: { tag: text } },
  items: {
    type: 'array',
    items: {
      type: 'object',
      properties: { name: text, size: amount },
      additionalProperties: false,
    },
  },
};

function schema(): JsonObject {
  return { type: 'object', properties: shared };
}

const byField: JsonObject = {
  default: 'untrusted',
  trusted: ['from', 'order.id'],
  format: 'json',
};

const whole: JsonObject = {
  effect: 'write',
  category: 'money',
  trust: 'untrusted',
  sensitive: ['customer'],
  records: 'amount',
  money: 'amount',
  entity: { kind: 'order', id: 'customer_id' },
  reversible: 'yes',
};

const declared: { readonly [name: string]: JsonObject } = {
  'orders.get': { effect: 'read', category: 'orders' },
  'orders.set': {
    effect: 'write',
    category: 'orders',
    reversible: 'yes',
    entity: { kind: 'order', id: 'customer_id' },
  },
  'pay.create': { effect: 'write', category: 'money', reversible: 'no', money: 'amount' },
  'mail.send': { effect: 'send', category: 'mail', reversible: 'no', records: 'to' },
  'inbox.load': { effect: 'read', category: 'mail', trust: byField },
  'web.load': { effect: 'read', category: 'web', trust: 'untrusted', open_world: true },
  'crm.export': {
    effect: 'read',
    category: 'crm',
    tier: 'elevated',
    sensitive: ['customer'],
    records: 'result.count',
  },
  'crm.patch': {
    effect: 'write',
    category: 'crm',
    tier: 'public',
    sensitive: ['customer'],
    reversible: 'partly',
    records: 'amount',
    entity: { kind: 'client', id: 'customer_id' },
  },
  'memory.load': { effect: 'read', category: 'memory', touches: ['memory'] },
  'memory.save': { effect: 'write', category: 'memory', touches: ['memory'], reversible: 'yes' },
  'self.patch': { effect: 'write', category: 'config', touches: ['self'], reversible: 'yes' },
  'self.load': { effect: 'read', category: 'config', touches: ['self'] },
  'score.load': { effect: 'read', category: 'scores', touches: ['evaluator'] },
  'shell.run': { effect: 'from(text)', category: 'shell' },
  'everything.patch': {
    effect: 'send',
    category: 'money',
    trust: 'untrusted',
    open_world: true,
    sensitive: ['customer'],
    records: 'amount',
    money: 'amount',
    touches: ['memory'],
    entity: { kind: 'order', id: 'customer_id' },
    reversible: 'no',
  },
  'vault.patch': { ...whole, touches: ['self', 'evaluator'] },
  'handoff.legal': { ...whole, touches: ['self'] },
};

/** The names of the declared tools. */
export const toolNames: readonly [string, ...string[]] = [
  'orders.get',
  ...Object.keys(declared).slice(1),
];

/** Tools that rules of every kind are about often, so that stages meet. */
export const crowded = ['pay.create', 'mail.send', 'orders.set', 'everything.patch'] as const;

/** Returns the declarations of every tool, as a pact writes them. */
export function tools(): JsonObject {
  return Object.fromEntries(
    Object.entries(declared).map(([name, tool]) => [name, { ...tool, schema: schema() }]),
  );
}
