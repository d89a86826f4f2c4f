// A running program's heap, asked for through Node's inspector: the program itself knows nothing of the test.

export interface Inspector {
  /** Bytes in use once everything that can be collected is. */
  heapAfterCollection(): Promise<number>;
  close(): void;
}

/** `address`: what Node prints after "Debugger listening on". */
export async function openInspector(address: string): Promise<Inspector> {
  const socket = new WebSocket(address);
  const waiting = new Map<number, (result: Record<string, unknown>) => void>();
  let next = 0;
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`the inspector at ${address} does not answer`)));
  });
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: Record<string, unknown> };
    if (id === undefined) return;
    waiting.get(id)?.(result ?? {});
    waiting.delete(id);
  });
  const ask = (method: string): Promise<Record<string, unknown>> =>
    new Promise((resolve) => {
      next += 1;
      waiting.set(next, resolve);
      socket.send(JSON.stringify({ id: next, method }));
    });
  return {
    async heapAfterCollection() {
      // What the first one finalises the second one collects.
      await ask('HeapProfiler.collectGarbage');
      await ask('HeapProfiler.collectGarbage');
      return Number((await ask('Runtime.getHeapUsage')).usedSize);
    },
    close: () => socket.close(),
  };
}
