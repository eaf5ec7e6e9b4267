import { readFileSync } from 'node:fs';

import { createTransport } from 'nodemailer';

import type { SmtpConfig } from '../../config/notify.ts';
import { type Channel, later, type LeftRecipient, type Message, type Sent } from '../channel.ts';
import type { ChannelNeeds } from '../channel-needs.ts';
import { readKey } from '../notice.ts';
import { atMost, linesOf } from '../plain-text.ts';

const CONNECT_MS = 10_000;
const WHOLE_MS = 30_000;
const LONGEST_SUBJECT = 180;

type Transport = ReturnType<typeof transportOf>;

/**
 * Returns a channel that sends mail. Every attempt at a message has one Message-ID, and messages of
 * a thread refer to it, so that mail programs show them together. Where the server takes some
 * recipients and refuses others, those it took are told, and the message is tried again or given up
 * for each of the others alone.
 */
export function smtpChannel(name: string, config: SmtpConfig, needs: ChannelNeeds): Channel {
  return {
    name,
    kind: 'smtp',
    send: async (message, signal) => {
      const found = config.secret === null ? null : needs.readSecret(config.secret);
      if (found?.ok === false) return later('no-secret');
      const checked = await needs.egress.addressOf(config.host);
      if (!checked.ok) return later(checked.fault);
      const ca = readCa(config.caFile);
      if (ca === null) return later('no-ca-file');
      const to = recipientsOf(config, message.key);
      if (to.length === 0) return { kind: 'refused', fault: 'no-recipient' };
      const transport = transportOf(config, { address: checked.address, found, ca });
      return sendOne(transport, { mail: mailOf(config, message, to), config }, signal);
    },
  };
}

/** Undefined where none is configured, null where it cannot be read. */
function readCa(file: string | null): string | undefined | null {
  if (file === null) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause) return null;
    throw cause;
  }
}

/** Connects to the address that was checked; the certificate has to be the name's all the same. */
function transportOf(
  { host, port, tls, user }: SmtpConfig,
  {
    address,
    found,
    ca,
  }: {
    readonly address: string;
    readonly found: { readonly ok: true; readonly secret: string } | null;
    readonly ca: string | undefined;
  },
) {
  return createTransport({
    host: address,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: { servername: host, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    ...(found === null || user === null ? {} : { auth: { user, pass: found.secret } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: CONNECT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

type Mail = Parameters<Transport['sendMail']>[0];

/** What is left of a message goes to one recipient, by their place in `to`. */
function recipientsOf({ to }: SmtpConfig, key: string): readonly string[] {
  const { recipient } = readKey(key);
  return recipient === null ? to : to.slice(recipient - 1, recipient);
}

function mailOf({ from }: SmtpConfig, message: Message, to: readonly string[]): Mail {
  const { notice } = message;
  const key = readKey(message.key).whole;
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const thread = `<${notice.thread}@${domain}>`;
  return {
    from,
    to: [...to],
    subject: atMost(`[${notice.severity}] ${notice.title}`, LONGEST_SUBJECT),
    text: [notice.title, '', ...linesOf(notice), ''].join('\n'),
    messageId: `<${key}@${domain}>`,
    references: [thread],
    inReplyTo: thread,
    date: new Date(notice.at),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Plumbline-Key': key },
  };
}

type Sending = { readonly mail: Mail; readonly config: SmtpConfig };

async function sendOne(transport: Transport, sending: Sending, signal: AbortSignal): Promise<Sent> {
  const whole = AbortSignal.any([signal, AbortSignal.timeout(WHOLE_MS)]);
  const { promise: ended, resolve } = Promise.withResolvers<Sent>();
  const end = (): void => resolve(later(signal.aborted ? 'cancelled' : 'timeout'));
  whole.addEventListener('abort', end);
  try {
    return await Promise.race([attempt(transport, sending), ended]);
  } finally {
    whole.removeEventListener('abort', end);
    transport.close();
  }
}

async function attempt(transport: Transport, { mail, config }: Sending): Promise<Sent> {
  try {
    const info = await transport.sendMail(mail);
    const left = leftOf(config, info);
    return { kind: 'delivered', reference: null, ...(left.length === 0 ? {} : { left }) };
  } catch (cause) {
    return faultOf(cause);
  }
}

/** Whom the server refused while it took others; 4xx says that it may take them later. */
function leftOf(
  { to }: SmtpConfig,
  info: { readonly rejected: readonly (string | { readonly address: string })[] },
): readonly LeftRecipient[] {
  const refusals: unknown = Reflect.get(info, 'rejectedErrors');
  const codes = Array.isArray(refusals) ? refusals : [];
  return info.rejected.flatMap((rejected) => {
    const address = typeof rejected === 'string' ? rejected : rejected.address;
    const refusal = codes.find((each) => Reflect.get(Object(each), 'recipient') === address);
    const code: unknown = Reflect.get(Object(refusal), 'responseCode');
    const status = typeof code === 'number' ? code : 550;
    const recipient = to.findIndex((each) => each.toLowerCase() === address.toLowerCase()) + 1;
    return recipient === 0 ? [] : [{ recipient, fault: `smtp-${status}`, isFinal: status >= 500 }];
  });
}

// What the configuration or the server's own state is the reason of may be mended.
const MENDABLE = ['EAUTH', 'ETLS', 'ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'EDNS'];

function faultOf(cause: unknown): Sent {
  if (!(cause instanceof Error)) throw cause;
  const code: unknown = Reflect.get(cause, 'code');
  const status: unknown = Reflect.get(cause, 'responseCode');
  const word = typeof code === 'string' ? code.toLowerCase() : 'network';
  if (typeof status !== 'number') return later(word);
  const isForGood = status >= 500 && !MENDABLE.includes(String(code));
  if (isForGood) return { kind: 'refused', fault: `smtp-${status}` };
  return later(`smtp-${status}`, { isAnswered: true });
}
