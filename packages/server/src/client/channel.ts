import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { SocketClient, type SocketAnswer } from '../pep/socket/socket-client.ts';
import {
  type Asked,
  ClientError,
  type DaemonClient,
  openClient,
  type Target,
} from './daemon-client.ts';

/** What an enforcement point asks a daemon for. */
export type ChannelOperation =
  'decide' | 'outcome' | 'lease' | 'renew' | 'acknowledge' | 'stops' | 'give-up';

/** One way to a daemon, for one agent: its socket or HTTP. `ask` never rejects. */
export type Channel = {
  readonly ask: (op: ChannelOperation, members: JsonObject) => Promise<SocketAnswer>;
  readonly close: () => void;
};

/** Opens a way to a daemon; rejects when nobody listens there. */
export async function openChannel(target: Target, agent: string): Promise<Channel> {
  return target.kind === 'socket' ? socketChannel(target.path, agent) : httpChannel(target, agent);
}

async function socketChannel(path: string, agent: string): Promise<Channel> {
  const client = await SocketClient.connect(path);
  return {
    ask: (op, members) => client.ask(op, { ...members, agent }),
    close: () => client.close(),
  };
}

function httpChannel(target: Target, agent: string): Channel {
  const client = openClient(target);
  return {
    ask: async (op, members) => {
      const first = await askOnce(client, askedOf(op, agent, members));
      // A connection that was kept may have ended just then; everything here may be sent again.
      const isLost = !first.ok && first.code === 'unavailable';
      return isLost ? askOnce(client, askedOf(op, agent, members)) : first;
    },
    close: () => void client.close().catch(() => undefined),
  };
}

async function askOnce(client: DaemonClient, asked: Asked): Promise<SocketAnswer> {
  try {
    const value = await client.ask(asked);
    if (isJsonObject(value)) return { ok: true, value };
    return { ok: false, code: 'unavailable', message: 'the answer is no object' };
  } catch (cause) {
    if (!(cause instanceof ClientError)) throw cause;
    return { ok: false, code: codeOf(cause), message: cause.message };
  }
}

function codeOf({ code }: ClientError): string {
  return code === 'unreachable' || code === 'not-running' ? 'unavailable' : code;
}

function askedOf(op: ChannelOperation, agent: string, members: JsonObject): Asked {
  const base = `/api/v1/agents/${agent}`;
  const { lease, ...rest } = members;
  const leased = `${base}/leases/${textOf(lease)}`;
  const post = (path: string, body: JsonObject): Asked => ({ method: 'POST', path, body });
  switch (op) {
    case 'decide':
      return post(`${base}/actions/decide`, members);
    case 'outcome':
      return post(`${base}/outcomes`, members);
    case 'lease':
      return post(`${base}/leases`, members);
    case 'renew':
    case 'acknowledge':
    case 'give-up':
      return post(`${leased}/${op}`, rest);
    case 'stops': {
      const query = `after=${textOf(rest['after'])}&waitMs=${textOf(rest['waitMs'])}`;
      return { method: 'GET', path: `${leased}/stops?${query}` };
    }
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
