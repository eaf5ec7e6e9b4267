import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { ConfiguredServer } from '../machine/configured-server.ts';
import { maskedWords } from '../machine/masked.ts';
import { OWN_META } from '../pep/mcp/bridge.ts';
import {
  CODES,
  keyOf,
  parseMessages,
  printError,
  printRequest,
  printResult,
  type Request,
  type RequestId,
  type ResponseBody,
  type RpcError,
} from '../pep/mcp/message.ts';
import type { OpenUpstream, Upstream } from '../pep/mcp/upstream.ts';
import { commandUpstream } from './command-upstream.ts';
import { urlUpstream } from './url-upstream.ts';

/** What a server says of its tools, or why it says nothing. */
export type AskedTools =
  | { readonly ok: true; readonly tools: readonly JsonObject[] }
  | { readonly ok: false; readonly why: string };

/** What asking a server may use. */
export type AskBounds = {
  /** Starts and asks; what is not answered then is told as that. */
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

const MESSAGE_BYTES = 4_194_304;
const MOST_PAGES = 100;
const MOST_TOOLS = 10_000;

/**
 * Starts or reaches a configured server as its client would, and asks it for its tools. It is
 * stopped afterwards. Starting it is an effect: whatever it does at its start, it does.
 */
export async function askTools(
  server: ConfiguredServer,
  { timeoutMs, environment }: AskBounds,
): Promise<AskedTools> {
  const resolved = openerOf(server, environment);
  if (typeof resolved === 'string') return { ok: false, why: resolved };
  const asking = new Asking(resolved);
  const { promise, resolve } = Promise.withResolvers<AskedTools>();
  const why = `did not answer within ${timeoutMs / 1_000} seconds`;
  const timer = setTimeout(() => resolve({ ok: false, why }), timeoutMs);
  try {
    return await Promise.race([asking.tools(), promise]);
  } finally {
    clearTimeout(timer);
    await asking.close();
  }
}

type Opener = { readonly open: OpenUpstream; readonly headers: Readonly<Record<string, string>> };

function openerOf(
  { reach, environment, project }: ConfiguredServer,
  inherited: AskBounds['environment'],
): Opener | string {
  if (reach.kind === 'other') return 'is built into its client';
  const values = new Map(Object.entries(inherited));
  const fill = (text: string): string => filled(text, values, project);
  try {
    if (reach.kind === 'http') {
      const headers = Object.entries(reach.headers).map(([name, value]) => [name, fill(value)]);
      const open = urlUpstream({ url: fill(reach.url), messageBytes: MESSAGE_BYTES });
      return { open, headers: Object.fromEntries(headers) };
    }
    const own = Object.entries(environment).map(([name, value]) => [name, fill(value)]);
    const [command = '', ...args] = (reach.wrapped?.inner ?? reach.words).map(fill);
    const folder = reach.folder ?? project;
    const open = commandUpstream({
      command,
      args,
      environment: { ...withoutOurs(inherited), ...Object.fromEntries(own) },
      messageBytes: MESSAGE_BYTES,
      ...(folder !== null && { folder: fill(folder) }),
    });
    return { open, headers: {} };
  } catch (cause) {
    if (cause instanceof Unknown) return cause.message;
    throw cause;
  }
}

/** A variable that only the client knows. */
class Unknown extends Error {}

function withoutOurs(environment: AskBounds['environment']): AskBounds['environment'] {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith('PLUMBLINE_'));
  return Object.fromEntries(kept);
}

/** Puts in what clients put in for `${…}`: the folder of the project, and their environment. */
function filled(
  text: string,
  environment: ReadonlyMap<string, string | undefined>,
  project: string | null,
): string {
  return text.replaceAll(/\$\{([^}]*)\}/g, (_, asked: string) => {
    if (/^(?:workspaceFolder|workspaceRoot|PROJECT_DIR)$/.test(asked) && project !== null) {
      return project;
    }
    if (asked === 'userHome') return environment.get('HOME') ?? '';
    const [name = '', fallback] = asked.replace(/^env:/, '').split(':-');
    const value = environment.get(name) ?? fallback;
    if (value !== undefined && /^[A-Za-z_]\w*$/.test(name)) return value;
    throw new Unknown(`needs \`\${${asked}}\`, which only its client can put in`);
  });
}

/** A conversation with a server about nothing but its tools. */
class Asking {
  readonly #upstream: Upstream;
  readonly #headers: Opener['headers'];
  readonly #waiting = new Map<string, (body: ResponseBody | string) => void>();
  #gone: string | null = null;
  #count = 0;

  constructor({ open, headers }: Opener) {
    this.#headers = headers;
    this.#upstream = open({
      line: (bytes) => this.#take(bytes),
      tooLong: () => this.#end('said something longer than is read'),
      gone: (why) => this.#end(`ended before it answered (${why})`),
      waitsFor: (id) => this.#waiting.has(keyOf(id)),
      lost: (id, why) => this.#lose(id, `does not answer (${why})`),
    });
  }

  async tools(): Promise<AskedTools> {
    const legacy = await this.#ask('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'plumbline', version: '0.0.0' },
    });
    if (typeof legacy === 'string') return { ok: false, why: legacy };
    const isLegacy = legacy.kind === 'result';
    if (isLegacy) this.#send(printRequest('notifications/initialized', {}));
    return this.#list(isLegacy ? {} : { _meta: OWN_META });
  }

  async #list(meta: JsonObject): Promise<AskedTools> {
    const tools: JsonObject[] = [];
    let cursor: Json | undefined;
    for (let page = 0; page < MOST_PAGES && tools.length < MOST_TOOLS; page += 1) {
      const body = await this.#ask('tools/list', cursor === undefined ? meta : { ...meta, cursor });
      if (typeof body === 'string') return { ok: false, why: body };
      if (body.kind === 'error') return { ok: false, why: refusalOf(body.error) };
      const listed = body.result['tools'];
      if (Array.isArray(listed)) tools.push(...listed.filter(isJsonObject));
      cursor = body.result['nextCursor'];
      if (typeof cursor !== 'string') break;
    }
    return { ok: true, tools };
  }

  #ask(method: string, params: JsonObject): Promise<ResponseBody | string> {
    if (this.#gone !== null) return Promise.resolve(this.#gone);
    this.#count += 1;
    const { promise, resolve } = Promise.withResolvers<ResponseBody | string>();
    this.#waiting.set(keyOf(this.#count), resolve);
    this.#send(printRequest(method, params, this.#count));
    return promise;
  }

  #send(bytes: Buffer): void {
    this.#upstream.send(bytes, this.#headers);
  }

  #take(bytes: Buffer): void {
    const parsed = parseMessages(bytes);
    for (const message of parsed.ok ? parsed.messages : []) {
      if (message.kind === 'request') this.#answer(message);
      if (message.kind !== 'response') continue;
      this.#waiting.get(keyOf(message.id))?.(message.body);
      this.#waiting.delete(keyOf(message.id));
    }
  }

  /** Nothing is offered to a server that is only asked. */
  #answer({ id, method }: Request): void {
    const message = `\`${method}\` is not offered here`;
    const isPing = method === 'ping';
    this.#send(
      isPing ? printResult(id, {}) : printError(id, { code: CODES.methodNotFound, message }),
    );
  }

  #lose(id: RequestId, why: string): void {
    this.#waiting.get(keyOf(id))?.(why);
    this.#waiting.delete(keyOf(id));
  }

  #end(why: string): void {
    this.#gone ??= why;
    for (const resolve of this.#waiting.values()) resolve(why);
    this.#waiting.clear();
  }

  close(): Promise<void> {
    return this.#upstream.close();
  }
}

/** What a stranger says is cut, and nothing of it moves the cursor or shows a key. */
function refusalOf({ code, message }: RpcError): string {
  const words = message
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 120)
    .split(' ');
  return `refuses: ${maskedWords(words).join(' ')} (${code})`;
}
