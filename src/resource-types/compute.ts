// Computes of a workspace: created and deleted. Of an existing one, only the scale settings of a cluster and the load
// balancer of an attached Kubernetes cluster can be changed: Azure ignores or rejects every other change.

import { writeVersionOf } from '../model/api-versions.ts';
import type { DeleteChange } from '../model/change.ts';
import { applyEdits } from '../model/edit.ts';
import { isObject } from '../model/json.ts';
import { updateAt, withMember } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parentId, parseId } from '../model/resource-id.ts';
import { nodesView, scalePointer } from './cluster-view.ts';
import { defineResourceType } from './define.ts';
import { clusterPlan, clusterSideEffects, makesCluster } from './managed-cluster.ts';
import { vnetOf } from './network-view.ts';
import { actionOn, isUnder, sendable, without } from './parts/bodies.ts';
import {
  balanced,
  balancerPointer,
  balancerPointers,
  balancerWords,
  computeLine,
  scaleWords,
} from './parts/compute-write.ts';
import type { ResourceShape } from './parts/normal.ts';
import { line, lines } from './parts/shell.ts';
import { booleanAt, objectAt, textAt } from './read.ts';
import type { ChangeSides, Consequence, JsonObject, OwnEffect } from './resource-type.ts';
import { computeView, workspaceView } from './workspace-view.ts';

export const computeType = 'Microsoft.MachineLearningServices/workspaces/computes';

/** Members of `properties`, and of the `properties` inside, that only the service writes. */
const computed = [
  ...['createdOn', 'modifiedOn', 'provisioningErrors', 'provisioningState', 'isAttachedCompute', 'computeLocation'],
];
const computedInside = [
  ...['currentNodeCount', 'targetNodeCount', 'nodeStateCounts', 'allocationState', 'allocationStateTransitionTime'],
  ...[
    'errors',
    'state',
    'lastOperation',
    'connectivityEndpoints',
    'applications',
    'createdBy',
    'versions',
    'containers',
  ],
  ...['dataDisks', 'dataMounts', 'osImageMetadata', 'systemServices'],
];
const shape: ResourceShape = {
  volatile: [
    ...computed.map((name) => `/properties/${name}`),
    ...computedInside.map((name) => `/properties/properties/${name}`),
    ...['adminUserName', 'sshPort'].map((name) => `/properties/properties/sshSettings/${name}`),
  ],
  // A cluster without the setting has a public front end.
  rewrite: {
    [balancerPointer]: (value) => (typeof value === 'string' && fold(value) === 'publicip' ? undefined : value),
  },
};

export const compute = defineResourceType({
  type: computeType,
  label: 'compute',
  plural: 'computes',
  shape,
  columns: [
    { title: 'Type', value: (resource) => computeView(resource).computeType ?? '' },
    { title: 'Subnet', value: (resource) => computeView(resource).subnet?.split('/').at(-1) ?? '' },
    { title: 'State', value: (resource) => computeView(resource).provisioningState ?? '' },
  ],
  references(body) {
    const view = computeView({ id: '', type: '', apiVersion: '', body });
    return [view.subnet, textAt(body, `${clusterPlan}/subnetId`), view.resourceId].filter((id) => id !== undefined);
  },
  oneWay: (edit) =>
    edit.op === 'set' && edit.pointer === balancerPointer && fold(textAt(edit.after, '') ?? '') !== 'publicip'
      ? 'its public IP address is released; an undo assigns a different one.'
      : null,
  deletionLoss: ({ body }) => lossOf(body),
  effects: computeEffects,
  restoreBlocker({ resource, body }, seen) {
    const workspace = seen.resource(parentId(resource) ?? '');
    const isOutside = textAt(body, '/properties/properties/subnet/id') !== undefined;
    return isOutside && workspace && workspaceView(workspace).managedNetwork.on
      ? 'with a managed network, no compute can be created in your own subnet, so it is not restored.'
      : null;
  },
  sideEffects(change, seen) {
    if (change.kind !== 'create') return nothing;
    const born = seen.resource(change.resource);
    return clusterSideEffects(change, seen) ?? { put: born ? [atRest(born, seen.at)] : [], gone: [] };
  },
  write(change, current) {
    const at = { id: change.resource, apiVersion: writeVersionOf(computeType) };
    if (change.kind === 'create') return { method: 'PUT', ...at, body: made(change.body) };
    if (change.kind === 'delete') {
      return { method: 'DELETE', ...at, body: null, query: { underlyingResourceAction: leaving(change) } };
    }
    if (current === null) return 'The compute was not read.';
    if (change.edits.every(({ pointer }) => balancerPointers.includes(pointer))) {
      const body = balanced(current, change.edits);
      return typeof body === 'string' ? body : { method: 'PUT', ...at, body };
    }
    const strange = change.edits.find((edit) => !isUnder(edit, scalePointer));
    if (strange || fold(computeView(current).computeType ?? '') !== 'amlcompute') {
      return `Of an existing compute only the scale settings of a cluster can be changed, not ${strange?.pointer ?? scalePointer} of this one. It must be created again.`;
    }
    const settings = objectAt(applyEdits(current.body, change.edits), scalePointer);
    if (settings?.maxNodeCount === undefined) return 'The scale settings must name a largest number of nodes.';
    return { method: 'PATCH', ...at, body: { properties: { properties: { scaleSettings: settings } } } };
  },
  toTemplatePut: (after, { id }) => ({ method: 'PUT', id, apiVersion: writeVersionOf(computeType), body: made(after) }),
  az(change) {
    const [workspace = '', name = ''] = parseId(change.resource).names;
    if (change.kind === 'create') return computeLine(change);
    const at = ['-n', name, '-g', parseId(change.resource).resourceGroup ?? '', '-w', workspace];
    if (change.kind === 'delete') {
      return line('az', 'ml', 'compute', leaving(change) === 'Detach' ? 'detach' : 'delete', at, '--yes');
    }
    const balancer = balancerWords(change.edits);
    if (balancer.length > 0) {
      const where = ['-n', name, '-g', parseId(change.resource).resourceGroup ?? '', '--workspace-name', workspace];
      return line('az', 'ml', 'computetarget', 'update', 'aks', where, balancer);
    }
    const words = change.edits.flatMap((edit) => (edit.op !== 'set' ? [] : scaleWords(edit.pointer, edit.after)));
    return lines(words.length > 0 ? [line('az', 'ml', 'compute', 'update', at, words)] : []);
  },
  alsoNeeds(change) {
    const made = change.kind === 'create' ? change.body : undefined;
    const own = textAt(made, '/properties/properties/subnet/id');
    const subnet = own ?? textAt(made, `${clusterPlan}/subnetId`);
    return [
      ...(subnet === undefined ? [] : [actionOn('Microsoft.Network/virtualNetworks/subnets/join/action', subnet)]),
      // Microsoft Learn, "Secure an Azure Machine Learning training environment", required permissions.
      ...(own === undefined ? [] : [actionOn('Microsoft.Network/virtualNetworks/join/action', vnetOf(own))]),
    ];
  },
});

const nothing: Consequence = { put: [], gone: [] };

const sshPointers = [
  '/properties/properties/remoteLoginPortPublicAccess',
  '/properties/properties/sshSettings/sshPublicAccess',
];

const hasPublicSsh = ({ body }: Resource): boolean =>
  sshPointers.some((pointer) => fold(textAt(body, pointer) ?? '') === 'enabled');
/** Absent counts as true. */
const nodeAddressPointer = '/properties/properties/enableNodePublicIp';

/** Empty in a body that was not read. */
const typeIn = ({ body }: Resource): string => fold(textAt(body, '/properties/computeType') ?? '');
const hasPublicScoring = (one: Resource): boolean =>
  ['aks', ''].includes(typeIn(one)) && fold(textAt(one.body, balancerPointer) ?? 'publicip') === 'publicip';

/** What the Internet reaches by a setting of a compute, and the words for when it does and when it does not. */
interface Exposure {
  readonly is: (compute: Resource) => boolean;
  readonly says: (name: string, isOpen: boolean) => string;
  readonly subject: string;
  readonly made?: 'allows';
}
const exposures: readonly Exposure[] = [
  {
    is: hasPublicSsh,
    says: (name, isOpen) => `The SSH port of ${name} is ${isOpen ? 'open' : 'closed'} to the Internet.`,
    subject: 'Internet',
  },
  {
    is: (one) =>
      ['amlcompute', 'computeinstance', ''].includes(typeIn(one)) && booleanAt(one.body, nodeAddressPointer) !== false,
    says: (name, isOpen) => `The nodes of ${name} get ${isOpen ? '' : 'no '}public IP addresses (enableNodePublicIp).`,
    subject: 'public IP addresses',
    made: 'allows',
  },
  {
    is: hasPublicScoring,
    says: (name, isOpen) =>
      isOpen
        ? `Scoring on ${name} is reachable at a public IP address.`
        : `Scoring on ${name} is reachable only inside its network.`,
    subject: 'Internet',
  },
];

/** What is created is compared with nothing, which exposes nothing. */
function exposed(id: string, before: Resource | null, after: Resource): OwnEffect[] {
  return exposures.flatMap(({ is, says, subject, made: born = 'relaxes' as const }): OwnEffect[] => {
    const [was, isOpen] = [before !== null && is(before), is(after)];
    if (was === isOpen) return [];
    const kind: OwnEffect['kind'] = isOpen ? (before === null ? born : 'relaxes') : 'restricts';
    return [{ kind, detail: says(nameOf(id), isOpen), subject }];
  });
}

/** Work that ends, and what the Internet reaches. */
function computeEffects({ id, before, after }: ChangeSides): OwnEffect[] {
  const name = nameOf(id);
  if (after === null)
    return [{ kind: 'outage', detail: `Deletes ${name}: ${lossOf(before?.body ?? {})}`, subject: id }];
  const told = exposed(id, before, after);
  if (before === null) {
    const detail = `The API server of the cluster of ${name} is reachable at a public IP address.`;
    const server: OwnEffect = { kind: 'relaxes', detail, subject: 'Internet' };
    return makesCluster(after.body) ? [...told, server] : told;
  }
  const [was, is] = [nodesView(before), nodesView(after)];
  const most = [was.maxNodes ?? 0, is.maxNodes ?? 0] as const;
  const running = was.currentNodes ?? 0;
  return [
    ...(most[0] === most[1]
      ? []
      : [
          {
            ...(most[1] < most[0]
              ? { kind: 'restricts' as const, now: 'interrupts' as const }
              : { kind: 'allows' as const, now: null }),
            detail: `${name} grows to at most ${most[1]} nodes instead of ${most[0]}.`,
            subject: id,
          },
        ]),
    ...(most[1] < running
      ? [
          {
            kind: 'outage' as const,
            detail: `${name} has ${running} nodes: jobs on ${running - most[1]} of them end.`,
            subject: id,
          },
        ]
      : []),
    ...told,
    ...(hasPublicScoring(before) && !hasPublicScoring(after)
      ? [
          {
            kind: 'outage' as const,
            detail: `The scoring address of ${name} changes: callers must use the new one.`,
            subject: id,
          },
        ]
      : []),
  ];
}

function lossOf(body: JsonObject): string {
  const type = fold(textAt(body, '/properties/computeType') ?? '');
  if (type === 'computeinstance') return 'running work ends, and the data on its disk is lost.';
  if (makesCluster(body)) {
    return 'the cluster is deleted with it, endpoints deployed on it end, and its scoring address is lost.';
  }
  return type === 'aks'
    ? 'the cluster is detached with the endpoints deployed on it; the cluster itself remains.'
    : 'jobs that run on its nodes end, and their local files are lost.';
}

/** What happens to the resource behind a deleted compute: an attached one is kept. */
function leaving({ resource, body }: DeleteChange): 'Delete' | 'Detach' {
  const view = { id: resource, type: computeType, apiVersion: '', body };
  return nodesView(view).isAttached || computeView(view).resourceId !== undefined ? 'Detach' : 'Delete';
}

/** A compute as the service shows it once created: a cluster starts with its minimum node count. */
function atRest(born: Resource, at: string | undefined): Resource {
  const isCluster = fold(computeView(born).computeType ?? '') === 'amlcompute';
  const nodes = nodesView(born).minNodes ?? 0;
  const shown: JsonObject = isCluster
    ? { currentNodeCount: nodes, targetNodeCount: nodes, allocationState: 'Steady' }
    : {};
  const body = updateAt(born.body, ['properties'], (value) => {
    if (!isObject(value)) return value;
    const inner = isObject(value.properties) ? value.properties : {};
    const when: JsonObject = at === undefined ? {} : { createdOn: at };
    return { ...value, ...when, properties: { ...inner, ...shown } };
  });
  return isObject(body) ? { ...born, body } : born;
}

/** A compute's body as a request for another one: without its name and the members that only the service writes. */
export const alike = (compute: Resource): JsonObject => made(compute.body);

/** The body of a PUT: without the members that only the service writes, also when a deleted compute is created again. */
function made(body: JsonObject): JsonObject {
  const outer = updateAt(sendable(body), ['properties'], (value) => (isObject(value) ? without(value, computed) : {}));
  const inner = updateAt(outer, ['properties', 'properties'], (value) => {
    if (!isObject(value)) return {};
    const kept = without(value, computedInside);
    return isObject(kept.sshSettings)
      ? withMember(kept, 'sshSettings', without(kept.sshSettings, ['adminUserName', 'sshPort']))
      : kept;
  });
  return isObject(inner) ? inner : body;
}
