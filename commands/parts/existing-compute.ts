// A name that is taken: nothing is created; the existing resource is shown with its differences from the request.

import { isObject, type Json } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { clean } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import {
  computeView,
  isSshOn,
  nodesView,
  sshOf,
  textAt,
  vnetOf,
  workspaceView,
} from '../../src/resource-types/index.ts';
import type { ComputeArgs } from './new-compute.ts';

/** A resource of the wanted name, and how it differs from the request. */
export interface Existing {
  readonly exists: string;
  readonly type: string | null;
  readonly state: string | null;
  readonly differs: readonly { readonly setting: string; readonly stands: Json; readonly asked: Json }[];
}

type Asked = ComputeArgs & { readonly subnet?: string | undefined };

/** The compute of this name; undefined where there is none. */
export function existingCompute(snapshot: Snapshot, args: Asked): Existing | undefined {
  const found = snapshot.resources.find(({ id }) => sameId(id, `${snapshot.workspace}/computes/${args.name}`));
  if (!found) return undefined;
  const view = computeView(found);
  return {
    exists: found.id,
    type: view.computeType ?? null,
    state: view.provisioningState ?? null,
    differs: differences(found, args, snapshot),
  };
}

/** What stands and what was asked; `isSame` where more than one spelling says the same. Asked undefined: nothing is. */
export interface AskedSetting {
  readonly setting: string;
  readonly stands: Json | undefined;
  readonly asked: Json | undefined;
  readonly isSame?: boolean;
}
/** One for each argument: what is not compared here cannot be called the same. */
type Compared<Args> = Readonly<Record<Exclude<keyof Required<Args>, 'name'>, AskedSetting | null>>;

export const differing = <Args>(settings: Compared<Args>): Existing['differs'] =>
  (Object.values(settings) as (AskedSetting | null)[]).flatMap((one) => {
    const { setting, stands = null, asked, isSame = false } = one ?? { setting: '', stands: null, asked: undefined };
    const isLike = isSame || String(stands).toLowerCase() === String(asked).toLowerCase();
    return asked === undefined || isLike ? [] : [{ setting, stands, asked }];
  });

/** As an id, a name, or NETWORK/SUBNET. */
export function isSubnet(subnet: string | undefined, asked: string | undefined): boolean {
  if (subnet === undefined || asked === undefined) return false;
  return [subnet, nameOf(subnet), `${nameOf(vnetOf(subnet))}/${nameOf(subnet)}`].some((name) => sameId(name, asked));
}

/** Of the identity that was asked for: the type, or the id where it is user-assigned. */
function identityOf({ body }: Resource, asked: string | undefined): string | null {
  const type = textAt(body, '/identity/type') ?? null;
  if (asked === undefined || asked === 'system') return /SystemAssigned/i.test(type ?? '') ? 'system' : type;
  const users = valueAt(body, '/identity/userAssignedIdentities');
  return Object.keys(isObject(users) ? users : {}).find((id) => sameId(id, asked)) ?? type;
}

function differences(compute: Resource, args: Asked, { resources, workspace }: Snapshot): Existing['differs'] {
  const { computeType, subnet, enableNodePublicIp } = computeView(compute);
  const { vmSize, minNodes, maxNodes } = nodesView(compute);
  const isCluster = args.what === 'cluster';
  const own = resources.find(({ id }) => sameId(id, workspace ?? ''));
  const isInNetwork = subnet !== undefined || (own !== undefined && workspaceView(own).managedNetwork.on);
  const state = sshOf(compute);
  const ssh = state === undefined ? undefined : isSshOn(state, isInNetwork) ? 'Enabled' : 'Disabled';
  return differing<Asked>({
    what: { setting: 'type', stands: computeType, asked: isCluster ? 'AmlCompute' : 'ComputeInstance' },
    size: { setting: 'size', stands: vmSize, asked: args.size },
    min: isCluster ? { setting: 'minimum nodes', stands: minNodes, asked: args.min } : null,
    max: isCluster ? { setting: 'maximum nodes', stands: maxNodes, asked: args.max } : null,
    subnet: { setting: 'subnet', stands: subnet, asked: args.subnet, isSame: isSubnet(subnet, args.subnet) },
    publicIp: { setting: 'public IP address', stands: enableNodePublicIp ?? true, asked: args.publicIp },
    ssh: { setting: 'SSH', stands: ssh, asked: args.ssh === 'enabled' ? 'Enabled' : 'Disabled' },
    identity: { setting: 'identity', stands: identityOf(compute, args.identity), asked: args.identity },
  });
}

export function existingLines({ exists, type, state, differs }: Existing): Line[] {
  const what = [type, state].filter((word) => word !== null).map((word) => clean(word, 60));
  return [
    line([`${clean(nameOf(exists), 120)} already exists`, 'accent'], ` (${what.join(', ')}). Nothing was created.`),
    ...(differs.length === 0 ? [line(['It matches the request.', 'ok'])] : []),
    ...differs.map(({ setting, stands, asked }) =>
      line(`${setting}: `, [clean(String(stands ?? 'not set'), 200), 'bad'], ', requested ', clean(String(asked), 200)),
    ),
  ];
}
