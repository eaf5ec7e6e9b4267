import type { Page } from 'playwright-core';

// What a browser says of every answer that is no success, and of a daemon that is away.
const OF_ANSWERS = /^Failed to load resource|^EventSource/;

/** Follows what a page throws, logs as an error or does against its policy: the list so far. */
export function watchFaults(page: Page): () => readonly string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    const isBad = message.type() === 'error' || message.type() === 'warning';
    if (isBad && !OF_ANSWERS.test(text)) faults.push(`${message.type()}: ${text}`);
  });
  return () => faults;
}
