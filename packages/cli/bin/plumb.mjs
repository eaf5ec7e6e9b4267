#!/usr/bin/env node
// Only syntax that Node 14 parses, and nothing imported before the version is known:
// a person on an old Node gets one clear line instead of a syntax error.
const needed = 24;
const running = Number(process.versions.node.split('.')[0]);

if (running < needed) {
  process.stderr.write(
    'plumb needs Node ' +
      needed +
      ' or newer and was started by Node ' +
      process.versions.node +
      ': install it from https://nodejs.org or run `npx -y node@' +
      needed +
      ' ' +
      (process.argv[1] || 'plumb') +
      '`\n',
  );
  process.exitCode = 1;
} else {
  import('../dist/main.js')
    .then(function (cli) {
      return cli.main(process.argv.slice(2));
    })
    .catch(function (cause) {
      process.stderr.write('plumb stopped on a fault of its own: ' + (cause && cause.stack) + '\n');
      process.exitCode = 3;
    });
}
