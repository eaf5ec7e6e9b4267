/**
 * How many milliseconds of the processor something took. What must not take long is held to this
 * and never to the clock, which also counts what others do on the machine meanwhile.
 */
export function processorMs(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
