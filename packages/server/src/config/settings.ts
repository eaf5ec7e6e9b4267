/** How a setting is read from one string: a list is parted by commas, json is parsed. */
export type SettingForm = 'text' | 'number' | 'boolean' | 'list' | 'json';

/** One setting: its place in the file, how it is read from a string, and what it means. */
export type Setting = {
  readonly path: string;
  readonly form: SettingForm;
  readonly says: string;
  /** The flag of `plumb up` that sets it, beside `--set <path>=<value>`. */
  readonly flag?: string;
};

/** Every setting. docs/daemon.md lists the same, which a test holds. */
export const SETTINGS: readonly Setting[] = [
  { path: 'data', form: 'text', says: 'the data directory', flag: 'data' },
  {
    path: 'rootKey',
    form: 'text',
    says: 'the root key: a file, or `credential:<name>` for a credential of systemd',
  },
  { path: 'origin', form: 'text', says: "the log's name: a URL without scheme", flag: 'origin' },
  {
    path: 'listen.http',
    form: 'text',
    says: '`host:port` to listen on, or `none` for the socket alone; port 0 takes a free one',
    flag: 'listen',
  },
  { path: 'listen.certFile', form: 'text', says: 'the TLS certificate, PEM' },
  { path: 'listen.keyFile', form: 'text', says: "the certificate's key, PEM" },
  {
    path: 'listen.clientCaFile',
    form: 'text',
    says: 'certificates of those who vouch for clients, PEM: clients may then show one of theirs',
  },
  { path: 'listen.behindProxy', form: 'boolean', says: 'a proxy in front ends TLS' },
  { path: 'listen.hosts', form: 'list', says: 'names beside the address that `Host` may have' },
  { path: 'localRights', form: 'text', says: 'what the socket may do: `all` or `enforce`' },
  {
    path: 'authority.issuers',
    form: 'json',
    says: 'whose tokens are believed, and whom they speak for',
  },
  {
    path: 'authority.workloads',
    form: 'json',
    says: 'which workloads call the API, and as what',
  },
  { path: 'log.open', form: 'boolean', says: 'whether `/log/` answers without a key' },
  { path: 'log.publishEveryMs', form: 'number', says: 'how often a checkpoint is published' },
  { path: 'log.heartbeatMs', form: 'number', says: 'an entry is written when idle for as long' },
  { path: 'log.segmentBytes', form: 'number', says: 'the size of one segment of the log' },
  { path: 'log.rollAtEntries', form: 'number', says: 'the log rolls over at this size' },
  { path: 'log.keepDays', form: 'number', says: 'refused: rolled logs are kept whole' },
  { path: 'log.witnesses', form: 'text', says: 'a policy that names the witnesses, as text' },
  { path: 'log.witnessesFile', form: 'text', says: 'the same policy, in a file' },
  {
    path: 'log.knownLogs',
    form: 'text',
    says: 'a file of known logs that the daemon cannot write: an older log is refused',
  },
  { path: 'log.timestamps', form: 'text', says: 'the URL of a time-stamping authority' },
  { path: 'disk.warnBytes', form: 'number', says: 'a warning is recorded below this much space' },
  { path: 'disk.refuseBytes', form: 'number', says: 'nothing is accepted below this much space' },
  { path: 'guard.permitMs', form: 'number', says: 'how long a permit lives' },
  { path: 'guard.approvalMs', form: 'number', says: 'how long an approval waits to be used' },
  { path: 'guard.leaseMs', form: 'number', says: 'how long a lease lasts without renewal' },
  { path: 'guard.gatherMs', form: 'number', says: 'how long facts are waited for' },
  { path: 'guard.waiting', form: 'number', says: 'how many requests of one agent may wait' },
  { path: 'guard.sessionIdleMs', form: 'number', says: 'an idle session is closed after it' },
  {
    path: 'reviews.actions',
    form: 'number',
    says: 'so many distinct actions that undo what people decided raise a review',
  },
  { path: 'reviews.sessions', form: 'number', says: 'or such actions in so many sessions' },
  { path: 'reviews.windowMs', form: 'number', says: 'within which time both are counted' },
  { path: 'reviews.halts', form: 'boolean', says: 'whether a review halts the agent' },
  { path: 'audits.rate', form: 'number', says: 'so many percent of sessions are drawn for audits' },
  { path: 'audits.raised', form: 'number', says: 'the same where the rate is raised' },
  {
    path: 'audits.tooGood',
    form: 'number',
    says: 'it is raised where an agent reports success in so many percent of its sessions',
  },
  { path: 'audits.everyMs', form: 'number', says: 'how long until a draw is due' },
  { path: 'audits.agents', form: 'list', says: 'agents that are audited from the start' },
  {
    path: 'facts',
    form: 'json',
    says: '`{"<fact>": {"url", "timeoutMs"}}`: where facts come from',
  },
  {
    path: 'upstreams',
    form: 'json',
    says: '`{"<upstream>": {"url", "tools"}}`: calls that the daemon makes itself',
  },
  { path: 'allowNetworks', form: 'list', says: 'private networks that calls out may reach' },
  { path: 'publishing.people', form: 'number', says: 'how many people publishing takes: 1 or 2' },
  { path: 'publishing.signers', form: 'list', says: 'verifier keys that sign what is published' },
  {
    path: 'mcp',
    form: 'json',
    says: '`{"<agent>": {"servers", "session"}}`: what the MCP gateway over HTTP serves',
  },
  {
    path: 'tools.firstSight',
    form: 'text',
    says: 'what becomes of a definition of a tool nobody has seen: `pin`, or `ask` a person',
  },
  {
    path: 'authority.webauthn.rpId',
    form: 'text',
    says: 'the domain that authenticators of people answer to',
  },
  {
    path: 'authority.webauthn.origins',
    form: 'list',
    says: 'the origins of pages that may ask them',
  },
  {
    path: 'authority.grants',
    form: 'json',
    says: 'who may give which elevated grants (docs/factors.md)',
  },
  {
    path: 'approvals.factor',
    form: 'text',
    says: 'what a vote has to prove: `none`, `totp` or `webauthn`',
  },
  {
    path: 'breakGlass.holders',
    form: 'list',
    says: 'who may break the glass: addresses and `role:<group>`',
  },
  { path: 'breakGlass.roles', form: 'list', says: 'the roles that may be taken so' },
  { path: 'breakGlass.maxMinutes', form: 'number', says: 'for how long at most' },
  { path: 'breakGlass.factor', form: 'text', says: 'what it takes: `totp` or `webauthn`' },
  { path: 'breakGlass.reviewWithinMs', form: 'number', says: 'a review is overdue after it' },
  {
    path: 'breakGlass.publishing',
    form: 'boolean',
    says: 'whether one person may publish alone under it where it takes two',
  },
  { path: 'console.folder', form: 'text', says: 'the folder that holds the built console' },
  {
    path: 'console.idleMs',
    form: 'number',
    says: 'a sign-in at the console ends after it without use',
  },
  {
    path: 'console.factor',
    form: 'text',
    says: 'what signing in by key or link proves besides: `enrolled`, `totp` or `webauthn`',
  },
  { path: 'console.maxMs', form: 'number', says: 'a sign-in at the console ends after it' },
  {
    path: 'notify.channels',
    form: 'json',
    says: '`{"<name>": {"kind", …}}`: how people are told (docs/notifications.md)',
  },
  {
    path: 'notify.routes',
    form: 'json',
    says: '`[{"channels", "severities", "events", "agents"}]`: who is told of what',
  },
  { path: 'notify.url', form: 'text', says: 'where people reach this daemon, for links' },
  {
    path: 'notify.firstNoticeMs',
    form: 'number',
    says: 'after how long a first notice that has not arrived is late',
  },
  {
    path: 'notify.nextWordMs',
    form: 'number',
    says: 'how long after an incident began the next word is promised',
  },
  {
    path: 'notify.approvalSoonMs',
    form: 'number',
    says: 'how long before its deadline an approval is told again',
  },
  {
    path: 'notify.deadAfterMs',
    form: 'number',
    says: 'after how long a message that cannot be delivered is a dead letter',
  },
  { path: 'notify.waiting', form: 'number', says: 'how many messages of a channel may wait' },
  {
    path: 'drills.boundMs',
    form: 'number',
    says: 'a drill of a halt fails where it took longer',
  },
  { path: 'drills.graceMs', form: 'number', says: 'how long after it was due a drill is overdue' },
  {
    path: 'drills.holders',
    form: 'list',
    says: "addresses of people who may halt by an issuer's token, which no key shows",
  },
  {
    path: 'revocations',
    form: 'json',
    says: '`{"<name>": {"kind", "url", …}}`: where what a halted agent was given is revoked',
  },
  {
    path: 'cuts',
    form: 'json',
    says: '`{"<name>": {"agents", …}}`: what a halt cuts off from every network (docs/halts.md)',
  },
  {
    path: 'supervision',
    form: 'json',
    says: '`{"<agent>": {"hosts", "networks", "limits"}}`: how far agents in sandboxes may reach',
  },
  {
    path: 'containers',
    form: 'json',
    says: '`{"<name>": {"kind", …}}`: where containers of agents run, which a halt ends',
  },
  { path: 'limits.bodyBytes', form: 'number', says: 'the largest body of a request' },
  { path: 'limits.requestsPerMinute', form: 'number', says: 'how many requests a key may make' },
  {
    path: 'limits.badKeysPerMinute',
    form: 'number',
    says: 'how many wrong keys an address may try',
  },
  { path: 'limits.mcpClients', form: 'number', says: 'how many MCP clients are connected at once' },
  {
    path: 'limits.mcpRequests',
    form: 'number',
    says: 'how many requests of one MCP client are answered at once',
  },
  {
    path: 'limits.mcpIdleMs',
    form: 'number',
    says: 'the session of an MCP client that does nothing ends after it',
  },
];

/** Returns the environment's name of a setting: `log.keepDays` is `PLUMBLINE_LOG_KEEP_DAYS`. */
export function environmentName(path: string): string {
  const words = path.replaceAll(/([a-z])([A-Z])/g, '$1_$2').replaceAll('.', '_');
  return `PLUMBLINE_${words.toUpperCase()}`;
}
