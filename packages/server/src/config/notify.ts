/** How pressing something is, most pressing first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

/** One of them. */
export type Severity = (typeof SEVERITIES)[number];

/** Everything people can be told of. Source: spec/notifications.md, section "Events". */
export const EVENTS = [
  'halt',
  'halt-effective',
  'executor-failed',
  'resume',
  'approval-asked',
  'approval-soon',
  'approval-ended',
  'tool-quarantined',
  'bypass',
  'canary',
  'role-claim',
  'escape-attempt',
  'limit-reached',
  'connection-refused',
  'finding',
  'alert',
  'break-glass',
  'break-glass-ended',
  'break-glass-reviewed',
  'break-glass-overdue',
  'review-raised',
  'review-closed',
  'factor-locked',
  'undo-asked',
  'undo-decided',
  'undo-unknown',
  'drill',
  'drill-done',
  'drill-failed',
  'drill-overdue',
  'few-holders',
  'disk-full',
  'disk-low',
  'disk-enough',
  'daemon-stopped',
  'word',
  'word-late',
  'first-notice-late',
  'digest',
  'test',
] as const;

/** One of them. */
export type NoticeEvent = (typeof EVENTS)[number];

/** Where a secret of a channel comes from; it is read again whenever it is used. */
export type SecretSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'credential'; readonly name: string }
  /** A credential of the vault that is for no agent, by its id or name. */
  | { readonly kind: 'vault'; readonly name: string };

/** A webhook: Standard Webhooks around CloudEvents. */
export type WebhookConfig = {
  readonly kind: 'webhook';
  readonly url: string;
  /** `whsec_` and base64, or plain text. */
  readonly secret: SecretSource;
};

/** Mail by a server that takes it for delivery. */
export type SmtpConfig = {
  readonly kind: 'smtp';
  readonly host: string;
  readonly port: number;
  /** `none` takes no password. */
  readonly tls: 'starttls' | 'implicit' | 'none';
  /** Who vouches for the server's certificate, PEM; null: whom the system trusts. */
  readonly caFile: string | null;
  readonly user: string | null;
  readonly secret: SecretSource | null;
  readonly from: string;
  readonly to: readonly string[];
};

/** PagerDuty's Events API v2. */
export type PagerDutyConfig = {
  readonly kind: 'pagerduty';
  readonly url: string;
  /** The integration's key. */
  readonly secret: SecretSource;
};

/** A Slack app that posts to one channel, and by whose buttons people approve. */
export type SlackConfig = {
  readonly kind: 'slack';
  /** The Web API, without a slash at the end. */
  readonly api: string;
  /** The bot's token. */
  readonly secret: SecretSource;
  /** The id of the channel. */
  readonly channel: string;
  /** What requests of Slack are signed with; null: there are no buttons. */
  readonly signingSecret: SecretSource | null;
  /** Addresses of people by their ids in Slack; nobody else's button counts. */
  readonly people: Readonly<Record<string, string>>;
};

/** An incoming webhook of Slack; its address is the secret. */
export type SlackWebhookConfig = { readonly kind: 'slack-webhook'; readonly secret: SecretSource };

/** A ServiceNow instance: incidents, and change requests for approvals. */
export type ServiceNowConfig = {
  readonly kind: 'servicenow';
  /** The instance, without a slash at the end. */
  readonly url: string;
  /** Whose password the secret is; null with `clientId`. */
  readonly user: string | null;
  /** The OAuth client whose secret it is; null with `user`. */
  readonly clientId: string | null;
  readonly secret: SecretSource;
  /** Whether approvals are change requests, and approvals given there are votes here. */
  readonly approvals: boolean;
  /** What the instance signs its calls back with; null: it is only asked. */
  readonly signingSecret: SecretSource | null;
  /** Who is assigned; null: whoever the instance's own rules name. */
  readonly assignmentGroup: string | null;
  /** What a resolved incident is closed with; instances have their own choices. */
  readonly closeCode: string;
};

/** One channel as it is configured. */
export type ChannelConfig =
  | WebhookConfig
  | SmtpConfig
  | PagerDutyConfig
  | SlackConfig
  | SlackWebhookConfig
  | ServiceNowConfig;

/** Which messages go to which channels; every member narrows. */
export type NoticeRoute = {
  readonly channels: readonly string[];
  readonly severities: readonly Severity[] | null;
  readonly events: readonly NoticeEvent[] | null;
  readonly agents: readonly string[] | null;
};

/** How people are told; `notify` of the configuration. Times are in ms. */
export type NotifyRules = {
  readonly channels: Readonly<Record<string, ChannelConfig>>;
  readonly routes: readonly NoticeRoute[];
  /** Where people reach this daemon, without a slash at the end; null: messages have no links. */
  readonly url: string | null;
  /** How long after an incident began its first notice is late where it has not arrived. */
  readonly firstNoticeMs: number;
  /** How long after an incident began the next word is promised. */
  readonly nextWordMs: number;
  /** How long before its deadline an approval is told again. */
  readonly approvalSoonMs: number;
  /** After how long a message that cannot be delivered is a dead letter. */
  readonly deadAfterMs: number;
  /** How many messages of a channel may wait. */
  readonly waiting: number;
};
