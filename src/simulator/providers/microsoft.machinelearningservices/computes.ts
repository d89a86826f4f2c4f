// Microsoft.MachineLearningServices/workspaces/computes: only the scale settings of a cluster change, the subnet never.
import { fold, parentOf } from '../../gateway/address.ts';
import { ArmError, ok } from '../../gateway/answer.ts';
import { parameter } from '../../gateway/request.ts';
import { type ArmObject, at, isObject, JsonNumber, json, put, text } from '../../json.ts';
import { mergeDocument, mergeInto, replaceDocument } from '../documents.ts';
import type { ProviderType, Write } from '../provider.ts';
import { checkPlacement, firstNodes, takeAddresses } from './compute-placement.ts';
import { frontEndStored, placeFrontEnd } from './front-end.ts';
import { settleIdentity } from './online-parts.ts';
import { clusterGone, clusterMade, clusterSubnet, detached, placeCluster } from './workspace-clusters.ts';

const owned = ['createdOn', 'modifiedOn', 'provisioningErrors', 'isAttachedCompute', 'computeLocation'];

export const computes: ProviderType = {
  type: 'Microsoft.MachineLearningServices/workspaces/computes',
  long: { put: 'async', patch: 'async', delete: 'location' },
  created: 201,
  replace(write) {
    const type = text(write.body, 'properties', 'computeType');
    if (type === undefined) throw new ArmError(400, 'BadRequest', 'The property computeType is required.');
    if (write.before) checkImmutable(write);
    else checkPlacement(write);
    const next = replaceDocument(write.before, write.body, owned);
    settleIdentity(write.before, next, write.newId);
    const properties = at(next, 'properties');
    if (!isObject(properties)) return next;
    put(properties, 'modifiedOn', write.now);
    if (!write.before) {
      put(properties, 'createdOn', write.now);
      put(
        properties,
        'computeLocation',
        text(write.body, 'location') ?? text(write.store.get(parentOf(write.id)), 'location') ?? '',
      );
      put(
        properties,
        'isAttachedCompute',
        at(properties, 'resourceId') !== undefined && at(properties, 'resourceId') !== null,
      );
      put(properties, 'provisioningErrors', null);
      fillNew(properties, firstNodes(write.body));
    }
    const settings = at(properties, 'properties');
    const shown = at(write.before, 'properties', 'properties');
    // What the service reports about the nodes is not in the request and stays.
    if (isObject(settings) && isObject(shown)) put(properties, 'properties', withReported(type, shown, settings));
    placeFrontEnd(write, next);
    placeCluster(write, next);
    return next;
  },
  merge(write) {
    const scale = at(write.body, 'properties', 'properties', 'scaleSettings');
    if (!isObject(scale))
      throw new ArmError(400, 'BadRequest', 'Only properties.properties.scaleSettings of a compute can be updated.');
    if (!(at(scale, 'maxNodeCount') instanceof JsonNumber))
      throw new ArmError(400, 'BadRequest', 'The property scaleSettings.maxNodeCount is required.');
    if (fold(text(write.before, 'properties', 'computeType') ?? '') !== 'amlcompute') {
      throw new ArmError(400, 'BadRequest', 'Only a compute of type AmlCompute has scale settings.');
    }
    checkImmutable(write);
    return mergeDocument(write.before, new Map([['properties', json({ properties: { scaleSettings: scale } })]]));
  },
  stored(store, id, newId) {
    takeAddresses(store, id, newId);
    clusterMade(store, id, newId);
    frontEndStored(store, id, newId);
  },
  gone(store, id, newId, body) {
    takeAddresses(store, id, newId, body);
    clusterGone(store, body, newId);
  },
  mayDelete({ request, before }) {
    // Azure was recorded to take none for Delete (azure-service-operator, 2024-04-01).
    const action = fold(parameter(request, 'underlyingresourceaction') ?? 'delete');
    if (action !== 'delete' && action !== 'detach') {
      throw new ArmError(400, 'BadRequest', 'The query parameter underlyingResourceAction must be Delete or Detach.');
    }
    if (action === 'detach' && before) detached(before);
  },
  links(next) {
    const own = text(next, 'properties', 'properties', 'subnet', 'id');
    const id = own ?? clusterSubnet(next);
    return [
      ...(id === undefined ? [] : [{ id, action: 'Microsoft.Network/virtualNetworks/subnets/join/action' }]),
      ...(own === undefined
        ? []
        : [{ id: own.replace(/\/subnets\/[^/]*$/i, ''), action: 'Microsoft.Network/virtualNetworks/join/action' }]),
    ];
  },
  actions: { listnodes: () => ok(json({ nodes: [] })) },
};

/** The settings that were sent, with what the service reports; of a Kubernetes cluster that is its services alone. */
function withReported(type: string, shown: ArmObject, settings: ArmObject): ArmObject {
  const isCluster = fold(type) === 'aks';
  const reported = isCluster ? [...shown].filter(([name]) => fold(name) === 'systemservices') : [...shown];
  return mergeInto(new Map(reported), settings);
}

function checkImmutable(write: Write): void {
  const asked = text(write.body, 'properties', 'properties', 'subnet', 'id');
  const old = text(write.before, 'properties', 'properties', 'subnet', 'id');
  if (asked !== undefined && fold(asked) !== fold(old ?? '')) {
    throw new ArmError(
      400,
      'PropertyChangeNotAllowed',
      'The subnet of an existing compute cannot be changed. Delete the compute and create it anew.',
    );
  }
}

/** What the service adds to a compute that it makes. */
function fillNew(properties: ArmObject, nodes: number): void {
  const settings = at(properties, 'properties');
  if (!isObject(settings)) return;
  const type = fold(text(properties, 'computeType') ?? '');
  const isCluster = type === 'amlcompute';
  if (!isCluster && type !== 'computeinstance') return;
  const common = { enableNodePublicIp: true, errors: isCluster ? null : [], subnet: null };
  const own = isCluster
    ? {
        vmPriority: 'Dedicated',
        currentNodeCount: nodes,
        targetNodeCount: nodes,
        nodeStateCounts: {
          preparingNodeCount: 0,
          runningNodeCount: 0,
          idleNodeCount: nodes,
          unusableNodeCount: 0,
          leavingNodeCount: 0,
          preemptedNodeCount: 0,
        },
        allocationState: 'Steady',
        remoteLoginPortPublicAccess: 'NotSpecified',
        osType: 'Linux',
        isolatedNetwork: false,
      }
    : {
        state: 'Running',
        applicationSharingPolicy: 'Shared',
        sshSettings: { sshPublicAccess: 'Disabled', sshPort: 22 },
      };
  for (const [name, value] of Object.entries({ ...common, ...own })) {
    if (at(settings, name) === undefined) put(settings, name, json(value));
  }
}
