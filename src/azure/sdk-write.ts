// Writes in the words of `@azure/arm-machinelearningservices`, where it can say them: its models drop what they do not know, so
// what the client would send is held against what was previewed, and only the same, to the last member, goes out.
import type { PipelineRequest } from '@azure/core-rest-pipeline';
import { type JsonObject, parseJson, sameJson } from '../model/json.ts';
import { fold, parseId, typeOf } from '../model/resource-id.ts';
import { computeType } from '../resource-types/index.ts';
import type { WriteRequest } from '../resource-types/resource-type.ts';
import { clientOver } from './generated-client.ts';
import type { ReadContext } from './reading.ts';
import type { TransportAnswer, TransportRequest } from './transport.ts';

/** Begins a call of the client. Its models differ from one type of compute to the next; what they say is held against the body. */
type Wording = (endpoint: string, send: (request: PipelineRequest) => Promise<TransportAnswer>) => Promise<unknown>;

/** How the client says this write; undefined where it has no call for it. */
function wordingOf({ method, id, body, ifMatch, ifNoneMatch, query }: WriteRequest): Wording | undefined {
  const { subscription, resourceGroup, names } = parseId(id);
  const [workspace, compute] = names;
  if (method !== 'PUT' || body === null || fold(typeOf(id)) !== fold(computeType)) return undefined;
  if ((ifMatch ?? ifNoneMatch ?? query) !== undefined) return undefined;
  if (subscription === undefined || resourceGroup === undefined) return undefined;
  if (workspace === undefined || compute === undefined) return undefined;
  return async (endpoint, send) => {
    const { AzureMachineLearningWorkspaces } = await import('@azure/arm-machinelearningservices');
    const client = await clientOver(
      endpoint,
      send,
      async ({ credential, options }) => new AzureMachineLearningWorkspaces(credential, subscription, options),
    );
    return client.computeOperations.beginCreateOrUpdate(resourceGroup, workspace, compute, body as JsonObject & object);
  };
}

/**
 * Sends a write, once: as the client words it where that is the same request, and as it is otherwise. `raw` is the request as
 * it is. Throws what the wire throws.
 */
export async function sdkWrite(
  context: ReadContext,
  endpoint: string,
  request: WriteRequest,
  raw: TransportRequest,
): Promise<TransportAnswer> {
  const wording = wordingOf(request);
  let sent: Promise<TransportAnswer> | undefined;
  const send = (asked: PipelineRequest): Promise<TransportAnswer> => {
    // The SDK client would go on and poll the operation: the ARM client does that.
    if (sent !== undefined) return Promise.reject(new Error('a write goes out once'));
    const worded = requestOf(asked, request, raw);
    if (worded === undefined) return Promise.reject(new Error('the client does not say it all'));
    sent = context.wire(worded);
    return sent;
  };
  // What the client makes of the answer, or of the lack of one, is of no interest: `sent` has it as it came.
  await wording?.(endpoint, send).catch(() => {});
  return sent ?? context.wire(raw);
}

/** What the client would send, at the previewed api-version; undefined unless it goes to the same place and says the same. */
function requestOf(
  { method, url, body: text }: PipelineRequest,
  { body }: WriteRequest,
  raw: TransportRequest,
): TransportRequest | undefined {
  const place = new URL(url);
  const wanted = new URL(raw.url);
  place.search = wanted.search;
  if (method !== raw.method || place.href !== wanted.href || typeof text !== 'string') return undefined;
  return sameJson(parseJson(text), body) ? { ...raw, url: place.href, body: text } : undefined;
}
