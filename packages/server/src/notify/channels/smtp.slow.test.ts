import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

import { inFolder } from '../../../testing/folder.ts';
import { CALM, makeMessage } from '../../../testing/notices.ts';
import { hasOpenssl, openssl } from '../../../testing/openssl.ts';
import type { SmtpConfig } from '../../config/notify.ts';
import { parseNetwork } from '../../egress/address.ts';
import { makeEgress } from '../../egress/egress.ts';
import type { Channel } from '../channel.ts';
import { smtpChannel } from './smtp.ts';

type Taken = { readonly to: readonly string[]; readonly text: string; readonly isSecure: boolean };

async function within(
  of: { readonly server?: SMTPServerOptions; readonly config?: Partial<SmtpConfig> },
  check: (channel: Channel, taken: Taken[]) => Promise<void>,
): Promise<void> {
  const taken: Taken[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    ...of.server,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        taken.push({ to, text: Buffer.concat(chunks).toString(), isSecure: session.secure });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on TCP has an address with a port.
  const { port } = server.server.address() as AddressInfo;
  const loopback = parseNetwork('127.0.0.0/8');
  const egress = makeEgress({
    allowed: loopback === undefined ? [] : [loopback],
    resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
  });
  const config: SmtpConfig = {
    kind: 'smtp',
    host: 'mail.example',
    port,
    tls: 'none',
    caFile: null,
    user: null,
    secret: null,
    from: 'plumbline@example.com',
    to: ['oncall@example.com', 'desk@example.com'],
    ...of.config,
  };
  const readSecret = () => ({ ok: true, secret: 'pass word' }) as const;
  try {
    await check(smtpChannel('mail', config, { egress, readSecret, origin: 'log.example' }), taken);
  } finally {
    await egress.close();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }
}

test('smtp: a real server takes a message with one Message-ID for every attempt', async () => {
  verifies('incident.notify');
  await within({}, async (channel, taken) => {
    const sent = await channel.send(makeMessage(), CALM);
    assert.deepEqual(sent, { kind: 'delivered', reference: null });
    await channel.send(makeMessage({}, { attempt: 2 }), CALM);
    const ids = taken.map(({ text }) => /^Message-ID: (.*)\r$/m.exec(text)?.[1]);
    assert.deepEqual(ids[0], `<ntc_${'a'.repeat(32)}_hook@example.com>`);
    assert.equal(ids[0], ids[1]);
    assert.deepEqual(taken[0]?.to, ['oncall@example.com', 'desk@example.com']);
    assert.match(
      taken[0]?.text ?? '',
      /^Subject: \[critical\] HALT: agent `refunds` is stopped\r$/m,
    );
    assert.match(taken[0]?.text ?? '', /next word by: 2023-11-14 22:43:20 UTC/);
    assert.match(taken[0]?.text ?? '', /^Auto-Submitted: auto-generated\r$/m);
  });
});

test('smtp: a title cannot add headers or recipients', async () => {
  await within({}, async (channel, taken) => {
    await channel.send(makeMessage({ title: 'x\r\nBcc: eve@example.com\r\n\r\nhello' }), CALM);
    assert.deepEqual(taken[0]?.to, ['oncall@example.com', 'desk@example.com']);
    assert.doesNotMatch(taken[0]?.text.split('\r\n\r\n')[0] ?? '', /^Bcc:/m);
  });
});

test('smtp: what the server says decides whether it is tried again', async () => {
  const refusing = (responseCode: number): SMTPServerOptions => ({
    onRcptTo: (_address, _session, done) => {
      done(Object.assign(new Error('no'), { responseCode }));
    },
  });
  await within({ server: refusing(550) }, async (channel) => {
    const sent = await channel.send(makeMessage(), CALM);
    assert.deepEqual(sent, { kind: 'refused', fault: 'smtp-550' });
  });
  await within({ server: refusing(451) }, async (channel) => {
    const sent = await channel.send(makeMessage(), CALM);
    assert.equal(sent.kind === 'later' && sent.fault, 'smtp-451');
  });
  const one: SMTPServerOptions = {
    onRcptTo: ({ address }, _session, done) => {
      if (address.startsWith('desk')) done(Object.assign(new Error('no'), { responseCode: 550 }));
      else done();
    },
  };
  await within({ server: one }, async (channel, taken) => {
    const sent = await channel.send(makeMessage(), CALM);
    const left = [{ recipient: 2, fault: 'smtp-550', isFinal: true }];
    assert.deepEqual(sent, { kind: 'delivered', reference: null, left });
    assert.deepEqual(taken[0]?.to, ['oncall@example.com']);
  });
});

test('smtp: what is left for one recipient goes to them alone, as the same mail', async () => {
  verifies('incident.notify');
  await within({}, async (channel, taken) => {
    const key = `${makeMessage().key}~2`;
    const sent = await channel.send(makeMessage({}, { key }), CALM);
    assert.deepEqual(sent, { kind: 'delivered', reference: null });
    assert.deepEqual(taken[0]?.to, ['desk@example.com']);
    const id = `<ntc_${'a'.repeat(32)}_hook@example.com>`;
    assert.ok(taken[0]?.text.includes(`Message-ID: ${id}\r\n`));
    const none = await channel.send(makeMessage({}, { key: `${makeMessage().key}~9` }), CALM);
    assert.deepEqual(none, { kind: 'refused', fault: 'no-recipient' });
  });
});

test('smtp: a server without TLS, or at a private address, is sent nothing', async () => {
  await within({ config: { tls: 'starttls' } }, async (channel, taken) => {
    const sent = await channel.send(makeMessage(), CALM);
    assert.equal(sent.kind, 'later');
    assert.equal(taken.length, 0);
  });
  const config = { host: '10.1.2.3' };
  await within({ config }, async (channel) => {
    const sent = await channel.send(makeMessage(), CALM);
    assert.equal(sent.kind === 'later' && sent.fault, 'refused-address');
  });
});

test('smtp: TLS by the name of the certificate, and a password over it alone', async (t) => {
  if (!(await hasOpenssl())) {
    assert.notEqual(process.env['CI'], 'true', 'openssl is needed');
    t.skip('openssl is not there');
    return;
  }
  await inFolder(async (folder) => {
    const request = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2';
    const names = ['-subj', '/CN=mail.example', '-addext', 'subjectAltName=DNS:mail.example'];
    const out = ['-keyout', 'key.pem', '-out', 'cert.pem'];
    await openssl(folder, 'req', ...request.split(' '), ...names, ...out);
    const pem = (name: string): string => readFileSync(join(folder, name), 'utf8');
    const server: SMTPServerOptions = {
      authOptional: false,
      disabledCommands: [],
      key: pem('key.pem'),
      cert: pem('cert.pem'),
      onAuth: ({ username, password }, session, done) => {
        const isGood = username === 'me' && password === 'pass word' && session.secure;
        done(isGood ? null : new Error('no'), isGood ? { user: 'me' } : undefined);
      },
    };
    const secret = { kind: 'file', path: '/p' } as const;
    const caFile = join(folder, 'cert.pem');
    const good = { tls: 'starttls', user: 'me', secret, caFile } as const;
    await within({ server, config: good }, async (channel, taken) => {
      assert.equal((await channel.send(makeMessage(), CALM)).kind, 'delivered');
      assert.equal(taken[0]?.isSecure, true);
    });
    const implicit = { server: { ...server, secure: true } };
    await within({ ...implicit, config: { ...good, tls: 'implicit' } }, async (channel) => {
      assert.equal((await channel.send(makeMessage(), CALM)).kind, 'delivered');
    });
    await within({ server, config: { ...good, caFile: null } }, async (channel, taken) => {
      assert.equal((await channel.send(makeMessage(), CALM)).kind, 'later', 'nobody vouches');
      assert.equal(taken.length, 0);
    });
    await within({ server, config: { ...good, host: 'other.example' } }, async (channel) => {
      assert.equal((await channel.send(makeMessage(), CALM)).kind, 'later', 'another name');
    });
    await within({ server, config: { ...good, user: 'you' } }, async (channel) => {
      const sent = await channel.send(makeMessage(), CALM);
      assert.equal(sent.kind, 'later', 'a password may be mended');
    });
  });
});
