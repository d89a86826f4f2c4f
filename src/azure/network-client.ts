// `@azure/arm-network` over the ARM client's transport, loaded on first use.
import type { NetworkManagementClient } from '@azure/arm-network';
import { callGenerated } from './generated-client.ts';
import type { ReadContext } from './reading.ts';
import type { TransportAnswer } from './transport.ts';

/** See {@link callGenerated}. */
export const callNetwork = (
  context: ReadContext,
  { endpoint, subscription, type }: { readonly endpoint: string; readonly subscription: string; readonly type: string },
  call: (client: NetworkManagementClient) => PromiseLike<unknown>,
  signal?: AbortSignal,
): Promise<TransportAnswer> =>
  callGenerated(
    context,
    { endpoint, type },
    async ({ credential, options }) => {
      const { NetworkManagementClient } = await import('@azure/arm-network');
      return new NetworkManagementClient(credential, subscription, options);
    },
    call,
    signal,
  );
