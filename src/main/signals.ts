// The signals that stop a run. One signal is one: the first asks everything to stop in good order, the second does not wait.

/** Windows sends SIGBREAK for Ctrl+Break, and SIGHUP where the window is closed; it has no SIGTERM from outside. */
const names = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  ...(process.platform === 'win32' ? (['SIGBREAK'] as const) : []),
] as const;
/** Milliseconds in which a signal is the same one: the terminal sends it, and so does the program that started this one. */
const together = 300;

export interface StopSignals {
  /** Another part takes the signals over. */
  leave(): void;
}

export function listenForSignals(on: { first(signal: NodeJS.Signals): void; again(): void }): StopSignals {
  let since: number | undefined;
  const listen = (signal: NodeJS.Signals): void => {
    if (since === undefined) {
      since = performance.now();
      on.first(signal);
      return;
    }
    // A closed terminal sends its signal more than once, from the kernel and from its owner: that is no impatience.
    if (signal === 'SIGHUP' || performance.now() - since < together) return;
    on.again();
  };
  // Libraries that clean up at a signal (when-exit, which conf loads) then send it to this process again, which would be the second.
  // They clean up at the exit as well.
  const onlyOne = (name: string | symbol, listener: (...given: unknown[]) => void): void => {
    if (!names.some((one) => one === name) || (listener as unknown) === listen) return;
    queueMicrotask(() => process.off(name, listener));
  };
  process.on('newListener', onlyOne);
  for (const name of names) process.on(name, listen);
  return {
    leave() {
      process.off('newListener', onlyOne);
      for (const name of names) process.off(name, listen);
    },
  };
}
