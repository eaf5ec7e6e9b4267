import type http from 'node:http';
import net from 'node:net';

import type { Api } from '../../routes/api.ts';
import { FrameConnection } from './frame-connection.ts';

const OPENING_BRACE = 0x7b;

/** How long a connection may stay without saying anything, in ms. */
const SILENCE_MS = 10_000;

/** How many connections the socket takes. */
const MAX_CONNECTIONS = 1_000;

/** The daemon's socket: who connects speaks frames or HTTP, and says which by the first byte. */
export type SocketServer = {
  readonly server: net.Server;
  /** Takes no more frames, and ends every connection that waits for nothing. */
  readonly stop: () => void;
  /** Ends every connection, whatever it is doing. */
  readonly endAll: () => void;
};

/** Returns a server that hands HTTP on to another and answers frames itself. */
export function createSocketServer(api: Api, server: http.Server): SocketServer {
  const sockets = new Set<net.Socket>();
  const frames = new Set<FrameConnection>();
  /** Those that have not said yet what they speak. */
  const silent = new Set<net.Socket>();
  // A server that does not listen itself follows its connections, and ends those that take too long
  // over a request, only once it is told that it listens.
  server.emit('listening');
  const accept = (socket: net.Socket): void => {
    sockets.add(socket);
    silent.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      silent.delete(socket);
    });
    // A peer that goes away in the middle is its own affair; what it asked is answered to nobody.
    socket.on('error', () => socket.destroy());
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    socket.once('data', (chunk: Buffer) => {
      silent.delete(socket);
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.pause();
      socket.unshift(chunk);
      if (chunk[0] !== OPENING_BRACE) {
        server.emit('connection', socket);
        // Its parser is told of the first bytes only once the socket flows again.
        process.nextTick(() => socket.resume());
        return;
      }
      const connection = new FrameConnection(api, socket);
      frames.add(connection);
      socket.on('close', () => frames.delete(connection));
      socket.resume();
    });
  };
  const listening = net.createServer({ allowHalfOpen: true }, accept);
  listening.maxConnections = MAX_CONNECTIONS;
  return {
    server: listening,
    stop: () => {
      for (const connection of frames) connection.stop();
      for (const socket of silent) socket.destroy();
      // It stops following them, and ends those that wait for nothing.
      server.close();
    },
    endAll: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
