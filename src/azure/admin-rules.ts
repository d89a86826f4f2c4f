// What Azure Virtual Network Manager has in effect in a virtual network: security admin rules, connectivity configurations. Listing
// them is an action, which a reader may not call: after a refusal of the rules, Resource Graph, which needs read access only, says
// whether there are any at all. Without any, that is the whole answer.

import { isArray, isObject, type Json } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import { fold, parseId } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import { adminRulesOf, adminRulesType, connectivityOf, connectivityType } from '../resource-types/service-answers.ts';
import type { ReadAnswer } from './arm-client.ts';
import { callNetwork } from './network-client.ts';
import { readFailureOf, readFailureOfError, readFailureOfMalformed } from './read-failures.ts';
import { backOff, mayPass, type ReadContext, retryAfterOf } from './reading.ts';
import { type TransportAnswer, TransportError } from './transport.ts';

const mostPages = 50;
const graphType = 'Microsoft.ResourceGraph/resources';
const ruling = 'microsoft.network/effectivesecurityadminrules';

type List = 'listNetworkManagerEffectiveSecurityAdminRules' | 'listNetworkManagerEffectiveConnectivityConfigurations';
interface Effective {
  readonly type: string;
  readonly list: List;
  idOf(network: string): string;
}
const adminRules: Effective = {
  type: adminRulesType,
  list: 'listNetworkManagerEffectiveSecurityAdminRules',
  idOf: adminRulesOf,
};
const connectivity: Effective = {
  type: connectivityType,
  list: 'listNetworkManagerEffectiveConnectivityConfigurations',
  idOf: connectivityOf,
};

type Reading = (context: ReadContext, endpoint: string, network: string, signal?: AbortSignal) => Promise<ReadAnswer>;
/** One document `{id, value}` of all rules. Never throws for an HTTP status. */
export const readAdminRules: Reading = (...asked) => readEffective(adminRules, ...asked);
/** The same of all connectivity configurations. */
export const readConnectivity: Reading = (...asked) => readEffective(connectivity, ...asked);

async function readEffective(
  { type, list, idOf }: Effective,
  context: ReadContext,
  endpoint: string,
  network: string,
  signal?: AbortSignal,
): Promise<ReadAnswer> {
  const id = idOf(network);
  const actionOf = ({ action }: ReadFailure): string => (action.endsWith('/read') ? `${type}/action` : action);
  const refused = (gap: ReadFailure): ReadAnswer => ({ ok: false, gap: { ...gap, id, action: actionOf(gap) } });
  const { subscription, resourceGroup, names } = parseId(network);
  const [name] = names;
  if (subscription === undefined || resourceGroup === undefined || name === undefined || names.length !== 1) {
    return refused(readFailureOfMalformed(id, type, 'the ID is not that of a virtual network'));
  }
  const rules: Json[] = [];
  const answered = (): ReadAnswer => {
    return { ok: true, resource: { id, type, apiVersion: '', body: { id, value: rules } } };
  };
  try {
    let skipToken: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const parameters = skipToken === undefined ? {} : { skipToken };
      const answer = await patiently(context, signal, () =>
        callNetwork(
          context,
          { endpoint, subscription, type },
          (client) => client[list](resourceGroup, name, parameters),
          signal,
        ),
      );
      if (answer.status === 403 && type === adminRulesType) {
        const found = await rulingConfigurations(context, endpoint, network, subscription, signal);
        if (found === 0) return answered();
        const gap = readFailureOf(id, type, answer);
        const why = `Access to its rules is denied: ${actionOf(gap)} is missing.`;
        return refused({ ...gap, reason: found === undefined ? why : `${ruled(found)} ${why}` });
      }
      if (answer.status !== 200) return refused(readFailureOf(id, type, answer));
      const { body } = answer;
      const value = isObject(body) ? member(body, 'value') : undefined;
      if (!isArray(value)) return refused(readFailureOfMalformed(id, type, 'it is not a list'));
      rules.push(...value);
      const next = isObject(body) ? member(body, 'skipToken') : undefined;
      if (typeof next !== 'string' || next === '') return answered();
      skipToken = next;
    }
    return refused(readFailureOfMalformed(id, type, 'its paging does not end'));
  } catch (error) {
    if (error instanceof TransportError) return refused(readFailureOfError(id, type, error));
    throw error;
  }
}

const ruled = (count: number): string =>
  `A network manager applies to the network with ${count} security admin ${count === 1 ? 'configuration' : 'configurations'}.`;

/** Nothing changes by these questions, so they are repeated where Azure asks for patience, and after an answer that was lost. */
async function patiently(
  { patience, random, say, sleep }: ReadContext,
  signal: AbortSignal | undefined,
  ask: () => Promise<TransportAnswer>,
): Promise<TransportAnswer> {
  for (let attempt = 0; ; attempt += 1) {
    const isLast = attempt >= patience.retries;
    const wait = async (seconds: number, reason: string): Promise<void> => {
      if (seconds >= 1) say({ kind: 'wait', seconds: Math.ceil(seconds), reason: `${reason}; retrying` });
      await sleep(seconds * 1000, signal);
    };
    try {
      const answer = await ask();
      const passing = answer.status === 429 || answer.status >= 500;
      if (!passing || isLast) return answer;
      const seconds = Math.min(retryAfterOf(answer) ?? 2 ** attempt, patience.longestWait);
      await wait(seconds, `Azure returned ${answer.status}`);
    } catch (error) {
      if (isLast || !mayPass(error, attempt)) throw error;
      await wait(backOff(attempt, random()), `No response (${error.code})`);
    }
  }
}

/** How many configurations are in force in a network, as Resource Graph shows it; undefined where it does not say. */
async function rulingConfigurations(
  context: ReadContext,
  endpoint: string,
  network: string,
  subscription: string,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  if (/['"\\]/.test(network)) return undefined;
  const query = `networkresources | where type =~ '${ruling}' | where id startswith '${network}/' | project id, properties`;
  const answer = await patiently(context, signal, () =>
    context.wire({
      method: 'POST',
      url: `${endpoint}/providers/Microsoft.ResourceGraph/resources?api-version=${context.versions.of(graphType)}`,
      body: JSON.stringify({ subscriptions: [subscription], query, options: { resultFormat: 'objectArray' } }),
      headers: { 'content-type': 'application/json' },
      deadline: context.patience.writeDeadline,
      ...(signal ? { signal } : {}),
    }),
  );
  const rows = answer.status === 200 && isObject(answer.body) ? member(answer.body, 'data') : undefined;
  return isArray(rows) ? rows.reduce((sum: number, row) => sum + namedIn(row), 0) : undefined;
}

/** Configurations that a row names; one where it does not say, since a row is there. */
function namedIn(row: Json): number {
  const properties = isObject(row) ? member(row, 'properties') : undefined;
  const lists = isObject(properties)
    ? Object.entries(properties).filter(([name, value]) => fold(name).endsWith('configurations') && isArray(value))
    : [];
  return lists.length === 0 ? 1 : lists.reduce((sum, [, value]) => sum + (isArray(value) ? value.length : 0), 0);
}
