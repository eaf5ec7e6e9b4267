import { type CompiledPact } from '@plumbline/core';

import { compileSources, type PactSources, sourcesIn } from '../src/services/pact-sources.ts';

/** What the pact of `shop` lets through at most. Source: the pact below. */
export const MOST = {
  refundsPerDay: 12,
  refundedPerDay: 2_000n,
  notesPerSession: 4,
  readsPerHour: 9,
} as const;

/** Returns the sources of one version of the pact; versions differ in what they say alone. */
export function shopPact(version: number): PactSources {
  return { entry: 'shop.yaml', files: { 'shop.yaml': textOf(version) } };
}

const compiled = new Map<string, CompiledPact>();

/** Compiles what a source blob holds; the same text is compiled once. */
export function compileBlob(blob: Uint8Array): CompiledPact {
  const text = Buffer.from(blob).toString('utf8');
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const result = compileSources(sourcesIn(blob));
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  compiled.set(text, result.value);
  return result.value;
}

function textOf(version: number): string {
  return `
pact: plumbline/v1
agent: shop
purpose: Answer customers, version ${version}.
owner: desk@example.com
autonomy: 2
tools:
  page.read: { effect: read, category: web, trust: untrusted, open_world: true }
  refund.pay: { effect: write, category: money, money: amount, reversible: no }
  note.add: { effect: write, category: notes }
  mail.send: { effect: send, category: mail, reversible: no }
  store.wipe: { effect: write, category: wiping, reversible: no }
approvers: [role:lead]
unlisted: block_and_replan
gates: { widen_after: 1000 }
duplicates:
  - { id: same-refund, tool: refund.pay, key: [args.order], within: 24h, then: deny }
persistence: { warn: 1000, pause: 2000, halt: 3000 }
allow:
  - { id: read, tool: page.read, limit: { calls: 9, per: 1h } }
  - id: refund
    tool: refund.pay
    limit: { calls: 12, per: day }
    budget: { sum: args.amount, max: "20.00", per: day }
  - { id: note, tool: note.add, limit: { calls: 4, per: session } }
  - { id: mail, tool: mail.send }
exclude:
  - { id: no-wipe, tool: store.wipe, say: nobody wipes the store }
step_up:
  - { id: many, tool: mail.send, when: args.copies > 1, approvers: [role:lead], within: 15m }
modify:
  - id: hide-phone
    tool: mail.send
    when: has(args.phone)
    rewrite: [{ redact: args.phone, with: "[phone]" }]
`;
}
