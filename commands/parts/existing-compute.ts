// A name that is taken: nothing is created; the existing resource is shown with its differences from the request.

import type { Json } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { clean } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import { computeView, enumAt, nodesView } from '../../src/resource-types/index.ts';
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
    differs: differences(found, args),
  };
}

function differences(compute: Resource, args: Asked): Existing['differs'] {
  const { computeType, subnet, enableNodePublicIp } = computeView(compute);
  const { vmSize, minNodes, maxNodes } = nodesView(compute);
  const inner = '/properties/properties';
  const ssh = enumAt(
    compute.body,
    args.what === 'cluster' ? `${inner}/remoteLoginPortPublicAccess` : `${inner}/sshSettings/sshPublicAccess`,
    ['Enabled', 'Disabled', 'NotSpecified'],
  );
  const names =
    subnet === undefined
      ? []
      : [
          subnet,
          nameOf(subnet),
          subnet
            .split('/')
            .slice(-3)
            .filter((_, at) => at !== 1)
            .join('/'),
        ];
  const rows: readonly (readonly [string, Json | undefined, Json, boolean])[] = [
    ['type', computeType, args.what === 'cluster' ? 'AmlCompute' : 'ComputeInstance', false],
    ['size', vmSize, args.size, false],
    ...(args.what === 'cluster'
      ? ([
          ['minimum nodes', minNodes, args.min, false],
          ['maximum nodes', maxNodes, args.max, false],
        ] as const)
      : []),
    ...(args.subnet === undefined
      ? []
      : ([['subnet', subnet, args.subnet, names.some((name) => sameId(name, args.subnet))]] as const)),
    ...(args.publicIp === undefined
      ? []
      : ([['public IP address', enableNodePublicIp ?? true, args.publicIp, false]] as const)),
    ['SSH', ssh, args.ssh === 'enabled' ? 'Enabled' : 'Disabled', ssh === undefined || ssh === 'NotSpecified'],
  ];
  return rows.flatMap(([setting, stands = null, asked, same]) =>
    same || String(stands).toLowerCase() === String(asked).toLowerCase() ? [] : [{ setting, stands, asked }],
  );
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
