import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { plainHost } from '../../egress/allow-list.ts';
import { judgeHost, type Reach, type RefusedWhy } from './judge-host.ts';
import { nameGate, OtherName, UnseenName } from './name-gate.ts';

/** One attempt to reach something. `how`: a tunnel, or one plain request. */
export type ConnectionSeen = {
  readonly host: string;
  readonly port: number;
  readonly how: 'connect' | 'http';
  readonly verdict: 'allowed' | 'refused';
  readonly why: RefusedWhy | null;
};

/** What the proxy works with. */
export type ProxyParts = {
  readonly reach: Reach;
  /** Resolves with whether it was recorded: nothing is connected before, or without. */
  readonly seen: (connection: ConnectionSeen) => Promise<boolean>;
};

/** The one way out of a sandbox. */
export type Proxy = {
  /** Serves what comes to a port. */
  readonly serve: (port: Server) => void;
  /** How many connections leave through it now. */
  readonly open: () => number;
  /** Cuts every connection and takes no other. */
  readonly cut: () => void;
};

const CONNECT_MS = 15_000;
const MOST_OPEN = 256;
/** What concerns the two ends of one connection alone. Source: RFC 9110, section 7.6.1. */
const HOP_HEADERS = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Returns a proxy that lets through what a list names, and records every attempt first. */
export function makeProxy(parts: ProxyParts): Proxy {
  const sockets = new Set<Duplex>();
  let isCut = false;
  const keep = (socket: Duplex): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  };
  const outward = new Set<Socket>();
  const way: Way = {
    ask: async (attempt) => {
      if (isCut || outward.size >= MOST_OPEN) return { ok: false, why: 'ended' };
      return judge(parts, attempt);
    },
    note: (attempt, why) => void parts.seen({ ...attempt, verdict: 'refused', why }),
    open: (address, port) => {
      if (isCut) return null;
      const socket = connect({ host: address, port, timeout: CONNECT_MS });
      socket.once('connect', () => socket.setTimeout(0));
      socket.once('timeout', () => socket.destroy());
      outward.add(socket);
      socket.once('close', () => outward.delete(socket));
      keep(socket);
      return socket;
    },
  };
  const server = createServer(
    (asked, answer) => void plain(way, asked, answer).catch(ignore(answer)),
  );
  server.on('connect', (asked: IncomingMessage, socket: Socket, head: Buffer) => {
    void tunnel(way, { asked, socket, head }).catch(() => socket.destroy());
  });
  server.on('connection', keep);
  return {
    serve: (port) => {
      port.on('connection', (socket) => {
        if (isCut) socket.destroy();
        else server.emit('connection', socket);
      });
    },
    open: () => outward.size,
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

type Attempt = Pick<ConnectionSeen, 'host' | 'port' | 'how'>;

type Way = {
  readonly ask: (attempt: Attempt) => ReturnType<typeof judgeHost>;
  readonly open: (address: string, port: number) => Socket | null;
  /** Records what was let through and turned out to be something else. */
  readonly note: (attempt: Attempt, why: RefusedWhy) => void;
};

async function judge(
  { reach, seen }: ProxyParts,
  attempt: Attempt,
): Promise<Awaited<ReturnType<typeof judgeHost>>> {
  const judged = await judgeHost(reach, attempt.host, attempt.port);
  const verdict = judged.ok ? 'allowed' : 'refused';
  const isRecorded = await seen({ ...attempt, verdict, why: judged.ok ? null : judged.why });
  return judged.ok && !isRecorded ? { ok: false, why: 'unrecorded' } : judged;
}

async function tunnel(
  way: Way,
  {
    asked,
    socket,
    head,
  }: { readonly asked: IncomingMessage; readonly socket: Socket; readonly head: Buffer },
): Promise<void> {
  socket.on('error', () => socket.destroy());
  const place = /^(?<host>.+):(?<port>[0-9]{1,5})$/.exec(asked.url ?? '')?.groups;
  const port = Number(place?.['port']);
  if (place === undefined || port < 1 || port > 65_535)
    return refuseTunnel(socket, 400, 'not-listed');
  const attempt = { host: plainHost(place['host'] ?? ''), port, how: 'connect' } as const;
  const judged = await way.ask(attempt);
  if (!judged.ok) return refuseTunnel(socket, 403, judged.why);
  const far = await reachFirst(way, judged.addresses, port);
  if (far === null || socket.destroyed) {
    far?.destroy();
    return refuseTunnel(socket, 502, 'unresolved');
  }
  socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  const gate = nameGate(attempt.host);
  gate.once('error', (cause) => {
    if (cause instanceof OtherName) way.note(attempt, 'other-name');
    if (cause instanceof UnseenName) way.note(attempt, 'unseen-name');
    far.destroy();
    socket.destroy();
  });
  if (head.length > 0) gate.write(head);
  socket.pipe(gate).pipe(far).pipe(socket);
  socket.once('close', () => far.destroy());
  // What came last is still handed on, however slowly the agent reads it.
  far.once('close', () => socket.destroySoon());
}

async function reachFirst(
  way: Way,
  addresses: readonly string[],
  port: number,
): Promise<Socket | null> {
  for (const address of addresses.slice(0, 4)) {
    const socket = way.open(address, port);
    if (socket === null) return null;
    const isConnected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('close', () => resolve(false));
    });
    if (isConnected) return socket;
  }
  return null;
}

async function plain(way: Way, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  const url = URL.parse(asked.url ?? '');
  if (url === null || url.protocol !== 'http:') {
    return refusePlain(answer, 400, 'this is a proxy: ask it for an http address, or CONNECT');
  }
  const port = url.port === '' ? 80 : Number(url.port);
  const judged = await way.ask({ host: plainHost(url.hostname), port, how: 'http' });
  if (!judged.ok) return refusePlain(answer, 403, saysOf(judged.why));
  const far = await reachFirst(way, judged.addresses, port);
  if (far === null) return refusePlain(answer, 502, 'the host cannot be reached');
  const { method = 'GET' } = asked;
  const headers = Object.fromEntries(
    Object.entries(asked.headers).filter(([name]) => !HOP_HEADERS.includes(name)),
  );
  const sent = request({
    createConnection: () => far,
    method,
    path: `${url.pathname}${url.search}`,
    // The name that was judged, whatever the request says beside it.
    headers: { ...headers, host: url.host, connection: 'close' },
  });
  sent.on('response', (reply) => {
    const kept = Object.entries(reply.headers).filter(([name]) => !HOP_HEADERS.includes(name));
    answer.writeHead(reply.statusCode ?? 502, Object.fromEntries(kept));
    reply.pipe(answer);
  });
  sent.on('error', () => answer.destroy());
  answer.once('close', () => far.destroy());
  asked.pipe(sent);
}

const SAYS: Readonly<Record<RefusedWhy, string>> = {
  'not-listed': 'the host is not on the list of this agent',
  'other-name': 'the first bytes are for another host than the one that was asked for',
  'unseen-name': 'HTTP/2 without TLS names a host in every request: use TLS, or HTTP/1.1',
  address: 'addresses are reached by name, or where the list names them',
  unresolved: 'the host has no address, or none that answers',
  'not-public': 'the host is at an address that is not public',
  metadata: 'the host is at an address where machines give out credentials',
  unrecorded: 'it could not be recorded, so it is not done',
  ended: 'the agent was stopped, or has too many connections',
};

function saysOf(why: RefusedWhy): string {
  return `plumbline refused this connection: ${SAYS[why]}`;
}

function refuseTunnel(socket: Socket, status: 400 | 403 | 502, why: RefusedWhy): void {
  const body = `${saysOf(why)}\n`;
  const head = ['Content-Type: text/plain', `Content-Length: ${body.length}`, 'Connection: close'];
  socket.end(`HTTP/1.1 ${status} Refused\r\n${head.join('\r\n')}\r\n\r\n${body}`);
}

function refusePlain(answer: ServerResponse, status: number, body: string): void {
  answer.writeHead(status, { 'content-type': 'text/plain', connection: 'close' });
  answer.end(`${body}\n`);
}

function ignore(answer: ServerResponse): () => void {
  return () => answer.destroy();
}
