import { BENCHES } from './benches.ts';

// Runs one benchmark and hands its tables to the program that started this one.
const [name, ...flags] = process.argv.slice(2);
const bench = BENCHES.find((each) => each.name === name);
if (bench === undefined) throw new Error(`no benchmark \`${name}\``);
const valueOf = (flag: string): string | null => {
  return flags.includes(flag) ? (flags[flags.indexOf(flag) + 1] ?? null) : null;
};
const options = {
  isQuick: flags.includes('--quick'),
  isLong: flags.includes('--long'),
  filled: valueOf('--filled'),
  pages: valueOf('--pages')?.split(',') ?? null,
};
process.send?.(await bench.run(options));
process.disconnect();
