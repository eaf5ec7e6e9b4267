import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { faultInTaskRequest, NO_TASK } from './answer-task.ts';
import { answerInputs, type InputAnswering } from './answer-inputs.ts';
import type { Branch, SteppedUp } from './branch.ts';
import { wholeList } from './branch.ts';
import { listResult, OWN_META, toClient, toServer } from './bridge.ts';
import type { Enforcement } from './enforcement.ts';
import { CODES, type Request, type ResponseBody, type RpcError } from './message.ts';
import { CLIENT_REQUESTS, type Era, LEGACY, MODERN, rowOf } from './methods.ts';
import type { ParamHeader } from './param-headers.ts';
import { refusalResult, unknownMethod } from './refusal.ts';
import { refusalOf } from './relay.ts';
import { renameRelated, renameTask, TASKS_EXTENSION } from './task-shape.ts';

/** Between a namespace and a name, where a client sees both: dots are no letters of tool names. */
const SEAM = '__';

/** What several servers are made one with. */
export type AggregateOptions = {
  readonly branches: readonly Branch[];
  readonly enforcement: Enforcement;
  readonly makeId: () => string;
};

/** Who is told of the way of a request: to which server it goes, and that it waits for people. */
export type Told = {
  readonly goesTo: (branch: Branch) => void;
  readonly steppedUp: SteppedUp;
  readonly ask: (branch: Branch, question: Question) => Promise<ResponseBody>;
  /** What a client with a handshake declared that it can be asked. */
  readonly capabilities: JsonObject;
};

type Question = Parameters<InputAnswering['ask']>[0];

/** A request that is being answered. */
export type Answering = {
  readonly answer: Promise<ResponseBody>;
  /** Ends it, as far as it can be ended. */
  readonly cancel: () => void;
};

/** Several servers that look like one to a client, each under a namespace. */
export class Aggregate {
  readonly #branches: readonly Branch[];
  readonly #enforcement: Enforcement;
  readonly #makeId: () => string;
  readonly #owners = new Map<string, Branch>();

  constructor({ branches, enforcement, makeId }: AggregateOptions) {
    this.#branches = branches;
    this.#enforcement = enforcement;
    this.#makeId = makeId;
  }

  /** Answers a request of the client. */
  answer(request: Request, era: Era, told: Told): Answering {
    const cancels: (() => void)[] = [];
    const answer = this.#answer({ request, era, cancels, told });
    return { answer, cancel: () => cancels.forEach((cancel) => cancel()) };
  }

  /** Returns which arguments of a tool a client says in headers as well. */
  async paramHeaders(name: string): Promise<readonly ParamHeader[]> {
    const found = this.#split(name);
    return found === null ? [] : found.branch.paramHeaders(found.own);
  }

  async #answer(asked: Asked): Promise<ResponseBody> {
    const { request, era } = asked;
    if (rowOf(CLIENT_REQUESTS[era], request.method) === undefined) {
      return failed(unknownMethod(request.method, 'the gateway does not know this method'));
    }
    switch (request.method) {
      case 'initialize':
        return done(this.#introduction(request));
      case 'server/discover':
        return done({ resultType: 'complete', ...this.#discovery() });
      case 'ping':
        return done({});
      case 'tools/list':
        return done(await this.#listTools(era));
      case 'tools/call':
        return this.#callTool(asked);
      case 'prompts/list':
        return done(await this.#listPrompts(era));
      case 'prompts/get':
        return this.#named(asked);
      case 'resources/list':
        return done(await this.#listOwned(era, 'resources/list', ['resources', 'uri']));
      case 'resources/templates/list': {
        const keys = ['resourceTemplates', 'uriTemplate'] as const;
        return done(await this.#listOwned(era, 'resources/templates/list', keys));
      }
      case 'resources/read':
      case 'resources/subscribe':
      case 'resources/unsubscribe':
        return this.#owned(asked);
      case 'completion/complete':
        return this.#complete(asked);
      case 'logging/setLevel':
        return this.#tellAll(asked);
      case 'tasks/list':
        return this.#listTasks(asked);
      case 'tasks/get':
      case 'tasks/result':
      case 'tasks/update':
      case 'tasks/cancel':
        return this.#task(asked);
      default:
        return failed(unknownMethod(request.method, 'the gateway does not know this method'));
    }
  }

  #up(): readonly Branch[] {
    return this.#branches.filter(({ isUp }) => isUp);
  }

  #capabilities(era: Era): JsonObject {
    const names = ['tools', 'resources', 'prompts', 'completions', 'logging'];
    const has = (name: string): boolean =>
      this.#up().some(({ capabilities }) => isJsonObject(capabilities[name] ?? null));
    const kept = names.filter((name) => name === 'tools' || has(name));
    const shown = kept.map((name): [string, JsonObject] => [
      name,
      name === 'tools' ? { listChanged: true } : {},
    ]);
    return { ...Object.fromEntries(shown), ...this.#tasksFor(era) };
  }

  // A task is for clients of the era of its server: to the other it would be another thing.
  #tasksFor(era: Era): JsonObject {
    const own = this.#up().filter((branch) => branch.era === era);
    if (era === 'modern') {
      const extended = own.some(({ capabilities }) => 'extensions' in capabilities);
      return extended ? { extensions: { [TASKS_EXTENSION]: {} } } : {};
    }
    const given = own.flatMap(({ capabilities: { tasks } }) =>
      tasks === undefined ? [] : [tasks],
    );
    return given.length === 0 ? {} : { tasks: Object.assign({}, ...given) };
  }

  #introduction({ params }: Request): JsonObject {
    const asked = params['protocolVersion'];
    const protocolVersion = LEGACY.find((known) => known === asked) ?? '2025-11-25';
    return { protocolVersion, capabilities: this.#capabilities('legacy'), serverInfo: SERVER };
  }

  #discovery(): JsonObject {
    return {
      supportedVersions: [...MODERN],
      capabilities: this.#capabilities('modern'),
      _meta: { 'io.modelcontextprotocol/serverInfo': SERVER },
      ttlMs: 0,
      cacheScope: 'private',
    };
  }

  async #listTools(era: Era): Promise<JsonObject> {
    const lists = this.#up().map((branch) => this.#renamed(branch, 'tools/list', 'tools'));
    return listResult('tools', (await Promise.all(lists)).flat(), era);
  }

  async #listPrompts(era: Era): Promise<JsonObject> {
    const lists = this.#up().map((branch) => this.#renamed(branch, 'prompts/list', 'prompts'));
    return listResult('prompts', (await Promise.all(lists)).flat(), era);
  }

  async #renamed(branch: Branch, method: string, name: string): Promise<readonly Json[]> {
    const items = await wholeList(branch, { method, name, params: metaFor(branch) });
    return items.flatMap((item) => {
      const own = isJsonObject(item) ? item['name'] : undefined;
      if (typeof own !== 'string' || !isJsonObject(item)) return [];
      if (branch.isPlain) return [item];
      return [{ ...item, name: `${branch.namespace}${SEAM}${own}` }];
    });
  }

  async #listOwned(
    era: Era,
    method: string,
    [name, key]: readonly [string, string],
  ): Promise<JsonObject> {
    const lists = this.#up().map(async (branch) => {
      const items = await wholeList(branch, { method, name, params: metaFor(branch) });
      for (const item of items) this.#own(branch, isJsonObject(item) ? item[key] : undefined);
      return items;
    });
    return listResult(name, (await Promise.all(lists)).flat(), era);
  }

  #own(branch: Branch, uri: Json | undefined): void {
    if (typeof uri === 'string' && this.#owners.size < MOST_OWNED) this.#owners.set(uri, branch);
  }

  async #callTool(asked: Asked): Promise<ResponseBody> {
    const { request, era } = asked;
    const { name } = request.params;
    if (typeof name !== 'string') return failed(INVALID_NAME);
    const found = this.#split(name);
    if (found !== null) {
      const body = await this.#pass(asked, { ...found, member: 'name' });
      return namesTask(asked, body) ? done(renameTask(body.result, namerOf(found.branch))) : body;
    }
    return this.#strayCall(request, { name, era });
  }

  // What no server has is decided and recorded like any other call, and can only be refused.
  async #strayCall(
    { params }: Request,
    { name, era }: { readonly name: string; readonly era: Era },
  ): Promise<ResponseBody> {
    const { arguments: given = {} } = params;
    const tool = name.replace(SEAM, '.').slice(0, 200);
    const args = isJsonObject(given) ? given : {};
    const said = await this.#enforcement.decide({ request: this.#makeId(), tool, args });
    if (!said.ok) {
      const refusal = refusalOf('unavailable', said.message, { tool });
      return done(refusalResult(refusal, era));
    }
    const { decision, permit, say, rules } = said.value;
    if (permit !== null) {
      await this.#enforcement.report({ decision, status: 'not_sent', result: null });
    }
    const refusal =
      permit === null
        ? refusalOf('denied', say ?? 'the pact does not allow it', { tool, decision, rules })
        : refusalOf('not-listed', `no server lists \`${tool}\``, { tool, decision });
    return done(refusalResult(refusal, era));
  }

  #split(name: string): { readonly branch: Branch; readonly own: string } | null {
    const at = name.indexOf(SEAM);
    const named = this.#branches.find(({ namespace, isPlain }) => {
      return at > 0 && !isPlain && namespace === name.slice(0, at);
    });
    if (named !== undefined) return { branch: named, own: name.slice(at + SEAM.length) };
    const plain = this.#branches.find(({ isPlain }) => isPlain);
    return plain === undefined ? null : { branch: plain, own: name };
  }

  async #named(asked: Asked): Promise<ResponseBody> {
    const { name } = asked.request.params;
    const found = typeof name === 'string' ? this.#split(name) : null;
    return found === null ? failed(INVALID_NAME) : this.#pass(asked, { ...found, member: 'name' });
  }

  async #owned(asked: Asked): Promise<ResponseBody> {
    const { uri } = asked.request.params;
    const branch = typeof uri === 'string' ? this.#ownerOf(uri) : undefined;
    if (branch === undefined)
      return failed({ code: CODES.invalidParams, message: 'no such resource' });
    return this.#pass(asked, { branch });
  }

  #ownerOf(uri: string): Branch | undefined {
    const owner = this.#owners.get(uri);
    if (owner !== undefined) return owner;
    for (const [template, branch] of this.#owners) {
      const [fixed = ''] = template.split('{', 1);
      if (template.includes('{') && fixed !== '' && uri.startsWith(fixed)) return branch;
    }
    const reading = this.#up().filter(({ relay }) => relay.inventory.mayUse('resources.read'));
    return reading.length === 1 ? reading[0] : undefined;
  }

  async #complete(asked: Asked): Promise<ResponseBody> {
    const ref: JsonObject = Object(asked.request.params['ref']);
    const { name, uri } = ref;
    if (typeof uri === 'string') {
      const branch = this.#ownerOf(uri);
      return branch === undefined ? failed(INVALID_NAME) : this.#pass(asked, { branch });
    }
    const found = typeof name === 'string' ? this.#split(name) : null;
    if (found === null) return failed(INVALID_NAME);
    const params = { ...asked.request.params, ref: { ...ref, name: found.own } };
    return this.#pass({ ...asked, request: { ...asked.request, params } }, found);
  }

  /** Returns the server and its own name of a task, by the name a client has for it. */
  ownerOfTask(name: Json | undefined): { readonly branch: Branch; readonly own: string } | null {
    if (typeof name !== 'string') return null;
    const at = name.indexOf(SEAM);
    const branch = this.#branches.find(
      ({ namespace }) => at > 0 && namespace === name.slice(0, at),
    );
    return branch === undefined ? null : { branch, own: name.slice(at + SEAM.length) };
  }

  async #task(asked: Asked): Promise<ResponseBody> {
    const { request, era } = asked;
    const fault = faultInTaskRequest(request, era);
    if (fault !== null) return failed(fault);
    const found = this.ownerOfTask(request.params['taskId']);
    if (found === null || found.branch.era !== era) return failed(NO_TASK);
    const body = await this.#pass(asked, { ...found, member: 'taskId' });
    if (body.kind === 'error') return body;
    const name = namerOf(found.branch);
    const isContent = request.method === 'tasks/result';
    return done((isContent ? renameRelated : renameTask)(body.result, name));
  }

  async #listTasks({ request, era }: Asked): Promise<ResponseBody> {
    const own = this.#up().filter((branch) => {
      return branch.era === era && 'list' in Object(branch.capabilities['tasks']);
    });
    if (own.length === 0) return failed(unknownMethod(request.method, 'no server lists tasks'));
    const lists = own.map(async (branch) => {
      const items = await wholeList(branch, { method: 'tasks/list', name: 'tasks', params: {} });
      return items.map((item) => renameTask(Object(item), namerOf(branch)));
    });
    return done({ tasks: (await Promise.all(lists)).flat() });
  }

  async #tellAll(asked: Asked): Promise<ResponseBody> {
    const legacy = this.#up().filter(({ era, capabilities }) => {
      return era === 'legacy' && isJsonObject(capabilities['logging'] ?? null);
    });
    await Promise.all(legacy.map((branch) => this.#pass(asked, { branch })));
    return done({});
  }

  async #pass(
    { request, era, cancels, told }: Asked,
    to: { readonly branch: Branch; readonly own?: string; readonly member?: 'name' | 'taskId' },
  ): Promise<ResponseBody> {
    const { branch, own, member } = to;
    const named = member === undefined ? {} : { [member]: own ?? '' };
    const eras = branch.erasWith(era);
    const params = toServer({ ...request.params, ...named }, eras, told.capabilities);
    told.goesTo(branch);
    const send = (more: JsonObject): Promise<ResponseBody> => {
      const asked = { ...params, ...more };
      const { answer, cancel } = branch.ask(request.method, asked, told.steppedUp);
      cancels.push(cancel);
      return answer;
    };
    const first = await send({});
    const isOlder = eras.client === 'legacy' && eras.server === 'modern';
    const ask = (question: Question): Promise<ResponseBody> => told.ask(branch, question);
    return toClient(
      isOlder ? await answerInputs(first, { send, ask }) : first,
      eras,
      request.method,
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#branches.map((branch) => branch.close()));
  }
}

type Asked = {
  readonly request: Request;
  readonly era: Era;
  readonly cancels: (() => void)[];
  readonly told: Told;
};

const MOST_OWNED = 10_000;
const SERVER = { name: 'plumbline', version: '0.0.0' };
const INVALID_NAME: RpcError = { code: CODES.invalidParams, message: 'no server has this name' };

/** Returns what a client calls the tasks of a server: two servers may have the same names. */
export function namerOf({ namespace }: Branch): (id: string) => string {
  return (id) => `${namespace}${SEAM}${id}`;
}

function namesTask(
  { request, era }: Asked,
  body: ResponseBody,
): body is Extract<ResponseBody, { readonly kind: 'result' }> {
  if (body.kind === 'error') return false;
  if (era === 'modern') return body.result['resultType'] === 'task';
  return request.params['task'] !== undefined && 'task' in body.result;
}

function metaFor({ era }: Branch): JsonObject {
  return era === 'modern' ? { _meta: OWN_META } : {};
}

function done(result: JsonObject): ResponseBody {
  return { kind: 'result', result };
}

function failed(error: RpcError): ResponseBody {
  return { kind: 'error', error };
}
