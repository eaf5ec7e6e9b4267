import { readFileSync } from 'node:fs';

import { createTransport } from 'nodemailer';

import type { SmtpConfig } from '../../config/notify.ts';
import { type Channel, later, type Message, type Sent } from '../channel.ts';
import type { ChannelNeeds } from '../channel-needs.ts';
import { atMost, linesOf } from '../plain-text.ts';

const CONNECT_MS = 10_000;
const WHOLE_MS = 30_000;
const LONGEST_SUBJECT = 180;

type Transport = ReturnType<typeof transportOf>;

/**
 * Returns a channel that sends mail. Every attempt at a message has one Message-ID, and messages of
 * a thread refer to it, so that mail programs show them together. Where the server takes some
 * recipients and refuses others, the message is a dead letter: somebody was not told.
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
      const transport = transportOf(config, { address: checked.address, found, ca });
      return sendOne(transport, mailOf(config, message), signal);
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

function mailOf({ from, to }: SmtpConfig, { key, notice }: Message): Mail {
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

async function sendOne(transport: Transport, mail: Mail, signal: AbortSignal): Promise<Sent> {
  const whole = AbortSignal.any([signal, AbortSignal.timeout(WHOLE_MS)]);
  const { promise: ended, resolve } = Promise.withResolvers<Sent>();
  const end = (): void => resolve(later(signal.aborted ? 'cancelled' : 'timeout'));
  whole.addEventListener('abort', end);
  try {
    return await Promise.race([attempt(transport, mail), ended]);
  } finally {
    whole.removeEventListener('abort', end);
    transport.close();
  }
}

async function attempt(transport: Transport, mail: Mail): Promise<Sent> {
  try {
    const { rejected } = await transport.sendMail(mail);
    if (rejected.length > 0) return { kind: 'refused', fault: `rejected-${rejected.length}` };
    return { kind: 'delivered', reference: null };
  } catch (cause) {
    return faultOf(cause);
  }
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
