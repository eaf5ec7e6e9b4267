/** A pact as people write them: reads, a budget, a rate limit, an approval, a fact, a rewrite. */
export const SUPPORT_PACT = `
pact: plumbline/v1
agent: support
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
session: { customer_id: string }
tools:
  orders.get: { effect: read, category: orders }
  web.fetch: { effect: read, category: web, trust: untrusted, open_world: true }
  refunds.pay: { effect: write, category: money, money: amount, reversible: no }
  mail.send: { effect: send, category: mail, reversible: no }
  notes.add: { effect: write, category: notes }
  ledger.wipe: { effect: write, category: money, reversible: no }
  checks.run: { effect: write, category: checks }
approvers: [role:lead]
unlisted: block_and_replan
gates: { widen_after: 1000 }
facts: { fraud: { max_age: 5m }, risk: { max_age: 5m } }
duplicates:
  - { id: same-refund, tool: refunds.pay, key: [args.order], within: 24h, then: deny }
persistence: { warn: 1000, pause: 2000, halt: 3000 }
halt_on: [canary, bypass]
allow:
  - { id: read, tool: [orders.get, web.fetch] }
  - id: refund
    tool: refunds.pay
    when: money(args.amount) <= money("50.00")
    limit: { calls: 50, per: 1h }
    budget: { sum: args.amount, max: "100.00", per: day }
  - { id: mail, tool: mail.send }
  - { id: note, tool: notes.add }
  - { id: check, tool: checks.run, unless: facts.risk.high }
exclude:
  - { id: no-wipe, tool: ledger.wipe, say: nobody wipes the ledger }
  - id: no-secrets
    tool: mail.send
    when: args.body.contains("secret")
    say: never mail secrets
step_up:
  - { id: many, tool: mail.send, when: args.copies > 1, approvers: [role:lead], within: 15m }
defer:
  - { id: wait, tool: checks.run, until: fraud, within: 10m, say: the check takes a minute }
modify:
  - id: hide-phone
    tool: mail.send
    when: has(args.phone)
    rewrite: [{ redact: args.phone, with: "[phone]" }]
`;
