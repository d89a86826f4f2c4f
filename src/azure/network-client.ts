// `@azure/arm-network` over the door's own wire: its calls are signed, throttled, counted and waited for as all others are, and
// go to no other origin. Its models are not used: they drop members that they do not know.
import type { NetworkManagementClient } from '@azure/arm-network';
import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline';
import { interrupted } from './interrupted.ts';
import { getPatiently, type Means } from './reading.ts';
import type { WireAnswer } from './wire.ts';

/** What the generated pipeline does by itself and the wire does as well. */
const ours = ['bearerTokenAuthenticationPolicy', 'defaultRetryPolicy', 'redirectPolicy'];

/**
 * One call of the generated client, answered raw, whatever its status; where the call polls, its last answer. Reads are patient,
 * an action goes out once. Throws what the wire throws: WireError when no answer came, Failure when Azure takes no token or the
 * user stops it.
 */
export async function callNetwork(
  means: Means,
  { endpoint, subscription }: { readonly endpoint: string; readonly subscription: string },
  call: (client: NetworkManagementClient) => PromiseLike<unknown>,
  signal?: AbortSignal,
): Promise<WireAnswer> {
  const [{ NetworkManagementClient }, { createHttpHeaders }] = await Promise.all([
    import('@azure/arm-network'),
    import('@azure/core-rest-pipeline'),
  ]);
  let last: WireAnswer | undefined;
  const httpClient: HttpClient = {
    async sendRequest(request) {
      last = undefined;
      last =
        request.method === 'GET' ? await getPatiently(means, request.url, signal) : await post(means, request, signal);
      return { request, status: last.status, headers: createHttpHeaders(last.headers()), bodyAsText: last.text };
    },
  };
  // The wire asks for the token.
  const credential = { getToken: async () => null };
  const client = new NetworkManagementClient(credential, subscription, { endpoint, httpClient });
  for (const name of ours) client.pipeline.removePolicy({ name });
  try {
    await call(client);
  } catch (error) {
    if (signal?.aborted) throw interrupted();
    // The client takes a refusal, or a body that it does not understand, for an error: both are answers.
    if (last === undefined) throw error;
  }
  if (last === undefined) throw new Error('the generated client asked nothing');
  return last;
}

function post(means: Means, { method, url, body }: PipelineRequest, signal?: AbortSignal): Promise<WireAnswer> {
  if (method !== 'POST') throw new Error(`the wire sends no ${method} of a generated client`);
  return means.wire({
    method,
    url,
    deadline: means.patience.writeDeadline,
    ...(typeof body === 'string' ? { body } : {}),
    ...(signal ? { signal } : {}),
  });
}
