// Microsoft.MachineLearningServices/workspaces/onlineEndpoints: a PUT goes on behind Azure-AsyncOperation, a PATCH takes tags and
// the identity only, a deletion takes the deployments along. That it must have an identity, what a compute behind it must be,
// and the words of all refusals but that of a name taken are guesses.
import { fold, nameOf, sameId } from '../../gateway/address.ts';
import { type ArmJson, type ArmObject, at, child, isObject, JsonNumber, json, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { replaceDocument } from '../documents.ts';
import { isForeign, requireLocation } from '../microsoft.network/references.ts';
import type { ProviderType, Write } from '../provider.ts';
import { tracked } from '../shape.ts';
import {
  checkName,
  deploymentType,
  endpointType,
  invalid,
  numberOf,
  oneOf,
  patched,
  regionOf,
  settleIdentity,
  workspaceOf,
} from './online-parts.ts';

const computeType = 'Microsoft.MachineLearningServices/workspaces/computes';
const [managed, kubernetes] = ['Managed', 'K8S'];

export const onlineEndpoints: ProviderType = {
  type: endpointType,
  long: { put: 'async', patch: 'location', delete: 'location' },
  shape: {
    ...tracked,
    kind: 'text',
    identity: { type: 'text', userAssignedIdentities: 'object' },
    properties: {
      authMode: 'text',
      compute: 'text',
      description: 'text',
      publicNetworkAccess: 'text',
      properties: 'object',
      traffic: 'object',
      mirrorTraffic: 'object',
      keys: 'object',
    },
  },
  replace(write) {
    const { before, body, id, newId, store } = write;
    requireLocation(before ?? body);
    if (!before) checkNew(write);
    const next = replaceDocument(before, body, ['scoringUri', 'swaggerUri']);
    if (!isObject(at(next, 'identity')) || fold(text(next, 'identity', 'type') ?? 'none') === 'none') {
      throw invalid('The endpoint must have a managed identity.');
    }
    settleIdentity(before, next, newId);
    const properties = child(next, 'properties');
    // Keys are taken, and given back by an action only.
    properties.delete('keys');
    const auth = oneOf(at(properties, 'authMode'), ['Key', 'AMLToken', 'AADToken'], 'authMode');
    if (auth === undefined) throw invalid('The property authMode is required.');
    put(properties, 'authMode', auth);
    const access = oneOf(at(properties, 'publicNetworkAccess'), ['Enabled', 'Disabled'], 'publicNetworkAccess');
    put(properties, 'publicNetworkAccess', access ?? 'Enabled');
    for (const member of ['traffic', 'mirrorTraffic']) {
      if (!isObject(at(properties, member))) put(properties, member, json({}));
    }
    checkTraffic(store, id, properties);
    place(write, next);
    return next;
  },
  merge({ before, body, newId }) {
    const next = patched(before, body, ['tags', 'identity']);
    settleIdentity(before, next, newId);
    return next;
  },
};

function checkNew({ store, id, body }: Write): void {
  checkName(nameOf(id), 'endpoint');
  const region = regionOf(body);
  const taken = store
    .ofType(endpointType)
    .some((other) => fold(nameOf(idOf(other))) === fold(nameOf(id)) && regionOf(other) === region);
  if (taken) {
    throw invalid(
      'There is already an endpoint with this name, Endpoint name needs to be unique within a region. Try some other name.',
    );
  }
  if (at(store.get(workspaceOf(id)), 'properties', 'v1LegacyMode') === true) {
    throw invalid('Managed online endpoints cannot be created while v1_legacy_mode of the workspace is enabled.');
  }
}

/** Percentages name deployments that are there, and sum up to all or nothing; those mirrored to half at most. */
function checkTraffic(store: Store, id: string, properties: ArmObject): void {
  const known = store.ofType(deploymentType, id).map((body) => fold(nameOf(idOf(body))));
  const sumOf = (member: string): number => {
    const shares = at(properties, member);
    const entries: [string, ArmJson][] = isObject(shares) ? [...shares] : [];
    const missing = entries.find(([name]) => !known.includes(fold(name)));
    if (missing) throw invalid(`The endpoint has no deployment '${missing[0]}' to send traffic to.`);
    const wrong = entries.find(([, share]) => !(share instanceof JsonNumber) || !(numberOf(share) >= 0));
    if (wrong) throw invalid(`The traffic of deployment '${wrong[0]}' is not a percentage.`);
    return entries.reduce((sum, [, share]) => sum + numberOf(share), 0);
  };
  if (![0, 100].includes(sumOf('traffic'))) throw invalid('Traffic values need to sum to 100.');
  if (sumOf('mirrorTraffic') > 50) throw invalid('Mirrored traffic values need to sum to 50 at most.');
}

/** Where it is met: at a host of the service's, or on the cluster behind it. */
function place({ store, id }: Write, next: ArmObject): void {
  const properties = child(next, 'properties');
  const behind = text(properties, 'compute');
  const name = nameOf(id);
  if (behind === undefined) {
    const host = `https://${fold(name)}.${regionOf(next)}.inference.ml.azure.com`;
    put(next, 'kind', managed);
    show(properties, `${host}/score`, `${host}/swagger.json`);
    return;
  }
  const compute = store.ofType(computeType, workspaceOf(id)).find((body) => sameId(idOf(body), behind));
  if (!compute && !isForeign(store, behind)) throw invalid(`The compute ${behind} was not found in the workspace.`);
  // A compute of a workspace that is not held here is taken on trust.
  if (compute && fold(text(compute, 'properties', 'computeType') ?? '') !== 'kubernetes') {
    throw invalid(`The compute ${behind} is not a Kubernetes cluster that online endpoints can be on.`);
  }
  put(next, 'kind', kubernetes);
  const host = `http://${nameOf(behind)}/api/v1/endpoint/${name}`;
  show(properties, `${host}/score`, `${host}/swagger.json`);
}

function show(properties: ArmObject, scoring: string, swagger: string): void {
  if (at(properties, 'scoringUri') === undefined) put(properties, 'scoringUri', scoring);
  if (at(properties, 'swaggerUri') === undefined) put(properties, 'swaggerUri', swagger);
}
