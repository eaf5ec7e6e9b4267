import { feedRuns } from './feed.ts';

// Feeds the recorded runs to the daemon whose socket is named, for tests of the console.
const [socket = ''] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await feedRuns(socket))}\n`);
