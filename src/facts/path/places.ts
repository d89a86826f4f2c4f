// The places that send and receive packets: subnets and who is in them, machines with rules of their own, nodes outside the networks,
// declared clients and the Internet.
import type { EffectEnd, Use } from '../../model/effect.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameInParent, nameOf, parentId, sameId, typeOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { computeType } from '../../resource-types/compute.ts';
import { nicType } from '../../resource-types/machine-view.ts';
import { managedClusterType } from '../../resource-types/managed-cluster-view.ts';
import { findSubnet, subnetType } from '../../resource-types/network-view.ts';
import { managedAmong } from '../../resource-types/placements.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { computeView, workspaceView } from '../../resource-types/workspace-view.ts';
import { managedComputes } from '../compute-networks.ts';
import { mayBeOccupied } from '../map/occupants.ts';
import { memoizePerSnapshot, memoizePerSnapshotAndKey } from '../memoize.ts';
import { computes, subnetsOfCompute } from '../needs.ts';
import { isRefused } from './ends.ts';
import { scoringFronts } from './fronts.ts';
import { endOf } from './named.ts';
import { leavesBy } from './outbound-hop.ts';
import { calledBy, type Senders, sendersIn } from './senders.ts';

/** Who is where follows from these. */
export const placing = [
  'microsoft.network/virtualnetworks',
  'microsoft.network/networkinterfaces',
  'microsoft.network/privateendpoints',
  'microsoft.network/azurefirewalls',
  'microsoft.network/loadbalancers',
  'microsoft.network/virtualnetworkgateways',
  'microsoft.network/bastionhosts',
  'microsoft.network/applicationgateways',
  'microsoft.machinelearningservices/workspaces',
  'microsoft.compute/',
  'microsoft.containerservice/',
  'microsoft.databricks/',
  'microsoft.hdinsight/',
  'microsoft.containerinstance/',
];

export interface SenderPlace {
  /** What a question calls it. */
  readonly asked: string;
  /** Id of its subnet; undefined outside the networks that were read. */
  readonly subnet: string | undefined;
  /** Absent of a subnet, which is named by who is in it. */
  readonly end?: EffectEnd;
  /** Absent of a subnet, which is used by who is in it. */
  readonly use?: Use;
  /** It takes packets in and sends none. */
  readonly receives?: boolean;
}

export const internet: SenderPlace = {
  asked: 'internet',
  end: { kind: 'internet', id: null, name: 'the Internet' },
  subnet: undefined,
};

/** Every subnet, every NIC with rules of its own, and the public fronts of clusters. */
export const places = memoizePerSnapshot(
  (index): readonly SenderPlace[] => [
    ...index.ofType(subnetType).map(({ id }): SenderPlace => ({ asked: id, subnet: id })),
    ...index.ofType(subnetType).flatMap(({ id }) => nodesApart(id, index)),
    ...index.ofType(nicType).flatMap(placeOfNic),
    ...scoringFronts(index).map(({ address, compute: { id }, subnet }): SenderPlace => {
      const end = { kind: 'cluster', id, name: `${nameOf(id)} at ${address}` } as const;
      return { asked: address, subnet, end, receives: true };
    }),
  ],
  placing,
);

/** A machine whose NIC has a group, or that a public address or a load balancer leads to: its packets are decided apart from those of its subnet. */
function placeOfNic({ id, body }: Resource): readonly SenderPlace[] {
  const machine = textAt(body, '/properties/virtualMachine/id');
  const settings = listAt(body, '/properties/ipConfigurations');
  const own =
    textAt(body, '/properties/networkSecurityGroup/id') ??
    settings.flatMap((one) => textAt(one, '/properties/publicIPAddress/id') ?? [])[0] ??
    settings.find((one) => balancing.some((list) => listAt(one, `/properties/${list}`).length > 0));
  const [subnet] = settings.flatMap((one) => textAt(one, '/properties/subnet/id') ?? []);
  if (machine === undefined || own === undefined || subnet === undefined) return [];
  return [
    { asked: id, subnet, end: { kind: 'virtualMachine', id, name: `${nameInParent(subnet)} (VM ${nameOf(machine)})` } },
  ];
}

const balancing = ['loadBalancerBackendAddressPools', 'loadBalancerInboundNatRules'];

/** Machines that are places of their own: what holds for the rest of their subnet does not hold for them. */
const machinesApart = memoizePerSnapshot(
  (index): ReadonlySet<string> => {
    const nics = index.ofType(nicType).filter((nic) => placeOfNic(nic).length > 0);
    const machines = new Set(
      nics.flatMap(({ id, body }) => [id, textAt(body, '/properties/virtualMachine/id') ?? ''].map(fold)),
    );
    // An attached machine is shown as the compute.
    const attached = index.ofType(computeType).filter((one) => machines.has(fold(computeView(one).resourceId ?? '')));
    return new Set([...machines, ...attached.map(({ id }) => fold(id))]);
  },
  [fold(nicType), fold(computeType)],
);

/**
 * Nodes that leave a subnet otherwise than the rest of it: by public addresses of their own, or by what Kubernetes manages for them. What
 * holds for the subnet does not hold for them.
 */
export const nodesApart = memoizePerSnapshotAndKey((id: string, index: SnapshotIndex): readonly SenderPlace[] => {
  const end = attempt(
    () => endOf(id, id, index),
    () => undefined,
  );
  if (end === undefined || isRefused(end) || end.kind !== 'subnet') return [];
  const usual = leavesBy(end, index);
  return occupantsIn(id, index).all.flatMap(({ resource }): SenderPlace[] => {
    if (resource === null || ![computeType, managedClusterType].some((type) => sameId(typeOf(resource), type)))
      return [];
    const own = attempt(
      () => endOf(resource, resource, index),
      () => undefined,
    );
    const isApart =
      own !== undefined &&
      !isRefused(own) &&
      own.kind === 'subnet' &&
      own.nic === undefined &&
      sameId(own.subnet, id) &&
      leavesBy(own, index) !== usual;
    if (!isApart) return [];
    const kind = sameId(typeOf(resource), computeType) ? 'compute' : 'cluster';
    return [
      {
        asked: resource,
        subnet: id,
        end: { kind, id: resource, name: `${nameInParent(id)} (${calledBy(resource, index)})` },
      },
    ];
  });
}, placing);

/** Who is in a subnet; where that could not be read, or it is given to a service, something may send from it. */
const occupantsIn = (id: string, index: SnapshotIndex): Senders =>
  attempt(
    () => {
      const subnet = findSubnet(index, id);
      if (subnet === undefined) return { all: [], isPossible: false };
      const { all, isPossible } = sendersIn(subnet, index);
      return { all, isPossible: isPossible || mayBeOccupied(subnet, index) };
    },
    () => ({ all: [], isPossible: true }),
  );

/** What sends packets from a place, and whether anything is there. */
export function senderAt(
  { end, use = 'seen', asked }: SenderPlace,
  index: SnapshotIndex,
): { readonly end: EffectEnd; readonly use: Use } {
  return end === undefined ? senderIn(asked, index) : { end, use };
}

const senderIn = memoizePerSnapshotAndKey((id: string, index: SnapshotIndex): { end: EffectEnd; use: Use } => {
  const apart = machinesApart(index);
  const { all, isPossible } = occupantsIn(id, index);
  const nodes = nodesApart(id, index).map(({ asked }) => fold(asked));
  const inside = all.filter(
    ({ resource }) => !apart.has(fold(resource ?? '')) && !nodes.includes(fold(resource ?? '')),
  );
  const [first] = inside;
  const name = nameInParent(id);
  const who = inside.map((one) => one.name);
  const named = who.length > 3 ? `${who.slice(0, 3).join(', ')} and ${who.length - 3} more` : who.join(', ');
  const end: EffectEnd = {
    kind: first?.kind ?? 'subnet',
    id,
    name: first === undefined ? name : `${name} (${named})`,
  };
  return { end, use: first !== undefined ? 'seen' : isPossible ? 'possible' : 'none' };
}, placing);

/** Nodes that no subnet of the operator holds: computes without a subnet, serverless nodes, online endpoints. */
export const outsideNodes = memoizePerSnapshot((index): readonly SenderPlace[] => {
  const workspace = attempt(
    () => index.workspace(),
    (): undefined => undefined,
  );
  const loose = attempt(
    () => managedComputes(index),
    // What the list would hold besides is not known, and told as such.
    () => managedAmong(index.ofType(computeType)),
  )
    .filter((one) =>
      attempt(
        () => computeView(one).subnet === undefined,
        // It is told as a compute whose place could not be read.
        () => false,
      ),
    )
    .map(
      ({ id }): SenderPlace => ({
        asked: id,
        end: { kind: 'compute', id, name: `${nameOf(id)} (no virtual network)` },
        subnet: undefined,
      }),
    );
  return workspace === undefined ? loose : [...loose, ...hostedNodes(workspace, index)];
});

/** Whether jobs run on it is not known where nothing is set for it, as is the default. */
const serverlessUse = (declared: boolean | undefined, isSet: boolean): Use =>
  declared === false ? 'none' : declared === true || isSet ? 'seen' : 'possible';

/** Nodes that Azure starts for jobs and deployments. */
function hostedNodes(workspace: Resource, index: SnapshotIndex): SenderPlace[] {
  const { id } = workspace;
  const { kind, managedNetwork, serverless } = workspaceView(workspace);
  const endpoints = index
    .ofType('Microsoft.MachineLearningServices/workspaces/onlineEndpoints')
    .filter(({ body }) => fold(textAt(body, '/kind') ?? 'managed') !== 'k8s');
  const [first] = endpoints;
  // Several are told as one, under the id of the first.
  const name = endpoints.length === 1 ? `endpoint ${nameOf(first?.id ?? '')}` : `${endpoints.length} online endpoints`;
  const hosting: EffectEnd = { kind: 'onlineEndpoint', id: first?.id ?? id, name };
  return [
    {
      asked: 'serverless',
      end: { kind: 'serverless', id, name: `serverless compute of ${nameOf(id)}` },
      subnet: kind === 'Hub' ? undefined : serverless.subnet,
      use: serverlessUse(index.snapshot.intents.usesServerless, serverless.subnet !== undefined || managedNetwork.on),
    },
    ...(first === undefined ? [] : [{ asked: 'online-endpoint', end: hosting, subnet: undefined }]),
  ];
}

/** Do all deployments of all online endpoints reach services through endpoints of their own? The key vault they do not. */
export const endpointsAreSealed = memoizePerSnapshot((index): boolean =>
  index.ofType('Microsoft.MachineLearningServices/workspaces/onlineEndpoints').every(({ id }) => {
    const deployments = index
      .ofType('Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments')
      .filter((one) => sameId(parentId(one.id), id));
    return (
      deployments.length > 0 &&
      deployments.every(({ body }) => fold(textAt(body, '/properties/egressPublicNetworkAccess') ?? '') === 'disabled')
    );
  }),
);

/** Computes whose place could not be read: where their packets come from is not known. */
export const computesOutOfSight = memoizePerSnapshot((index): readonly EffectEnd[] =>
  attempt(
    () =>
      computes(index).flatMap((compute): EffectEnd[] => {
        const subnets = attempt(
          () => subnetsOfCompute(compute, index),
          (): undefined => undefined,
        );
        const isUnread = subnets === undefined || subnets.some((one) => index.peek(one).state !== 'read');
        return isUnread ? [{ kind: 'compute', id: compute.id, name: nameOf(compute.id) }] : [];
      }),
    ({ gap }) =>
      gap.status === 404
        ? []
        : [{ kind: 'compute', id: gap.id, name: 'computes of the workspace, which could not be read' }],
  ),
);

/** Addresses that the operator declared. */
export const clients = (index: SnapshotIndex): SenderPlace[] =>
  (index.snapshot.intents.devClientIps ?? []).map((address) => ({
    asked: address,
    end: { kind: 'client', id: null, name: `the declared client ${address}` },
    subnet: undefined,
  }));
