// An ARM client to a simulated Azure on loopback, signed in with its credentials. It must not know how one is started.
import type { Source } from '../model/snapshot.ts';
import type { ArmClient } from './arm-client.ts';
import { cloudAt } from './clouds.ts';
import { openArmClient, pause } from './open-arm-client.ts';
import { type SignIn, signInWith } from './sign-in.ts';

export interface SimulatedAuthority {
  readonly endpoint: string;
  /** PEM text. */
  readonly ca: string;
  readonly tenant: string;
  readonly client: string;
  readonly secret: string;
}

export const signInToSimulated = ({ endpoint, ca, tenant, client, secret }: SimulatedAuthority): SignIn =>
  signInWith({
    cloud: (signal) => cloudAt(endpoint, ca, signal),
    auth: 'sim',
    environment: {},
    simulator: { tenant, client, secret },
    ca,
  });

/** Waits on the clock of a simulator in this process: what an answer asks to wait for passes there, and takes no time here. */
export const waitFor =
  (simulator: { elapse(ms: number): void }) =>
  async (ms: number, signal?: AbortSignal): Promise<void> => {
    await pause(0, signal);
    simulator.elapse(ms);
  };

/** `source`: the source that the ARM client reports. */
export const armClientToSimulated = (simulated: SimulatedAuthority, source: Source, version: string): ArmClient =>
  openArmClient({
    source,
    endpoint: simulated.endpoint,
    credential: signInToSimulated(simulated),
    ca: simulated.ca,
    version,
  });
