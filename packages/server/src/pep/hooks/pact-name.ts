import type { ToolName } from './hook-event.ts';

/** The name of a tool in the pact, or why there is none. */
export type PactName =
  | { readonly kind: 'name'; readonly tool: string }
  /** The MCP gateway decides its calls. */
  | { readonly kind: 'gateway' }
  | { readonly kind: 'clash'; readonly why: string };

/**
 * Returns what a tool is called in the pact: the client's own behind its prefix, one of an MCP
 * server as the gateway calls it, `<server>.<tool>`.
 */
export function pactNameOf(
  tool: ToolName,
  { prefix, gateways }: { readonly prefix: string; readonly gateways: readonly string[] },
): PactName {
  if (tool.kind === 'own') return { kind: 'name', tool: `${prefix}${tool.name}` };
  const { server, name, isGuess = false } = tool;
  if (gateways.includes('*')) return { kind: 'gateway' };
  if (server === null) return { kind: 'name', tool: `${prefix}mcp.${name}` };
  // What may as well be of another server is decided here, if need be a second time.
  if (gateways.includes(server) && !isGuess) return { kind: 'gateway' };
  const named = `${server}.${name}`;
  // A server may be called like the client, and then its tools would be taken for the client's.
  if (prefix !== '' && named.startsWith(prefix)) {
    const why = `an MCP server called \`${server}\` cannot be told from the client's own tools`;
    return { kind: 'clash', why: `${why}: give it another name` };
  }
  return { kind: 'name', tool: named };
}
