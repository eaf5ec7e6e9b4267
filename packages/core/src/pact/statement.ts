/**
 * Returns the text that people sign to publish a version of a pact for an agent.
 *
 * Source: docs/daemon.md, section "Publishing".
 */
export function pactStatement({
  agent,
  digest,
}: {
  readonly agent: string;
  readonly digest: string;
}): string {
  return `plumbline-pact/v1\n${agent}\n${digest}\n`;
}
