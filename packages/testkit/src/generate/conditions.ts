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
  'counters["own-may-2"] < 1',
  '!("own-may-3" in counters) || counters["own-may-3"] == 0',
  'now.getHours() < 12',
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
  'sources["to"].all(s, s in ["principal", "session", "trusted"])',
  '"agent" in sources["items.name"]',
  'sources["note"].exists(s, s == "agent")',
  'args.amount * 2.0 < 60.0',
  'args.items.size() == 2 && size(args.text) > 4',
  'args.items[0].size > 3',
  'args.to.filter(a, a.contains("@")).size() == 0',
  'args.to == ["c2"] || args.meta != args.note',
];

/** Returns the conditions a rule about a tool may have. */
export function conditions(tool: string): readonly [string, ...string[]] {
  return tool.startsWith('output.')
    ? ['args.text.contains("please")', ...anywhere]
    : ['args.amount == 20', ...overArguments, ...anywhere];
}
