import createClient, { type Client } from 'openapi-fetch';

import type { paths } from '../../generated/api-types.ts';
import { ApiProblem, AWAY, readProblem } from './problem.ts';
import { shownSignIn } from './shown-sign-in.ts';

/** The typed client of the daemon. Nothing outside this folder asks the network. */
export const api: Client<paths> = createClient<paths>({
  // Requests that change something carry this; no other page can add it without being asked first.
  headers: { 'x-plumbline-console': '1' },
  credentials: 'same-origin',
  fetch: askDaemon,
});

/** What a `GET` of a path answers. */
export type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

/** Returns the body of an answer. Throws `ApiProblem` with what the daemon said instead. */
export function bodyOf<Body>(answer: {
  readonly data?: Body;
  readonly error?: unknown;
  readonly response: Response;
}): Body {
  if (answer.data !== undefined) return answer.data;
  throw readProblem(answer.error, answer.response, new URL(answer.response.url).pathname);
}

/** Asks a path that the description of the API does not hold. Throws `ApiProblem`. */
export async function askJson(path: string, init: RequestInit = {}): Promise<unknown> {
  const headers = { 'x-plumbline-console': '1', ...jsonHeader(init) };
  const request = new Request(path, { credentials: 'same-origin', ...init, headers });
  const response = await askDaemon(request);
  const body: unknown = await readJson(response);
  if (!response.ok) throw readProblem(body, response, path);
  return body;
}

/** Asks for bytes as they are. Throws `ApiProblem`. */
export async function askBytes(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  const init = { credentials: 'same-origin', ...(signal === undefined ? {} : { signal }) } as const;
  const response = await askDaemon(new Request(path, init));
  if (!response.ok) throw readProblem(await readJson(response), response, path);
  return new Uint8Array(await response.arrayBuffer());
}

/** A file as the daemon names it. */
export type NamedFile = { readonly name: string; readonly file: Blob };

/** Asks for a file; `told` hears how many bytes of it came. Throws `ApiProblem`. */
export async function askFile(
  path: string,
  init: RequestInit,
  told: (bytes: number) => void,
): Promise<NamedFile> {
  const headers = { 'x-plumbline-console': '1', ...jsonHeader(init) };
  const request = new Request(path, { credentials: 'same-origin', ...init, headers });
  const response = await askDaemon(request);
  if (!response.ok) throw readProblem(await readJson(response), response, path);
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      parts.push(part.value);
      size += part.value.length;
      told(size);
    }
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    const why = 'the file stopped before its end, and was not kept: try again';
    throw Object.assign(new ApiProblem({ code: AWAY, status: 0 }, why, path), { cause });
  }
  const type = response.headers.get('content-type') ?? '';
  return { name: name ?? 'file', file: new Blob(parts, { type }) };
}

/** Asks for lines of JSON, each told as it comes. Throws `ApiProblem`. */
export async function askLines(
  path: string,
  init: RequestInit,
  told: (line: unknown) => void,
): Promise<void> {
  const headers = { 'x-plumbline-console': '1', ...jsonHeader(init) };
  const request = new Request(path, { credentials: 'same-origin', ...init, headers });
  const response = await askDaemon(request);
  if (!response.ok) throw readProblem(await readJson(response), response, path);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) return;
    const lines = `${rest}${part.value}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') told(JSON.parse(line));
  }
}

function jsonHeader({ body }: RequestInit): Readonly<Record<string, string>> {
  return body === undefined || body === null ? {} : { 'content-type': 'application/json' };
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return { detail: text.slice(0, 200) };
  }
}

// What tells who is signed in is asked as whoever that is.
const OF_ANYBODY = '/console/session';

/** Every request names the sign-in that is shown: nobody acts as somebody else than they see. */
async function askDaemon(request: Request): Promise<Response> {
  const signIn = shownSignIn();
  if (signIn !== null && new URL(request.url).pathname !== OF_ANYBODY) {
    request.headers.set('x-plumbline-sign-in', signIn);
  }
  try {
    return await fetch(request);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    const place = new URL(request.url).pathname;
    const fault = { code: AWAY, status: 0 };
    throw Object.assign(new ApiProblem(fault, 'the daemon does not answer', place), { cause });
  }
}
