import type { IncomingHttpHeaders } from 'node:http';

import { CODES, type Request, type RpcError } from '../message.ts';
import { LEGACY, MODERN } from '../methods.ts';

/** The code of a header that contradicts the message. */
const HEADER_MISMATCH = -32020;

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
  return named === null || decoded(headerIn(headers, 'mcp-name')) === named
    ? null
    : mismatch('Mcp-Name');
}

function nameIn({ method, params }: Request): string | null {
  const value = method === 'resources/read' ? params['uri'] : params['name'];
  const isNamed = ['tools/call', 'prompts/get', 'resources/read'].includes(method);
  return isNamed && typeof value === 'string' ? value : null;
}

function decoded(value: string | undefined): string | undefined {
  const [, base64] = /^=\?base64\?([A-Za-z0-9+/=]*)\?=$/i.exec(value ?? '') ?? [];
  return base64 === undefined ? value : Buffer.from(base64, 'base64').toString('utf8');
}

function mismatch(header: string): RpcError {
  return { code: HEADER_MISMATCH, message: `the header ${header} does not say what the body says` };
}

/** Whether a request is of the modern era: its header or its body says so. */
export function isModern(headers: IncomingHttpHeaders, request: Request): boolean {
  const meta: Readonly<Record<string, unknown>> = Object(request.params['_meta']);
  const version = headerIn(headers, 'mcp-protocol-version');
  const isLegacy = version !== undefined && LEGACY.some((known) => known === version);
  if (meta[PROTOCOL_VERSION] !== undefined) return true;
  return version !== undefined && !isLegacy && request.method !== 'initialize';
}
