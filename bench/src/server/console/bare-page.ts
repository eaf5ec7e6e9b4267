import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page without a framework: the lower bound of what a browser needs for a table. */
export type BarePage = { readonly url: string; readonly close: () => void };

const ROWS = 500;
const CELLS = 8;

/** Serves a page with a table of 500 rows as they come, and a filter that hides rows. */
export async function startBarePage(): Promise<BarePage> {
  const html = barePage();
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}/`, close };
}

function barePage(): string {
  const cells = '<td>a word or two</td>'.repeat(CELLS - 1);
  const row = (each: number): string =>
    `<tr data-row="${each}"><td>agent-${each}</td>${cells}</tr>`;
  const rows = Array.from({ length: ROWS }, (_, each) => row(each)).join('');
  return [
    '<!doctype html><meta charset="utf-8"><title>bare</title>',
    '<style>div{max-height:560px;overflow:auto}table{width:100%;table-layout:fixed}</style>',
    '<input type="search" aria-label="Filter rows">',
    `<div><table>${rows}</table></div>`,
    '<script>',
    'addEventListener("input", ({ target }) => {',
    '  for (const row of document.querySelectorAll("tr"))',
    '    row.hidden = !row.textContent.includes(target.value);',
    '});',
    '</script>',
  ].join('\n');
}
