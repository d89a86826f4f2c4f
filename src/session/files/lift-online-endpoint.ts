// Online endpoints as `az ml online-endpoint show` and `list` print them, read back into the shape of ARM: members with underscores,
// enumerations in lower case, what stands in `properties` at the top (azure-ai-ml 1.x, schema of online endpoints).
import type { Json, JsonObject } from '../../model/json.ts';
import { member } from '../../model/pointer.ts';
import { parentId } from '../../model/resource-id.ts';

/** What `az` calls the members of `properties`, and what ARM does. */
const inner: readonly (readonly [az: string, arm: string])[] = [
  ['auth_mode', 'authMode'],
  ['description', 'description'],
  ['provisioning_state', 'provisioningState'],
  ['public_network_access', 'publicNetworkAccess'],
  ['scoring_uri', 'scoringUri'],
  ['openapi_uri', 'swaggerUri'],
  ['traffic', 'traffic'],
  ['mirror_traffic', 'mirrorTraffic'],
  ['properties', 'properties'],
];
const outer = ['id', 'name', 'type', 'kind', 'location', 'tags'];
const spellings: Readonly<Record<string, string>> = {
  ...{ key: 'Key', aml_token: 'AMLToken', aad_token: 'AADToken' },
  ...{ enabled: 'Enabled', disabled: 'Disabled' },
};
const enumerations = new Set(['authMode', 'publicNetworkAccess']);

/** The body in the shape of ARM. `id`: that of the endpoint. */
export function liftedEndpoint(body: JsonObject, id: string): JsonObject {
  const properties = inner.flatMap(([az, arm]): [string, Json][] => {
    const value = member(body, az);
    return value === undefined ? [] : [[arm, enumerations.has(arm) ? spelt(value) : value]];
  });
  const compute = member(body, 'compute');
  const behind: [string, Json][] = typeof compute === 'string' ? [['compute', computeId(compute, id)]] : [];
  const around = outer.flatMap((name): [string, Json][] => {
    const value = member(body, name);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries([...around, ['properties', Object.fromEntries([...properties, ...behind])]]);
}

const spelt = (value: Json): Json =>
  typeof value === 'string' && Object.hasOwn(spellings, value) ? (spellings[value] ?? value) : value;

/** `azureml:k8s`, or `azureml:` with an id behind it. */
function computeId(text: string, id: string): string {
  const named = text.replace(/^azureml:/i, '');
  return named.startsWith('/') ? named : `${parentId(id) ?? ''}/computes/${named}`;
}

/** Is it such a print, rather than the endpoint as Azure keeps it? */
export const isPrintedEndpoint = (body: JsonObject): boolean =>
  ['auth_mode', 'scoring_uri', 'public_network_access'].some((name) => member(body, name) !== undefined);
