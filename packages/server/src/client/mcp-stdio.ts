import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

import { fewNotes, NOTES_OF_ONE } from '../pep/mcp/few-notes.ts';
import { Gateway } from '../pep/mcp/gateway.ts';
import { LineStream } from '../pep/mcp/line-stream.ts';
import { openRelay } from '../pep/mcp/open-relay.ts';
import type { Relay, RelayBounds } from '../pep/mcp/relay.ts';
import type { StagingServer } from '../pep/mcp/upstream.ts';
import { writeTogether } from '../pep/socket/write-together.ts';
import { endGroup, MOST_UNREAD, serverEnvironment, signalGroup } from './command-upstream.ts';
import type { SocketEnforcement } from './socket-enforcement.ts';

/** A server to be wrapped, and the client's side of it. */
export type StdioOptions = {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly enforcement: SocketEnforcement;
  readonly prefix: string;
  readonly server: string;
  readonly bounds?: Partial<RelayBounds>;
  /** Where staged calls go. */
  readonly staging?: StagingServer | undefined;
  /** The longest message of either side that is read, in bytes. */
  readonly messageBytes: number;
  readonly input: Readable;
  readonly output: Writable;
  /** Told what a person should know; never what a message holds. */
  readonly note: (text: string) => void;
};

/** A wrapped server. */
export type WrappedServer = {
  /** Ends as if the client had gone. */
  readonly stop: () => void;
  /** Resolves with the exit code once everything is settled and the server has ended. */
  readonly done: Promise<number>;
};

// So much that is written and not read stops the reading of the other side.
const UNREAD_BYTES = 1_048_576;

/** Starts a server and puts the gateway between it and the client. */
export function wrapServer(options: StdioOptions): WrappedServer {
  const { command, args, environment, input, output } = options;
  const note = fewNotes(options.note, NOTES_OF_ONE);
  // In a group of its own, so that what it starts ends with it.
  const child = spawn(command, [...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...serverEnvironment(environment) },
    detached: true,
  });
  const relay = relayOf({ ...options, note }, child);
  const gateway = new Gateway(relay);
  const ending = Promise.withResolvers<'client' | 'server'>();
  const exit = exitOf(child, note);
  const reading: Reading = {
    maxBytes: options.messageBytes,
    line: (line) => gateway.fromClient(line),
    tooLong: () => gateway.clientTooLong(options.messageBytes),
    full: () => (child.stdin?.writableLength ?? 0) > UNREAD_BYTES,
    drain: child.stdin,
  };
  // What the pact gives leave for has to be known before either side hears what the other can.
  void relay.inventory.offer([]).then(() => readLines(input, reading));
  readLines(child.stdout, {
    maxBytes: options.messageBytes,
    line: (line) => gateway.fromServer(line),
    tooLong: () => {
      note(`the server sent a message of more than ${options.messageBytes} bytes`);
      gateway.serverTooLong();
    },
    full: () => output.writableLength > UNREAD_BYTES,
    drain: output,
  });
  child.stdin?.on('error', () => undefined);
  output.on('error', () => ending.resolve('client'));
  input.on('end', () => ending.resolve('client'));
  input.on('error', () => ending.resolve('client'));
  void exit.then(() => ending.resolve('server'));
  const { staging } = relay;
  const done = ending.promise.then((who) => {
    return finish({ who, gateway, child, exit, options, staging });
  });
  return { stop: () => ending.resolve('client'), done };
}

function relayOf(options: StdioOptions, child: ChildProcess): Relay {
  const { enforcement, prefix, server, output, note, staging, bounds = {} } = options;
  return openRelay({
    enforcement,
    prefix,
    server,
    bounds,
    staging,
    wires: {
      toClient: (bytes) => writeTogether(output, Buffer.concat([bytes, LINE_FEED])),
      toServer: (bytes) => {
        const { stdin, pid = 0 } = child;
        if ((stdin?.writableLength ?? 0) > MOST_UNREAD) signalGroup(pid, 'SIGKILL');
        else if (stdin?.writable === true) {
          writeTogether(stdin, Buffer.concat([bytes, LINE_FEED]));
        }
      },
      note,
    },
  });
}

const LINE_FEED = Buffer.from('\n');

type Reading = {
  readonly maxBytes: number;
  readonly line: (line: Buffer) => void;
  readonly tooLong: () => void;
  /** Whether the other side has to read first. */
  readonly full: () => boolean;
  readonly drain: Writable | null;
};

function readLines(from: Readable | null, { maxBytes, full, drain, ...listener }: Reading): void {
  if (from === null) return;
  const lines = new LineStream(maxBytes, listener);
  from.on('data', (chunk: Buffer) => {
    lines.take(chunk);
    if (!full()) return;
    from.pause();
    drain?.once('drain', () => from.resume());
  });
}

/** Resolves with the exit code of the server, or with 1 where it cannot be started. */
function exitOf(child: ChildProcess, note: (text: string) => void): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  child.on('error', (cause) => {
    note(`the server cannot be started: ${cause.message}`);
    resolve(1);
  });
  // `close` comes after the last of its output was read.
  child.on('close', (code, signal) => {
    if (code !== 0) note(`the server ended with ${signal ?? code}`);
    resolve(code ?? 1);
  });
  return promise;
}

type Finishing = {
  readonly who: 'client' | 'server';
  readonly gateway: Gateway;
  readonly child: ChildProcess;
  readonly exit: Promise<number>;
  readonly options: StdioOptions;
  readonly staging: Relay['staging'];
};

async function finish(finishing: Finishing): Promise<number> {
  const { who, gateway, child, exit, options, staging } = finishing;
  if (who === 'client') gateway.clientGone();
  void exit.then(() => gateway.serverGone());
  await gateway.settled();
  child.stdin?.end();
  await Promise.all([endGroup(child, exit), staging?.close()]);
  await options.enforcement.close();
  await new Promise<void>((resolve) => options.output.write('', () => resolve()));
  return who === 'server' ? exit : 0;
}
