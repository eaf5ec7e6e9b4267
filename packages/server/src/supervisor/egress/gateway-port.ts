import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Server } from 'node:net';

import type { Duplex } from 'node:stream';

/** Which agent's gateway is behind the port, and in which session. */
export type GatewayParts = {
  /** The daemon's socket. */
  readonly socket: string;
  readonly agent: string;
  readonly session: string;
  /** Is told of each request for something else. */
  readonly refused: (path: string) => void;
};

/** The gateway as a sandbox reaches it. */
export type GatewayPort = {
  readonly serve: (port: Server) => void;
  readonly cut: () => void;
};

const METHODS: readonly string[] = ['GET', 'POST', 'DELETE'];
/** What a client of MCP says; who asks, and in which session, is not the agent's to say. */
const PASSED = [
  'accept',
  'content-type',
  'content-length',
  'transfer-encoding',
  'last-event-id',
  'mcp-session-id',
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
  'user-agent',
];
const PASSED_PREFIX = 'mcp-param-';

/**
 * Returns a port that leads to one agent's MCP address at the daemon and nowhere else: on the
 * daemon's socket its own user may do everything, so nothing of that socket is shown inside.
 */
export function makeGatewayPort({ socket, agent, session, refused }: GatewayParts): GatewayPort {
  const sockets = new Set<Duplex>();
  let isCut = false;
  const path = `/mcp/${agent}`;
  const server = createServer((asked, answer) => {
    const isOurs = asked.url === path && METHODS.includes(asked.method ?? '');
    if (!isOurs) refused(asked.url ?? '');
    if (!isOurs || isCut) return refuse(answer, path);
    const headers = { ...passed(asked), host: 'localhost', 'plumbline-session': session };
    const sent = request({ socketPath: socket, method: asked.method ?? 'GET', path, headers });
    sent.on('response', (reply) => {
      const { connection: _, ...kept } = reply.headers;
      answer.writeHead(reply.statusCode ?? 502, kept);
      reply.pipe(answer);
    });
    sent.on('error', () => {
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(503, { 'content-type': 'text/plain' }).end('the daemon is away\n');
    });
    answer.once('close', () => sent.destroy());
    asked.pipe(sent);
  });
  server.on('connection', (each: Duplex) => {
    sockets.add(each);
    each.once('close', () => sockets.delete(each));
  });
  return {
    serve: (port) => {
      port.on('connection', (each) => {
        if (isCut) each.destroy();
        else server.emit('connection', each);
      });
    },
    cut: () => {
      isCut = true;
      for (const each of sockets) each.destroy();
    },
  };
}

function passed({ headers }: IncomingMessage): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    const isPassed = PASSED.includes(name) || name.startsWith(PASSED_PREFIX);
    if (isPassed && value !== undefined) kept[name] = value;
  }
  return kept;
}

function refuse(answer: ServerResponse, path: string): void {
  answer.writeHead(403, { 'content-type': 'text/plain' });
  answer.end(`plumbline: ${path} alone is reached here\n`);
}
