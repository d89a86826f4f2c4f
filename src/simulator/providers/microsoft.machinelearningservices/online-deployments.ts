// Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments: one write at a time for all of an endpoint. Secured
// egress takes a private endpoint of the workspace, plain egress a workspace that is reachable from the Internet; under a managed
// network neither counts. The words of refusals, and that a deployment with traffic stays, are guesses.
import { fold, nameOf, parentOf } from '../../gateway/address.ts';
import { type ArmObject, at, child, isObject, json, list, nameIn, object, put, text } from '../../json.ts';
import type { Store } from '../../store/store.ts';
import { replaceDocument } from '../documents.ts';
import { requireLocation } from '../microsoft.network/references.ts';
import type { ProviderType } from '../provider.ts';
import { tracked } from '../shape.ts';
import { modeOf } from './managed-network-parts.ts';
import {
  checkName,
  deploymentType,
  invalid,
  numberOf,
  oneOf,
  patched,
  settleIdentity,
  workspaceOf,
} from './online-parts.ts';

/** What a deployment is given where its request says nothing. */
const usual = {
  scaleSettings: { scaleType: 'Default' },
  requestSettings: { maxConcurrentRequestsPerInstance: 1, requestTimeout: 'PT5S', maxQueueWait: 'PT0.5S' },
  appInsightsEnabled: false,
};

export const onlineDeployments: ProviderType = {
  type: deploymentType,
  long: { put: 'async', patch: 'location', delete: 'location' },
  holds: parentOf,
  shape: {
    ...tracked,
    kind: 'text',
    sku: { name: 'text', capacity: 'number' },
    properties: {
      endpointComputeType: 'text',
      instanceType: 'text',
      model: 'text',
      environmentId: 'text',
      environmentVariables: 'object',
      egressPublicNetworkAccess: 'text',
      appInsightsEnabled: 'boolean',
      scaleSettings: { scaleType: 'text' },
      requestSettings: 'object',
    },
  },
  replace({ before, body, id, newId, store }) {
    requireLocation(before ?? body);
    if (!before) checkName(nameOf(id), 'deployment');
    const next = replaceDocument(before, body);
    settleIdentity(before, next, newId);
    const properties = child(next, 'properties');
    settleKind(properties, text(store.get(parentOf(id)), 'kind') ?? 'Managed');
    settleEgress(store, id, before, properties);
    for (const [member, value] of Object.entries(usual)) {
      if (at(properties, member) === undefined) put(properties, member, json(value));
    }
    oneOf(at(properties, 'scaleSettings', 'scaleType') ?? '', ['Default', 'TargetUtilization'], 'scaleType');
    if (!isObject(at(next, 'sku'))) put(next, 'sku', object({ name: 'Default', capacity: 1 }));
    return next;
  },
  merge: ({ before, body }) => patched(before, body, ['tags', 'sku']),
  mayDelete({ id, store }) {
    const traffic = at(store.get(parentOf(id)), 'properties', 'traffic');
    const name = isObject(traffic) ? nameIn(traffic, nameOf(id)) : undefined;
    if (name === undefined || numberOf(at(traffic, name)) === 0) return;
    throw invalid(`The deployment '${nameOf(id)}' has traffic and cannot be deleted. Set its traffic to 0 first.`);
  },
  /** The endpoint no longer shares its traffic out to what is gone. */
  gone(store, id) {
    for (const member of ['traffic', 'mirrorTraffic']) {
      const shares = at(store.get(parentOf(id)), 'properties', member);
      if (isObject(shares)) shares.delete(nameIn(shares, nameOf(id)) ?? nameOf(id));
    }
  },
};

/** Machines of the service's or pods of the cluster, as the endpoint has it. */
function settleKind(properties: ArmObject, kind: string): void {
  const type = oneOf(at(properties, 'endpointComputeType'), ['Managed', 'Kubernetes'], 'endpointComputeType');
  if (type === undefined) throw invalid('The property endpointComputeType is required.');
  if ((type === 'Managed') !== (fold(kind) === 'managed')) {
    throw invalid(`A deployment on ${type} does not fit an endpoint of kind ${kind}.`);
  }
  put(properties, 'endpointComputeType', type);
  if (type === 'Managed' && text(properties, 'instanceType') === undefined) {
    throw invalid('The property instanceType is required.');
  }
}

function settleEgress(store: Store, id: string, before: ArmObject | undefined, properties: ArmObject): void {
  const member = 'egressPublicNetworkAccess';
  const old = text(before, 'properties', member);
  const egress = oneOf(at(properties, member), ['Enabled', 'Disabled'], member) ?? old ?? 'Enabled';
  put(properties, member, egress);
  if (old !== undefined && fold(old) !== fold(egress)) {
    throw invalid(`${member} of a deployment cannot be changed once the deployment has been created.`);
  }
  const workspace = store.get(workspaceOf(id));
  if (before || fold(text(properties, 'endpointComputeType') ?? '') !== 'managed' || modeOf(workspace) !== 'Disabled') {
    return;
  }
  if (egress === 'Disabled' && list(workspace, 'properties', 'privateEndpointConnections').length === 0) {
    throw invalid(`The workspace must have a private endpoint for a deployment whose ${member} is Disabled.`);
  }
  if (egress === 'Enabled' && fold(text(workspace, 'properties', 'publicNetworkAccess') ?? '') === 'disabled') {
    throw invalid(
      `The workspace must allow public network access for a deployment whose ${member} is Enabled: it would not reach its workspace.`,
    );
  }
}
