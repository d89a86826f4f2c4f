// The simulator as a separate process, for `simulate`, and what its refusals to start mean.
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { CommandHost } from '../command/definition.ts';
import type { Simulator } from '../simulator/index.ts';

/** Serves the simulator until the signal, with its certificate in a private folder that goes with it. */
export async function simulate(
  options: Parameters<CommandHost['simulate']>[0],
  ready: (line: string) => void,
  signal: AbortSignal,
) {
  const [{ startSimulator }, { mkdtemp, writeFile, rm }] = await Promise.all([
    import('../simulator/index.ts'),
    import('node:fs/promises'),
  ]);
  const simulator = await simulated(() => startSimulator(options));
  simulator.onExchange(({ notes }) => {
    for (const note of notes) process.stderr.write(`${note}\n`);
  });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bastide-simulator-'));
  const ca = path.join(folder, 'ca.pem');
  try {
    await writeFile(ca, simulator.ca, { mode: 0o600 });
    const { endpoint, authority, imds, tenant, client, secret, subscription, workspace } = simulator;
    ready(JSON.stringify({ endpoint, authority, imds, ca, tenant, client, secret, subscription, workspace }));
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The reasons why the simulator does not start are the operator's to fix. */
export async function simulated(start: () => Promise<Simulator>): Promise<Simulator> {
  const { SimulatorError } = await import('../simulator/index.ts');
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof SimulatorError)) throw error;
    const { Failure, exitStatus } = await import('../model/failure.ts');
    throw new Failure('simulator', exitStatus.usage, error.message, 'Run `bastide help simulate`.');
  }
}
