import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = [
  process.env['PLUMBLINE_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * Returns where a Chromium is. Where there is none and tests must run (`CI=true`), it is installed
 * from the distribution; elsewhere null, and the tests say that they are skipped.
 */
export function findChromium(): string | null {
  const found = find();
  if (found !== null || process.env['CI'] !== 'true') return found;
  spawnSync('apt-get', ['update'], { stdio: 'inherit' });
  execFileSync('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return find();
}

function find(): string | null {
  return PLACES.find((place) => place !== undefined && existsSync(place)) ?? null;
}
