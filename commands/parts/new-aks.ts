// A Kubernetes cluster as it is asked for, made by the workspace or attached to it: legal or not, its address plan, its body, and
// what has to hold where it goes (rules-catalogue, aks.subnet-assigned and aks.attached, "Create").
import { clusterGates } from '../../src/audit/index.ts';
import {
  attachedSubnets,
  computeView,
  freeBridgeRange,
  freeServiceRange,
  usualPods,
  workspaceView,
} from '../../src/kinds/index.ts';
import { editChange } from '../../src/model/change.ts';
import { setMember } from '../../src/model/edit.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { ProfileChoice } from '../../src/model/intent.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Gate } from '../../src/model/plan.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { clean } from '../../src/model/text.ts';
import { type World, worldOf } from '../../src/model/world.ts';
import { blockAround } from '../../src/net/free-range.ts';
import { formatAddress, parseAddress, parseBlock } from '../../src/net/ipv4.ts';
import type { Creation } from '../../src/session/session.ts';

export const purposes = { production: 'FastProd', dense: 'DenseProd', 'dev-test': 'DevTest' } as const;

export interface AksArgs {
  readonly name: string;
  readonly nodes?: number | undefined;
  readonly size?: string | undefined;
  readonly purpose?: keyof typeof purposes | undefined;
  readonly subnet?: string | undefined;
  readonly serviceCidr?: string | undefined;
  readonly dnsServiceIp?: string | undefined;
  readonly dockerBridgeCidr?: string | undefined;
  readonly internalLoadBalancer?: boolean | undefined;
  /** Id of a cluster that stands. */
  readonly cluster?: string | undefined;
}

/** What the article's own cluster has. */
const [usualNodes, usualSize] = [3, 'STANDARD_D3_V2'];
/** Microsoft Learn, "Azure Kubernetes Service limits" and "AKS legacy CNI", read 2026. */
const [mostNodes, shortestPrefix, longestPrefix] = [1000, 12, 28];

const usage = (code: string, message: string, next: string): Failure =>
  new Failure(code, exitStatus.usage, message, next);

/** Throws Failure (exit 2) for what the service would refuse anyway, and for what an attached cluster has already. */
export function legalAks(args: AksArgs): void {
  const { name, nodes = usualNodes, serviceCidr, dnsServiceIp, dockerBridgeCidr, cluster } = args;
  if (!/^[A-Za-z][A-Za-z0-9-]{0,14}[A-Za-z0-9]$/.test(name)) {
    throw usage(
      'bad-name',
      `${clean(name, 60)} is no name of a Kubernetes cluster: 2 to 16 letters, digits and dashes, a letter first, a letter or digit last.`,
      'Nothing was sent. Choose another name.',
    );
  }
  const made = { nodes: args.nodes, size: args.size, purpose: args.purpose, subnet: args.subnet };
  const plan = { 'service-cidr': serviceCidr, 'dns-service-ip': dnsServiceIp, 'docker-bridge-cidr': dockerBridgeCidr };
  const [contrary] = Object.entries({ ...made, ...plan }).filter(([, value]) => value !== undefined);
  if (cluster !== undefined && contrary !== undefined) {
    throw usage(
      'contradicting-flags',
      `--cluster attaches a cluster as it stands, and --${contrary[0]} is for one that is made.`,
      'Leave one of them out.',
    );
  }
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > mostNodes) {
    throw usage('bad-scale', `A cluster of ${nodes} nodes cannot be made.`, `Give --nodes from 1 to ${mostNodes}.`);
  }
  const service = serviceCidr === undefined ? undefined : parseBlock(serviceCidr);
  const fits =
    service === undefined ||
    (service.ok && service.value.prefix >= shortestPrefix && service.value.prefix <= longestPrefix);
  if (!fits) {
    const why = service.ok ? `its prefix is none of /${shortestPrefix} to /${longestPrefix}` : service.reason;
    throw usage(
      'bad-service-cidr',
      `${clean(serviceCidr, 60)} is no range for services: ${why}.`,
      'Give --service-cidr, for instance 10.250.0.0/16, or leave it out.',
    );
  }
  if (dnsServiceIp !== undefined && !parseAddress(dnsServiceIp).ok) {
    throw usage(
      'bad-dns-service-ip',
      `${clean(dnsServiceIp, 60)} is no IPv4 address.`,
      'Give --dns-service-ip, an address of the service range, or leave it out.',
    );
  }
  if (dockerBridgeCidr !== undefined && blockAround(dockerBridgeCidr) === undefined) {
    throw usage(
      'bad-docker-bridge-cidr',
      `${clean(dockerBridgeCidr, 60)} is no address with a prefix length.`,
      'Give --docker-bridge-cidr, for instance 172.17.0.1/16, or leave it out.',
    );
  }
}

interface Plan {
  readonly serviceCidr: string;
  readonly dnsServiceIP: string;
  readonly dockerBridgeCidr: string;
}

/** The ranges asked for, else the first that nothing in hand uses. Throws Failure (exit 2) where none is left. */
export function addressPlan(args: AksArgs, world: World): Plan {
  const serviceCidr = args.serviceCidr ?? freeServiceRange(world, args.dockerBridgeCidr);
  const range = serviceCidr === undefined ? undefined : blockAround(serviceCidr);
  if (serviceCidr === undefined || range === undefined) {
    throw usage(
      'no-free-range',
      'No private range is known to be free for the services of a cluster.',
      'Give one: --service-cidr RANGE.',
    );
  }
  const dockerBridgeCidr = args.dockerBridgeCidr ?? freeBridgeRange(world, serviceCidr);
  if (dockerBridgeCidr === undefined) {
    throw usage(
      'no-free-range',
      'No private range is known to be free for the bridge on the nodes.',
      'Give one: --docker-bridge-cidr ADDRESS/LENGTH.',
    );
  }
  return { serviceCidr, dnsServiceIP: args.dnsServiceIp ?? formatAddress(range.first + 10), dockerBridgeCidr };
}

const stopsMaking = [
  ...['aks.same-region-as-vnet', 'aks.service-cidr-no-overlap', 'aks.dns-service-ip', 'aks.docker-bridge'],
  ...['aks.reserved-ranges', 'aks.ip-plan', 'aks.subnet-not-delegated', 'workspace.network-preexists'],
];
const stopsAttaching = ['aks.private-link-unsupported'];
const stopsInside = ['aks.ilb-capacity', 'aks.identity-network-contributor'];

/** What is judged of the cluster as it will be; what it becomes by itself, its identity and state, is not there yet. */
const warns = [
  ...['aks.storage-same-vnet', 'aks.dependencies-same-vnet', 'aks.outbound-default', 'aks.outbound-acr'],
  ...['aks.scoring-inbound', 'aks.internal-load-balancer', 'aks.region-with-workspace-endpoint'],
  ...['aks.subnet-assigned', 'aks.basic-load-balancer', 'compute.locks'],
];
/** Of a cluster that stands, its roles are known, and its plan can no longer be changed. */
const warnsAttaching = [...warns, ...stopsMaking, ...stopsInside];

/** What is to be made in a subnet, and what the audit must say around it. Throws Failure (exit 4) when the workspace was not read. */
export function clusterCreation(snapshot: Snapshot, args: AksArgs, seat: string, profile: ProfileChoice): Creation {
  const world = worldOf(snapshot);
  const { workspace, location } = home(snapshot, world);
  const { nodes = usualNodes, size = usualSize, purpose = 'production', internalLoadBalancer = false } = args;
  const plan = addressPlan(args, world);
  const settings = {
    agentCount: nodes,
    agentVmSize: size,
    clusterPurpose: purposes[purpose],
    aksNetworkingConfiguration: { subnetId: seat, ...plan },
  };
  return {
    ...bodyOf(workspace, args, { location, properties: { computeType: 'AKS', properties: settings } }),
    ...inside(internalLoadBalancer, seat),
    risk: `Makes a cluster of ${nodes} nodes of ${clean(size, 60)}, billed as long as it stands; services in ${plan.serviceCidr}, names at ${plan.dnsServiceIP}, bridge ${plan.dockerBridgeCidr}: see that no site of yours uses these ranges, they stay for its life.`,
    around: [`${workspace.id}/computes/${args.name}`],
    stops: [...stopsMaking, ...(internalLoadBalancer ? ['aks.ilb-capacity'] : [])].map((rule) => ({ rule })),
    warns,
    gates: [
      ...clusterGates(
        {
          ...{ subnet: seat, nodes, size, podsPerNode: usualPods },
          ...{ forProduction: purpose !== 'dev-test', frontEnds: internalLoadBalancer ? 1 : 0 },
        },
        world,
      ),
      ...rightsToCome(internalLoadBalancer),
      ...wishes(internalLoadBalancer, snapshot),
    ],
    profile,
  };
}

/** A cluster that stands comes to the workspace. Throws Failure: exit 2 when there is none of this id, 4 when nobody may read it. */
export function attachment(snapshot: Snapshot, args: AksArgs, cluster: string, profile: ProfileChoice): Creation {
  const world = worldOf(snapshot);
  const { workspace, location } = home(snapshot, world);
  const { internalLoadBalancer = false } = args;
  const found = world.peek(cluster);
  if (found.state === 'missing') {
    throw usage(
      'unknown-cluster',
      `There is no Kubernetes cluster ${clean(cluster, 300)}.`,
      'Give the id of one: --cluster ID.',
    );
  }
  const [front] = found.state === 'read' ? attachedSubnets(found.resource) : [];
  if (internalLoadBalancer && front === undefined) {
    throw new Failure(
      'no-subnet',
      exitStatus.notSent,
      'No subnet of the cluster could be read, so its load balancer has no place.',
      'Attach it without --internal-load-balancer, and see what `bastide audit` says of it.',
    );
  }
  const other = world
    .ofType('Microsoft.MachineLearningServices/workspaces/computes')
    .find((compute) => sameId(computeView(compute).resourceId, cluster));
  const twice: Gate[] = other
    ? [
        {
          kind: 'state',
          outcome: 'fail',
          detail: `${clean(nameOf(cluster), 120)} is attached already, as ${clean(nameOf(other.id), 120)}.`,
        },
      ]
    : [];
  const unread: Gate[] = found.state === 'gap' ? [{ kind: 'state', outcome: 'unknown', detail: found.gap.reason }] : [];
  return {
    ...bodyOf(workspace, args, { location, properties: { computeType: 'AKS', resourceId: cluster, properties: {} } }),
    ...inside(internalLoadBalancer, front ?? ''),
    risk: `Gives the workspace a hand in ${clean(nameOf(cluster), 120)}: it installs what serves models there, and whoever may deploy in the workspace may run code on its nodes.`,
    around: [`${workspace.id}/computes/${args.name}`],
    stops: [...stopsAttaching, ...(internalLoadBalancer ? stopsInside : [])].map((rule) => ({ rule })),
    warns: warnsAttaching,
    gates: [...twice, ...unread, ...wishes(internalLoadBalancer, snapshot)],
    profile,
  };
}

function home(snapshot: Snapshot, world: World): { readonly workspace: Resource; readonly location: string } {
  const found = snapshot.workspace === null ? undefined : world.peek(snapshot.workspace);
  const workspace = found?.state === 'read' ? found.resource : undefined;
  const location = workspace && workspaceView(workspace).location;
  if (workspace && location !== undefined) return { workspace, location };
  throw new Failure(
    'workspace-unread',
    exitStatus.notSent,
    'The workspace, or its region, could not be read.',
    'See that you may read it, then try again.',
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
      risk: `Scoring gets a private address of ${clean(nameOf(subnet), 120)}: only callers in the network, and those joined to it, reach it.`,
      undo: 'partial',
    }),
  };
};

const rightsToCome = (internal: boolean): Gate[] => [
  {
    kind: 'rule',
    outcome: internal ? 'warn' : 'unknown',
    detail: `aks.identity-network-contributor: the cluster's identity comes with it, so what it may do in the network is known only then${internal ? '; until it is Network Contributor there, the load balancer waits' : ''}. \`bastide fix aks.identity-network-contributor\` gives it the role.`,
  },
];

const wishes = (internal: boolean, { intents }: Snapshot): Gate[] =>
  internal && intents.externalScoring === true
    ? [
        {
          kind: 'rule',
          outcome: 'warn',
          detail:
            'You answered that callers from outside are to reach the scoring endpoints (externalScoring); at a private address they do not.',
        },
      ]
    : [];
