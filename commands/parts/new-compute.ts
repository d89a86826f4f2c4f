// A requested cluster or instance: legal or not, its body, and what must hold in its network.

import type { Architecture, ProfileChoice } from '../../src/model/assumption.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { clean, counted } from '../../src/model/text.ts';
import { vnetOf, workspaceView } from '../../src/resource-types/index.ts';
import type { Creation } from '../../src/session/session.ts';

export interface ComputeArgs {
  readonly what: 'cluster' | 'instance';
  readonly name: string;
  readonly size: string;
  readonly min: number;
  readonly max: number;
  readonly publicIp?: boolean | undefined;
  readonly ssh: 'disabled' | 'enabled';
  readonly identity?: string | undefined;
}

const usage = (code: string, message: string, next: string): Failure =>
  new Failure(code, exitStatus.usage, message, next);

/**
 * Throws Failure (exit 2) for what the service would refuse anyway. Names: 2 to 32 characters for a cluster, 3 to 24 for an
 * instance, letters, digits and dashes, a letter first, no digits alone behind the last dash (the service's own words, read 2026).
 */
export function legalCompute({ what, name, min, max, identity }: ComputeArgs): void {
  const [least, most] = what === 'instance' ? [3, 24] : [2, 32];
  const isLegal = /^[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$/.test(name) && name.length >= least && name.length <= most;
  if (!isLegal || (what === 'instance' && /-\d+$/.test(name))) {
    throw usage(
      'bad-name',
      `${clean(name, 60)} is not a valid name of a compute ${what}: use ${least} to ${most} letters, digits and dashes, starting with a letter and ending with a letter or digit${what === 'instance' ? ', without a number on its own after the last dash' : ''}.`,
      'Nothing was sent. Choose another name.',
    );
  }
  if (!Number.isInteger(min) || !Number.isInteger(max) || min < 0 || max < Math.max(1, min)) {
    throw usage(
      'bad-scale',
      `A cluster of ${min} to ${max} nodes cannot be created.`,
      'Use whole numbers: 0 <= --min <= --max, and --max at least 1.',
    );
  }
  if (
    identity !== undefined &&
    identity !== 'system' &&
    !/^\/subscriptions\/.+\/userAssignedIdentities\/[^/]+$/i.test(identity)
  ) {
    throw usage(
      'bad-identity',
      `${clean(identity, 120)} is not a managed identity.`,
      'Use system, or the resource ID of a user-assigned managed identity.',
    );
  }
}

/** The body of the PUT. `subnet`: id of the subnet, null inside a managed network. */
export function computeBody(args: ComputeArgs, subnet: string | null, location: string, isPublic: boolean): JsonObject {
  const enabled = args.ssh === 'enabled' ? 'Enabled' : 'Disabled';
  const scale = { minNodeCount: args.min, maxNodeCount: args.max, nodeIdleTimeBeforeScaleDown: 'PT120S' };
  const own: JsonObject =
    args.what === 'cluster'
      ? { vmPriority: 'Dedicated', scaleSettings: scale, remoteLoginPortPublicAccess: enabled }
      : { sshSettings: { sshPublicAccess: enabled } };
  const identity: JsonObject =
    args.identity === undefined
      ? {}
      : args.identity === 'system'
        ? { identity: { type: 'SystemAssigned' } }
        : { identity: { type: 'UserAssigned', userAssignedIdentities: { [args.identity]: {} } } };
  return {
    location,
    ...identity,
    properties: {
      computeType: args.what === 'cluster' ? 'AmlCompute' : 'ComputeInstance',
      properties: {
        vmSize: args.size,
        ...own,
        ...(subnet === null ? {} : { subnet: { id: subnet } }),
        enableNodePublicIp: isPublic,
      },
    },
  };
}

const stops = [
  'compute.vnet-same-subscription',
  'compute.vnet-same-region',
  'compute.subnet-free-ips',
  'compute.subnet-not-delegated',
  'compute.caller-can-join',
  'compute.managed-network-conflict',
  'workspace.network-preexists',
];
/** Only what has a public address is given a security group, an address and a load balancer. */
const stopsPublic = ['compute.policy', 'compute.network-quota'];
const warns = [
  'compute.core-quota',
  'compute.locks',
  'compute.explicit-outbound',
  'compute.npip-private-endpoint',
  'nsg.',
  'udr.',
];

/** What is to be made, and what the audit must say around it. Throws Failure (exit 4) when the workspace was not read. */
export function computeCreation(
  snapshot: Snapshot,
  args: ComputeArgs,
  subnet: string | null,
  architecture: Architecture,
  profile: ProfileChoice,
): Creation {
  const found = snapshot.workspace === null ? undefined : indexSnapshot(snapshot).peek(snapshot.workspace);
  const workspace = found?.state === 'read' ? found.resource : undefined;
  const location = workspace && workspaceView(workspace).location;
  if (workspace === undefined || location === undefined) {
    throw new Failure(
      'workspace-unread',
      exitStatus.notSent,
      'The workspace, or its region, could not be read.',
      'Check that you have read access, then retry.',
    );
  }
  const isPublic = args.publicIp ?? architecture === 'service-endpoint';
  const nodes =
    args.what === 'cluster'
      ? `up to ${counted(args.max, 'node')} of size ${clean(args.size, 60)}`
      : `a VM of size ${clean(args.size, 60)}`;
  const where = subnet === null ? 'in the managed network' : `in ${nameOf(vnetOf(subnet))}/${nameOf(subnet)}`;
  const beside =
    isPublic && subnet !== null ? ' Azure also creates an NSG, a load balancer and a public IP address.' : '';
  return {
    change: {
      kind: 'create',
      resource: `${workspace.id}/computes/${args.name}`,
      edits: [],
      body: computeBody(args, subnet, location, isPublic),
    },
    advice: `Creates ${nodes} ${where}.${beside}`,
    around: [workspace.id, ...(subnet === null ? [] : [subnet, vnetOf(subnet)])],
    stops: [
      ...stops.map((rule) => ({ rule })),
      ...(isPublic ? stopsPublic.map((rule) => ({ rule })) : []),
      { rule: 'compute.locks', worst: true },
    ],
    warns,
    profile,
  };
}
