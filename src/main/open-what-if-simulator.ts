// The simulator of what-if: a separate one that serves what was read.
import type { OpenWhatIfSimulator } from '../session/what-if/simulator.ts';
import { simulated } from './simulate.ts';

/** Each holds what was read and nothing else, and ends with its what-if. `version`: of Bastide, as the requests say it. */
export const openSandbox =
  (version: string): OpenWhatIfSimulator =>
  async (snapshot, source) => {
    const [{ startSimulator }, { armClientToSimulated }] = await Promise.all([
      import('../simulator/index.ts'),
      import('../azure/simulated.ts'),
    ]);
    const simulator = await simulated(() => startSimulator({ load: snapshot, played: true, wire: 'plain' }));
    const notes = new Set<string>();
    let unread: readonly string[] = [];
    simulator.onExchange((exchange) => {
      for (const note of exchange.notes) notes.add(note);
      if (/^(PUT|PATCH|DELETE)$/.test(exchange.method)) unread = exchange.unseen ?? [];
    });
    const arm = armClientToSimulated(simulator, source, version);
    return {
      arm,
      unread: () => unread,
      notes: () => [...notes],
      async close() {
        await arm.close();
        await simulator.stop();
      },
    };
  };
