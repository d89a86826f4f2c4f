// Turns work that speaks through a callback into an async generator of its events. Knows nothing of what is said.

/**
 * Runs `work` and yields what it says, in order, until it returns. `work` gets a signal that fires when the caller's does, or
 * when the consumer stops listening.
 */
export async function* eventChannel<Event, Result>(
  work: (say: (event: Event) => void, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): AsyncGenerator<Event, Result> {
  const left = new AbortController();
  const said: Event[] = [];
  let wake = (): void => {};
  let ended = false;
  const say = (event: Event): void => {
    said.push(event);
    wake();
  };
  const running = work(say, signal ? AbortSignal.any([signal, left.signal]) : left.signal);
  const end = (): void => {
    ended = true;
    wake();
  };
  running.then(end, end);
  try {
    for (;;) {
      for (let event = said.shift(); event !== undefined; event = said.shift()) yield event;
      if (ended) return await running;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (ended || said.length > 0) resolve();
      });
    }
  } finally {
    // A consumer that walks away stops the work; what is in flight ends by itself.
    if (!ended) left.abort();
  }
}
