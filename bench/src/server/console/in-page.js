// Runs in the page that is measured, before any of its own scripts: it has no types, since nothing
// else of the benchmarks knows a document. `globalThis.bench` is asked by expressions from outside.
(() => {
  const bench = { row: '', first: null, keys: [], interactions: new Map(), slow: [] };
  globalThis.bench = bench;

  const painted = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.addEventListener('message', () => resolve(performance.now()));
        channel.port1.start();
        channel.port2.postMessage(null);
      });
    });

  /** Resolves with the first moment at which a row was on the screen, since the page was asked for. */
  bench.firstRow = async (row) => {
    bench.row = row;
    while (document.querySelector(row) === null) {
      await new Promise((resolve) => {
        requestAnimationFrame(resolve);
      });
    }
    return painted();
  };

  const boxOf = (element) => {
    for (let box = element.parentElement; box !== null; box = box.parentElement) {
      const { overflowY } = getComputedStyle(box);
      const isBox = overflowY === 'auto' || overflowY === 'scroll';
      if (isBox && box.scrollHeight > box.clientHeight + 1) return box;
    }
    return document.scrollingElement;
  };

  /** Scrolls on by most of a screen at a time, and resolves with how long each took to be painted. */
  bench.scroll = async (steps) => {
    const row = document.querySelector(bench.row);
    if (row === null) return [];
    const box = boxOf(row);
    const page = Math.min(box.clientHeight, innerHeight) * 0.9;
    const took = [];
    for (let step = 0; step < steps; step += 1) {
      const from = performance.now();
      const end = box.scrollHeight - box.clientHeight;
      box.scrollTop = box.scrollTop >= end - 1 ? 0 : box.scrollTop + page;
      took.push((await painted()) - from);
    }
    return took;
  };

  // From a key in the filter until the rows that match are painted, however late that is.
  addEventListener(
    'input',
    (event) => {
      const field = event.target;
      if (!(field instanceof HTMLInputElement) || field.type !== 'search') return;
      const from = event.timeStamp;
      const look = async () => {
        const at = await painted();
        if (document.querySelector('table[aria-busy="true"]') !== null) await look();
        else bench.keys.push(at - from);
      };
      void look();
    },
    { capture: true },
  );

  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries()) {
      if (interactionId === 0) continue;
      const before = bench.interactions.get(interactionId) ?? 0;
      bench.interactions.set(interactionId, Math.max(before, duration));
    }
  }).observe({ type: 'event', durationThreshold: 16, buffered: true });

  // What ran in a frame that took long, as the browser tells it.
  new PerformanceObserver((list) => {
    for (const { duration, scripts } of list.getEntries()) {
      const [longest] = [...scripts].sort((one, other) => other.duration - one.duration);
      const file = longest?.sourceURL.split('/').pop().split('?')[0] ?? '';
      const where = longest === undefined ? 'no script' : `${longest.invoker} ${file}`;
      bench.slow.push({ ms: duration, where: where.trim() });
    }
  }).observe({ type: 'long-animation-frame' });

  /** Forgets what was measured so far. */
  bench.begin = () => {
    bench.keys.length = 0;
    bench.interactions.clear();
    bench.slow.length = 0;
    bench.interactionsBefore = performance.interactionCount;
  };

  /** Returns what was measured since. */
  bench.end = () => ({
    keys: bench.keys,
    interactions: [...bench.interactions.values()],
    interactionCount: performance.interactionCount - bench.interactionsBefore,
    slow: bench.slow.toSorted((one, other) => other.ms - one.ms).slice(0, 3),
  });
})();
