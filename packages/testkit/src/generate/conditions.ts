/** Conditions of `keep … where`: what holds of one address. */
export const keepConditions = [
  'item == session.customer_email',
  'item.endsWith("@example.com")',
  'size(item) < 12',
] as const;

const anywhere: readonly string[] = [
  'task == "returns"',
  'principal == "ann"',
  'session.customer_id == "c1"',
  'facts.risk.score < 0.5',
  'facts.source.verified',
  'facts.payee.known || facts.risk.score < 0.9',
  'has(facts.source) && facts.source.verified',
  'tool.startsWith("pay.")',
  'now < timestamp("2026-03-29T12:00:00Z")',
  'agent == "agent-1" && task != ""',
];

const overArguments: readonly string[] = [
  'args.customer_id == session.customer_id',
  'args.customer_id in ["c1", "c2"]',
  'args.amount <= 50',
  'args.amount > 10.5 && args.amount <= 80.0',
  'money(args.amount) <= money("20.00")',
  'size(args.to) <= 1',
  'args.to.all(a, a == session.customer_email)',
  'args.to.exists(a, a.endsWith("@example.com"))',
  'args.text.matches("^[a-z ]+$")',
  'args.text.contains("please")',
  'has(args.note)',
  '!has(args.note) || args.note == "x"',
  'args.meta.tag == "x"',
  'facts.risk.score > 0.5 || args.amount > 0',
  'args.amount > 20 ? facts.source.verified : true',
  '"principal" in sources["customer_id"]',
  'sources["customer_id"].exists(s, s == "trusted" || s == "session")',
  '!("untrusted" in sources["text"])',
];

/** Returns the conditions a rule about a tool may have. */
export function conditions(tool: string): readonly [string, ...string[]] {
  return tool.startsWith('output.')
    ? ['args.text.contains("please")', ...anywhere]
    : ['args.amount == 20', ...overArguments, ...anywhere];
}
