import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';

import { until, verifies } from '@plumbline/testkit';

import { mayReach, parseNetwork } from './address.ts';
import type { Network } from './address.ts';
import { makeEgress } from './egress.ts';
import type { Egress, EgressResult, Resolve } from './egress.ts';

const REFUSED = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.100.100.200',
  '127.0.0.1',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '192.0.0.192',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:a00:1',
  '64:ff9b::a00:1',
  '64:ff9b::8.8.8.8',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:a00:1::1',
  'fd00:ec2::254',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  '5f00::1',
  'no address',
  '',
];

test('egress: nothing but public addresses is reached', () => {
  verifies('enforce.fail-closed');
  for (const address of REFUSED) assert.equal(mayReach(address, []), false, address);
  for (const address of ['8.8.8.8', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8']) {
    assert.equal(mayReach(address, []), true, address);
  }
});

test('egress: an allowed network is reached, its neighbours are not', () => {
  const allowed = networks('10.1.0.0/16', '::1');
  assert.equal(mayReach('10.1.255.1', allowed), true);
  assert.equal(mayReach('::ffff:10.1.0.1', allowed), true);
  assert.equal(mayReach('10.2.0.1', allowed), false);
  assert.equal(mayReach('::1', allowed), true);
  assert.equal(mayReach('::2', allowed), false);
  assert.equal(parseNetwork('10.1'), undefined);
  assert.equal(parseNetwork('10.0.0.0/33'), undefined);
});

test('egress: no spelling of a private address in IPv6 is reached, whatever is allowed', () => {
  verifies('enforce.fail-closed');
  const everything = networks('0.0.0.0/0', '::/0');
  const spelt = [
    '::7f00:1',
    '::ffff:0:10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::a9fe:a9fe',
    '64:ff9b:1:a9fe:a9:fe00::',
    '64:ff9b:1:a9:fe:a9fe::',
    '64:ff9b:1:0:a9:fea9:fe00:0',
    '2002:a9fe:a9fe::1',
    '2002:c0a8:101::1',
    '2001:0:808:808::5601:5601',
    '2001:0:a00:1::f7f7:f7f7',
    '2606:4700::5efe:10.0.0.1',
    '2606:4700::200:5efe:169.254.169.254',
  ];
  for (const address of spelt) assert.equal(mayReach(address, everything), false, address);
  const fine = ['64:ff9b::8.8.8.8', '64:ff9b:1::8.8.8.8', '2002:808:808::1', '::1', 'fd12::1'];
  for (const address of fine) assert.equal(mayReach(address, everything), true, address);
  for (const address of ['::ffff:10.0.0.1', '::127.0.0.1']) {
    assert.equal(mayReach(address, networks('::/0')), false, `${address} is one of IPv4`);
  }
  assert.equal(mayReach('::ffff:10.0.0.1', networks('10.0.0.0/8')), true);
});

test('egress: a name that leads inwards is refused before anything is sent', async () => {
  const seen: string[] = [];
  const at = (...addresses: string[]): Resolve => {
    return (name) => {
      seen.push(name);
      return Promise.resolve(addresses.map((address) => ({ address, family: 4 })));
    };
  };
  assert.equal(await faultAt('http://inside.example/', at('169.254.169.254')), 'refused-address');
  assert.equal(await faultAt('http://both.example/', at('8.8.8.8', '10.0.0.1')), 'refused-address');
  assert.equal(await faultAt('http://none.example/', at()), 'unresolved');
  assert.deepEqual(seen, ['inside.example', 'both.example', 'none.example']);
});

test('egress: every spelling of a private address is refused', async () => {
  const resolve: Resolve = () => Promise.reject(new Error('nothing is looked up'));
  for (const host of ['127.0.0.1', '0x7f.1', '2130706433', '017700000001', '[::1]', '127.1']) {
    assert.equal(await faultAt(`http://${host}/`, resolve), 'refused-address', host);
  }
  for (const url of ['ftp://example.org/', 'file:///etc/passwd', 'http://a:b@example.org/', 'x']) {
    assert.equal(await faultAt(url, resolve), 'bad-url', url);
  }
});

test('egress: a name is looked up once, so it cannot change once it was checked', async () => {
  await withServer(async (egressOf, port) => {
    let count = 0;
    const resolve: Resolve = () => {
      count += 1;
      const address = count === 1 ? '127.0.0.1' : '10.0.0.1';
      return Promise.resolve([{ address, family: 4 }]);
    };
    const egress = egressOf(resolve);
    const answer = await ask(egress, `http://rebinding.example:${port}/close`);
    assert.equal(count, 1);
    assert.ok(answer.ok);
    assert.equal(Buffer.from(answer.value.body).toString(), 'bye');
    // The next connection looks the name up again, and what is found is checked again.
    const later = await ask(egress, `http://rebinding.example:${port}/echo`);
    assert.equal(later.ok ? 'answered' : later.fault, 'refused-address');
  });
});

test('egress: redirects, long and late answers are faults', async () => {
  await withServer(async (egressOf, port) => {
    const egress = egressOf(local);
    const at = (path: string): string => `http://local.example:${port}${path}`;
    assert.equal(fault(await ask(egress, at('/redirect'))), 'redirect');
    assert.equal(fault(await ask(egress, at('/long'))), 'too-large');
    assert.equal(fault(await ask(egress, at('/never'))), 'timeout');
    const refusing = await ask(egress, at('/refuse'));
    assert.equal(refusing.ok && refusing.value.status, 503);
  });
});

test('egress: a fault says whether anything can have left', async () => {
  await withServer(async (egressOf, port, askedForNever) => {
    const egress = egressOf(local);
    const inside = egressOf(() => Promise.resolve([{ address: '10.0.0.1', family: 4 }]));
    const path = (name: string): string => `http://local.example:${port}${name}`;
    assert.deepEqual(sentOf(await ask(inside, path('/echo'))), ['refused-address', false]);
    assert.deepEqual(sentOf(await ask(egress, 'http://local.example:1/')), ['network', false]);
    assert.deepEqual(sentOf(await ask(egress, path('/never'))), ['timeout', true]);
    const cancel = new AbortController();
    const asked = { url: path('/never'), method: 'GET', timeoutMs: 60_000, maxBytes: 10 } as const;
    const running = egress.request({ ...asked, signal: cancel.signal });
    await until(() => askedForNever() === 2);
    cancel.abort();
    assert.deepEqual(sentOf(await running), ['cancelled', true]);
    const never = await egress.request({ ...asked, signal: AbortSignal.abort() });
    assert.deepEqual(sentOf(never), ['cancelled', false]);
  });
});

function sentOf(result: EgressResult): readonly unknown[] {
  return result.ok ? ['answered'] : [result.fault, result.isSent];
}

const local: Resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);

function networks(...texts: readonly string[]): readonly Network[] {
  return texts.flatMap((text) => parseNetwork(text) ?? []);
}

function fault(result: EgressResult): string {
  return result.ok ? 'answered' : result.fault;
}

function ask(egress: Egress, url: string): Promise<EgressResult> {
  const timeoutMs = url.endsWith('/never') ? 500 : 60_000;
  return egress.request({ url, method: 'GET', timeoutMs, maxBytes: 1_000 });
}

async function faultAt(url: string, resolve: Resolve): Promise<string> {
  const egress = makeEgress({ allowed: [], resolve });
  try {
    return fault(await ask(egress, url));
  } finally {
    await egress.close();
  }
}

async function withServer(
  run: (
    egressOf: (resolve: Resolve) => Egress,
    port: number,
    askedForNever: () => number,
  ) => Promise<void>,
): Promise<void> {
  let count = 0;
  const server = createServer((request, response) => {
    if (request.url === '/never') count += 1;
    respond(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server on a port has an address with a port.
  const { port } = server.address() as AddressInfo;
  const made: Egress[] = [];
  try {
    await run(
      (resolve) => {
        const egress = makeEgress({ allowed: networks('127.0.0.1'), resolve });
        made.push(egress);
        return egress;
      },
      port,
      () => count,
    );
  } finally {
    for (const egress of made) await egress.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function respond(request: IncomingMessage, response: ServerResponse): void {
  switch (request.url) {
    case '/redirect':
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
      return;
    case '/long':
      response.end('x'.repeat(2_000));
      return;
    case '/never':
      return;
    case '/refuse':
      response.writeHead(503).end();
      return;
    case '/close':
      response.writeHead(200, { connection: 'close' }).end('bye');
      return;
    default:
      response.end(request.headers.host);
  }
}
