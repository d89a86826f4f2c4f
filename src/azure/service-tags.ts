// Microsoft's service tags from ARM: one large list, raw, with whatever pages it has. Which of them are
// needed is not known here.

import { isArray, type Json, type JsonObject } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import { isTagDocument, serviceTagsType } from '../resource-types/service-tags-view.ts';
import { ownLink } from './address.ts';
import type { TagsAnswer } from './arm-client.ts';
import { callNetwork } from './network-client.ts';
import { readFailureOf, readFailureOfError, readFailureOfMalformed } from './read-failures.ts';
import { getWithRetries, type ReadContext } from './reading.ts';
import { type TransportAnswer, TransportError } from './transport.ts';

/** The address space of the world in one list needs few pages; more of them go round in circles. */
const mostPages = 50;

/** `location` only says which region's copy answers: the list is of all regions. Never throws for an HTTP status. */
export async function readServiceTags(
  context: ReadContext,
  endpoint: string,
  asked: { readonly subscription: string; readonly location: string; readonly signal?: AbortSignal },
): Promise<TagsAnswer> {
  const { subscription, location, signal } = asked;
  const id = `/subscriptions/${subscription}/providers/Microsoft.Network/locations/${location}/serviceTags`;
  const refused = (gap: ReadFailure): TagsAnswer => ({ ok: false, gap });
  const nonsense = (what: string): TagsAnswer => refused(readFailureOfMalformed(id, serviceTagsType, what));
  if (!/^[a-z0-9]+$/.test(location)) return nonsense('the region is not the name of one');
  try {
    const place = { endpoint, subscription, type: serviceTagsType };
    let answer: TransportAnswer = await callNetwork(
      context,
      place,
      (client) => client.serviceTags.list(location),
      signal,
    );
    let document: JsonObject | undefined;
    for (let page = 0; ; page += 1) {
      if (answer.status !== 200) return refused(readFailureOf(id, serviceTagsType, answer));
      const { body } = answer;
      if (!isTagDocument(body)) return nonsense('it is not a list of service tags');
      document = document === undefined ? body : { ...document, values: [...valuesOf(document), ...valuesOf(body)] };
      const next = member(body, 'nextLink');
      if (typeof next !== 'string' || next === '') return { ok: true, document };
      const url = ownLink(endpoint, next);
      if (url === undefined) return nonsense('its next page is at another origin');
      if (page >= mostPages) return nonsense('its paging does not end');
      answer = await getWithRetries(context, url, signal);
    }
  } catch (error) {
    if (error instanceof TransportError) return refused(readFailureOfError(id, serviceTagsType, error));
    throw error;
  }
}

const valuesOf = (document: JsonObject): readonly Json[] => {
  const values = member(document, 'values');
  return isArray(values) ? values : [];
};
