import { join } from 'node:path';

import { type UserConfig } from 'vite';

// Where the dev server (`npm run dev -w packages/console`) finds a daemon; a build asks nobody.
const daemon = process.env['PLUMBLINE_URL'] ?? 'http://127.0.0.1:7411';
const proxied = {
  target: daemon,
  changeOrigin: true,
  headers: { origin: new URL(daemon).origin },
};

// What nearly every page needs comes in few files: each costs a browser a turn to the daemon.
const CHUNKS = [
  {
    name: 'libraries',
    test: /node_modules\/(?:react|react-dom|scheduler|wouter|regexparam|openapi-fetch|@tanstack|radix-ui|@radix-ui|@floating-ui)\//,
    priority: 2,
  },
  { name: 'kit', test: /packages\/console\/src\/(?:data|ui)\/(?!chart)/, priority: 1 },
];

// The bundler reads the sources of core and ledger as they are written.
const config: UserConfig = {
  root: import.meta.dirname,
  base: '/console/',
  cacheDir: join(import.meta.dirname, '../../node_modules/.cache/vite'),
  publicDir: 'public',
  resolve: { conditions: ['plumbline-source', 'browser', 'module', 'import', 'default'] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['chrome125', 'firefox128', 'safari17.5'],
    cssTarget: ['chrome125', 'firefox128', 'safari17.5'],
    // A picture inlined in a style sheet is a `data:` address in the page; fonts have none.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // Which chunk a page needs is read from this by the test of the bundle's size.
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // How long each plugin took is nobody's business who starts the demonstration.
      checks: { pluginTimings: false },
      output: { codeSplitting: { groups: CHUNKS } },
      // Libraries mark what runs in a browser; a bundle for browsers alone needs no mark.
      onLog(level, log, next) {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') next(level, log);
      },
    },
  },
  worker: { format: 'es' },
  server: {
    port: 7412,
    strictPort: true,
    proxy: { '/api': proxied, '/console/session': proxied, '/log': proxied, '/healthz': proxied },
  },
};

// Vite reads a configuration from the default export alone.
export { config as default };
