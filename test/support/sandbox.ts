// The sandbox of rehearsals for sessions that tests make: a simulator of its own that plays what was read.
import { doorToSimulated } from '../../src/azure/simulated.ts';
import type { OpenSandbox } from '../../src/session/rehearse/sandbox.ts';
import { startSimulator } from '../../src/simulator/index.ts';

export const sandbox: OpenSandbox = async (snapshot, source) => {
  const simulator = await startSimulator({ load: snapshot, played: true });
  const notes = new Set<string>();
  let unread: readonly string[] = [];
  simulator.onExchange((exchange) => {
    for (const note of exchange.notes) notes.add(note);
    if (/^(PUT|PATCH|DELETE)$/.test(exchange.method)) unread = exchange.unseen ?? [];
  });
  const door = doorToSimulated(simulator, source, 'test');
  return {
    door,
    unread: () => unread,
    notes: () => [...notes],
    async close() {
      await door.close();
      await simulator.stop();
    },
  };
};

/** What a session over files is made with besides its files. */
export const forFiles = { sandbox, now: () => new Date('2026-03-01T12:00:00Z'), newId: () => 'id' };
