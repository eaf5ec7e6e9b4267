import type { IncomingHttpHeaders } from 'node:http';

import { isJsonObject } from '@plumbline/core';

import { CODES, type Request, type RpcError } from '../message.ts';
import { LEGACY, MODERN, rowOf } from '../methods.ts';
import { decodeHeader, faultInParamHeaders, type ParamHeader } from '../param-headers.ts';

const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
const CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** Returns one header as text, or undefined. */
export function headerIn(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Returns what is wrong with the headers of a request of the modern era, or null. */
export function faultInModern(headers: IncomingHttpHeaders, request: Request): RpcError | null {
  const meta: Readonly<Record<string, unknown>> = Object(request.params['_meta']);
  const version = meta[PROTOCOL_VERSION];
  if (typeof version !== 'string' || typeof meta[CLIENT_CAPABILITIES] !== 'object') {
    const message = `\`_meta\` must hold \`${PROTOCOL_VERSION}\` and \`${CLIENT_CAPABILITIES}\``;
    return { code: CODES.invalidParams, message };
  }
  if (headerIn(headers, 'mcp-protocol-version') !== version) {
    return mismatch('MCP-Protocol-Version');
  }
  if (!MODERN.some((known) => known === version)) {
    return {
      code: CODES.unsupportedVersion,
      message: 'unsupported protocol version',
      data: { supported: [...MODERN], requested: version.slice(0, 64) },
    };
  }
  if (headerIn(headers, 'mcp-method') !== request.method) return mismatch('Mcp-Method');
  const named = nameIn(request);
  return named === null || decodeHeader(headerIn(headers, 'mcp-name') ?? '') === named
    ? null
    : mismatch('Mcp-Name');
}

// Which member of the parameters the header `Mcp-Name` repeats.
const NAMED_BY: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

function nameIn({ method, params }: Request): string | null {
  const member = rowOf(NAMED_BY, method);
  const value = member === undefined ? undefined : params[member];
  return typeof value === 'string' ? value : null;
}

/** Who knows what a tool's definition asks to be said in headers. */
type Definitions = { readonly paramHeaders: (name: string) => Promise<readonly ParamHeader[]> };

/** Returns what is wrong with the headers that say arguments of a call, or null. */
export async function faultInParams(
  headers: IncomingHttpHeaders,
  { method, params }: Request,
  of: Definitions,
): Promise<RpcError | null> {
  const { name, arguments: args } = params;
  if (method !== 'tools/call' || typeof name !== 'string') return null;
  const asked = await of.paramHeaders(name);
  const given = (header: string): string | undefined => headerIn(headers, header);
  const fault = faultInParamHeaders(asked, isJsonObject(args ?? null) ? Object(args) : {}, given);
  return fault === null ? null : mismatch(fault);
}

function mismatch(header: string): RpcError {
  return {
    code: CODES.headerMismatch,
    message: `the header ${header} does not say what the body says`,
  };
}

/** Whether a request is of the modern era: its header or its body says so. */
export function isModern(headers: IncomingHttpHeaders, request: Request): boolean {
  const meta: Readonly<Record<string, unknown>> = Object(request.params['_meta']);
  const version = headerIn(headers, 'mcp-protocol-version');
  const isLegacy = version !== undefined && LEGACY.some((known) => known === version);
  if (meta[PROTOCOL_VERSION] !== undefined) return true;
  return version !== undefined && !isLegacy && request.method !== 'initialize';
}
