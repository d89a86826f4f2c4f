// A Kubernetes cluster to be made by the workspace or attached to it: its body, and what has to hold where it goes (the rules `aks.*`).

import { clusterGates } from '../../src/audit/index.ts';
import type { ProfileChoice } from '../../src/model/assumption.ts';
import { editChange } from '../../src/model/change.ts';
import { setMember } from '../../src/model/edit.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Gate } from '../../src/model/plan.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot, type SnapshotIndex } from '../../src/model/snapshot-index.ts';
import { clean, counted } from '../../src/model/text.ts';
import { attachedSubnets, computeView, usualPods, workspaceView } from '../../src/resource-types/index.ts';
import type { Creation } from '../../src/session/session.ts';
import { type AksArgs, addressPlan, purposes, usage, usualNodes, usualSize } from './aks-asked.ts';

const stopsMaking = [
  ...['aks.same-region-as-vnet', 'aks.service-cidr-no-overlap', 'aks.dns-service-ip', 'aks.docker-bridge'],
  ...['aks.reserved-ranges', 'aks.ip-plan', 'aks.subnet-not-delegated', 'workspace.network-preexists'],
];
const stopsAttaching = ['aks.private-link-unsupported'];
const stopsInside = ['aks.ilb-capacity', 'aks.identity-network-contributor'];

/** The future cluster as it is checked; its identity and state do not exist yet. */
const warns = [
  ...['aks.storage-same-vnet', 'aks.dependencies-same-vnet', 'aks.outbound-default', 'aks.outbound-acr'],
  ...['aks.scoring-inbound', 'aks.internal-load-balancer', 'aks.region-with-workspace-endpoint'],
  ...['aks.subnet-assigned', 'aks.basic-load-balancer', 'compute.locks'],
];
/** Of a cluster that stands, its roles are known, and its plan can no longer be changed. */
const warnsAttaching = [...warns, ...stopsMaking, ...stopsInside];

/** What is to be made in a subnet, and what the audit must say around it. Throws Failure (exit 4) when the workspace was not read. */
export function clusterCreation(snapshot: Snapshot, args: AksArgs, subnet: string, profile: ProfileChoice): Creation {
  const index = indexSnapshot(snapshot);
  const { workspace, location } = home(snapshot, index);
  const { nodes = usualNodes, size = usualSize, purpose = 'production', internalLoadBalancer = false } = args;
  const plan = addressPlan(args, index);
  const settings = {
    agentCount: nodes,
    agentVmSize: size,
    clusterPurpose: purposes[purpose],
    aksNetworkingConfiguration: { subnetId: subnet, ...plan },
  };
  return {
    ...bodyOf(workspace, args, { location, properties: { computeType: 'AKS', properties: settings } }),
    ...inside(internalLoadBalancer, subnet),
    advice: `Creates a cluster of ${counted(nodes, 'node')} of size ${clean(size, 60)}. Services use ${plan.serviceCidr}, DNS ${plan.dnsServiceIP}, the Docker bridge ${plan.dockerBridgeCidr}; check that no connected network uses these ranges, because they are chosen once.`,
    around: [`${workspace.id}/computes/${args.name}`],
    stops: [...stopsMaking, ...(internalLoadBalancer ? ['aks.ilb-capacity'] : [])].map((rule) => ({ rule })),
    warns,
    gates: [
      ...clusterGates(
        {
          ...{ subnet: subnet, nodes, size, podsPerNode: usualPods },
          ...{ forProduction: purpose !== 'dev-test', frontEnds: internalLoadBalancer ? 1 : 0 },
        },
        index,
      ),
      ...rightsToCome(internalLoadBalancer),
      ...wishes(internalLoadBalancer, snapshot),
    ],
    profile,
  };
}

/** Attaches an existing cluster to the workspace. Throws Failure: exit 2 when it does not exist, 4 when it could not be read. */
export function attachment(snapshot: Snapshot, args: AksArgs, cluster: string, profile: ProfileChoice): Creation {
  const index = indexSnapshot(snapshot);
  const { workspace, location } = home(snapshot, index);
  const { internalLoadBalancer = false } = args;
  const found = index.peek(cluster);
  if (found.state === 'missing') {
    throw usage(
      'unknown-cluster',
      `No AKS cluster ${clean(cluster, 300)} exists.`,
      'Pass the resource ID of an AKS cluster: --cluster ID.',
    );
  }
  const [front] = found.state === 'read' ? attachedSubnets(found.resource) : [];
  if (internalLoadBalancer && front === undefined) {
    throw new Failure(
      'no-subnet',
      exitStatus.notSent,
      'No subnet of the cluster could be read, so its load balancer cannot be placed.',
      'Attach it without --internal-load-balancer, then run `bastide audit`.',
    );
  }
  const other = index
    .ofType('Microsoft.MachineLearningServices/workspaces/computes')
    .find((compute) => sameId(computeView(compute).resourceId, cluster));
  const twice: Gate[] = other
    ? [
        {
          kind: 'state',
          outcome: 'fail',
          detail: `${clean(nameOf(cluster), 120)} is already attached as ${clean(nameOf(other.id), 120)}.`,
        },
      ]
    : [];
  const unread: Gate[] = found.state === 'gap' ? [{ kind: 'state', outcome: 'unknown', detail: found.gap.reason }] : [];
  return {
    ...bodyOf(workspace, args, { location, properties: { computeType: 'AKS', resourceId: cluster, properties: {} } }),
    ...inside(internalLoadBalancer, front ?? ''),
    advice: `Attaches ${clean(nameOf(cluster), 120)}: the workspace installs components for model serving there, and everyone who can deploy in the workspace can run code on its nodes.`,
    around: [`${workspace.id}/computes/${args.name}`],
    stops: [...stopsAttaching, ...(internalLoadBalancer ? stopsInside : [])].map((rule) => ({ rule })),
    warns: warnsAttaching,
    gates: [...twice, ...unread, ...wishes(internalLoadBalancer, snapshot)],
    profile,
  };
}

function home(snapshot: Snapshot, index: SnapshotIndex): { readonly workspace: Resource; readonly location: string } {
  const found = snapshot.workspace === null ? undefined : index.peek(snapshot.workspace);
  const workspace = found?.state === 'read' ? found.resource : undefined;
  const location = workspace && workspaceView(workspace).location;
  if (workspace && location !== undefined) return { workspace, location };
  throw new Failure(
    'workspace-unread',
    exitStatus.notSent,
    'The workspace, or its region, could not be read.',
    'Check that you have read access, then retry.',
  );
}

const bodyOf = (workspace: Resource, { name }: AksArgs, body: JsonObject): Pick<Creation, 'change'> => ({
  change: { kind: 'create', resource: `${workspace.id}/computes/${name}`, edits: [], body },
});

/** An internal load balancer is taken as an update of the workspace's compute only, never while it is made (aks.ilb-two-step). */
const inside = (wanted: boolean, subnet: string): Pick<Creation, 'afterwards'> => {
  if (!wanted) return {};
  const settings = '/properties/properties';
  return {
    afterwards: ({ id, body }) => ({
      change: editChange(id, [
        setMember(body, `${settings}/loadBalancerType`, 'InternalLoadBalancer'),
        setMember(body, `${settings}/loadBalancerSubnet`, nameOf(subnet)),
      ]),
      advice: `The scoring endpoint gets a private address in ${clean(nameOf(subnet), 120)}.`,
      undo: 'partial',
    }),
  };
};

const rightsToCome = (internal: boolean): Gate[] => [
  {
    kind: 'rule',
    outcome: internal ? 'warn' : 'unknown',
    detail: `aks.identity-network-contributor: the identity of the cluster does not exist yet, so its permissions are unknown.${internal ? ' The load balancer needs the role Network Contributor.' : ''} Run \`bastide fix aks.identity-network-contributor\` afterwards.`,
  },
];

const wishes = (internal: boolean, { intents }: Snapshot): Gate[] =>
  internal && intents.externalScoring === true
    ? [
        {
          kind: 'rule',
          outcome: 'warn',
          detail:
            'The assumption externalScoring is true, but external clients cannot reach scoring endpoints at a private address.',
        },
      ]
    : [];
