// Requests and answers, for a listener in the same process: a test, or a check of every exchange against
// Microsoft's descriptions. It must not know how anything is answered.
import { channel } from 'node:diagnostics_channel';

export interface Exchange {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  /** 0: the connection was dropped without an answer. */
  readonly status: number;
  /** Names in lower case. */
  readonly requestHeaders: Record<string, string>;
  readonly requestBody: string;
  /** Names in lower case. */
  readonly responseHeaders: Record<string, string>;
  readonly responseBody: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What the simulator itself left undone, such as a policy that it could not evaluate. */
  readonly notes: readonly string[];
  /** Ids that the answer asked after, and of which the snapshot that is played does not say whether they are there. */
  readonly unseen?: readonly string[];
  /** Name of the fault that was injected; absent when none was. */
  readonly fault?: string;
}

/** Publishes an {@link Exchange} for each answer of each simulator of this process, before it is sent. */
export const exchanges = channel('bastide.simulator.exchange');
