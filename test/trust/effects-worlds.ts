// Random worlds for the oracle of effects: those of the law "no wider", with more of what somebody depends on: other workspaces, machines,
// computes in no network or another one, links, records and peerings, and rules of others that have names like those of this product.
import fc from 'fast-check';
import { isArray, isObject, type Json, type JsonObject, parseJson } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fold } from '../../src/model/resource-id.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { resourceOf } from '../plan/worlds.ts';
import { type TrialWorld, textOf } from './effects-player.ts';
import { bases, edited, put, type RandomEdit, type RandomWorld, randomEdits } from './random-worlds.ts';

export interface EffectWorld extends RandomWorld {
  /** Edits of this file. */
  readonly more: readonly RandomEdit[];
  readonly clients: readonly string[];
}

/** Worlds in which plans cut off, override or bypass something are met more often. */
const likely = [
  'shared',
  'hub-spoke',
  'everything',
  'limited',
  'tunnelled',
  'firewalled',
  'drifted',
  'open',
  'machines',
];

const at = (body: Json | undefined, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((part, name) => (isObject(part) ? part[name] : undefined), body);
const itemsAt = (body: Json, ...path: readonly string[]): readonly Json[] => {
  const found = at(body, ...path);
  return isArray(found) ? found : [];
};
const of = <T>(items: readonly T[], index: number): T | undefined => items[index % Math.max(1, items.length)];
const isType = ({ type }: Resource, ...types: readonly string[]): boolean =>
  types.includes(fold(type).slice(fold(type).indexOf('/') + 1));
const subnetsIn = (
  all: readonly Resource[],
): { readonly id: string; readonly prefix: string; readonly network: Resource }[] =>
  all
    .filter((one) => isType(one, 'virtualnetworks'))
    .flatMap((network) =>
      itemsAt(network.body, 'properties', 'subnets').flatMap((subnet) => {
        const [id, prefix] = [at(subnet, 'id'), at(subnet, 'properties', 'addressPrefix')];
        return typeof id === 'string' && typeof prefix === 'string' ? [{ id, prefix, network }] : [];
      }),
    );

type Edit = (all: readonly Resource[], edit: RandomEdit, index: number) => readonly Resource[];
/** Changes one resource of those that match. */
const one =
  (
    types: readonly string[],
    change: (body: JsonObject, edit: RandomEdit, all: readonly Resource[]) => JsonObject,
  ): Edit =>
  (all, edit) => {
    const chosen = of(
      all.filter((each) => isType(each, ...types)),
      edit.at,
    );
    return all.map((each) => (each === chosen ? { ...each, body: change(each.body, edit, all) } : each));
  };
const without: (types: readonly string[]) => Edit = (types) => (all, edit) => {
  const chosen = of(
    all.filter((each) => isType(each, ...types)),
    edit.at,
  );
  return all.filter((each) => each !== chosen);
};

/** Another workspace that uses the same services. */
const secondWorkspace: Edit = (all, _edit, index) => {
  const own = all.find((each) => isType(each, 'workspaces'));
  if (own === undefined) return all;
  const name = String(own.body.name);
  const text = textOf([own]).slice(1, -1);
  const cut = put(
    parseJson(text.replaceAll(name, `${name}-${index}`)),
    ['properties', 'privateEndpointConnections'],
    undefined,
  );
  return [
    ...all,
    resourceOf(put(cut, ['properties', 'workspaceId'], `6767676${index % 10}-6666-6666-6666-666666666666`)),
  ];
};

/** The machine vm-jump of the world "limited" and its interface, after which others are made. */
const jumpMachine = (): object[] => {
  const all: { id: string }[] = JSON.parse(worldFiles.find(({ name }) => name === 'limited')?.resources() ?? '[]');
  return all.filter(({ id }) => /\/(?:nic-)?vm-jump$/.test(id));
};

/** A machine in some subnet, which the subnet shows. */
const machine: Edit = (all, { at: where, a, b }, index) => {
  const subnet = of(subnetsIn(all), where);
  const group = of(
    all.filter((each) => isType(each, 'networksecuritygroups')),
    b,
  )?.id;
  if (subnet === undefined) return all;
  const [base = ''] = subnet.prefix.split('/');
  const address = base.replace(/\d+$/, (last) => `${Number(last) + 9 + (index % 6)}`);
  const made = jumpMachine().map((body) =>
    resourceOf(
      parseJson(
        JSON.stringify(body)
          .replaceAll('vm-jump', `vm-random-${index}`)
          .replaceAll('10.0.1.8', address)
          .replace(/"subnet":\{"id":"[^"]*"\}/, `"subnet":${JSON.stringify({ id: subnet.id })}`),
      ) as JsonObject,
    ),
  );
  const nic = made.find((each) => isType(each, 'networkinterfaces'));
  if (nic !== undefined && group !== undefined && a % 3 === 0)
    made[made.indexOf(nic)] = { ...nic, body: put(nic.body, ['properties', 'networkSecurityGroup'], { id: group }) };
  const shown = { id: `${nic?.id}/ipConfigurations/ipconfig1` };
  const withNic = (each: Json): Json =>
    at(each, 'id') === subnet.id
      ? put(each, ['properties', 'ipConfigurations'], [...itemsAt(each, 'properties', 'ipConfigurations'), shown])
      : each;
  const networks = all.map((each) =>
    each === subnet.network
      ? {
          ...each,
          body: put(each.body, ['properties', 'subnets'], itemsAt(each.body, 'properties', 'subnets').map(withNic)),
        }
      : each,
  );
  return [...networks, ...made];
};

/** A rule or route of others, with a name as this product gives. */
const renamed = (types: readonly string[], member: string): Edit =>
  one(types, (body, { a, b }) => {
    const items = itemsAt(body, 'properties', member);
    const chosen = of(items, a);
    const name = of(['bastide-lockdown', 'bastide-outbound-entra', 'bastide-azureml'], b) ?? '';
    // A name is given once.
    if (items.some((each) => each !== chosen && at(each, 'name') === name)) return body;
    return put(
      body,
      ['properties', member],
      items.map((each) =>
        each === chosen ? put(put(each, ['name'], name), ['id'], `${body.id}/${member}/${name}`) : each,
      ),
    );
  });

const subnetOf = (all: readonly Resource[], index: number): Json | undefined => {
  const id = of(subnetsIn(all), index)?.id;
  return id === undefined ? undefined : { id };
};

const edits: readonly Edit[] = [
  secondWorkspace,
  machine,
  machine,
  renamed(['networksecuritygroups'], 'securityRules'),
  renamed(['networksecuritygroups'], 'securityRules'),
  renamed(['routetables'], 'routes'),
  // Attached computes have none: they are where their own resource is.
  one(['workspaces/computes'], (body, { a, b }, all) =>
    ['AmlCompute', 'ComputeInstance'].includes(String(at(body, 'properties', 'computeType')))
      ? put(body, ['properties', 'properties', 'subnet'], a % 2 === 0 ? null : subnetOf(all, b))
      : body,
  ),
  one(['workspaces'], (body, { a, b }, all) =>
    put(
      body,
      ['properties', 'serverlessComputeSettings'],
      a % 2 === 0
        ? undefined
        : { serverlessComputeCustomSubnet: of(subnetsIn(all), b)?.id ?? null, serverlessComputeNoPublicIP: true },
    ),
  ),
  without(['privatednszones/virtualnetworklinks']),
  without(['privatednszones/a']),
  one(['privatednszones/a'], (body) => put(body, ['properties', 'aRecords'], [{ ipv4Address: '10.0.250.250' }])),
  one(['virtualnetworks'], (body, { a, b }) => {
    const items = itemsAt(body, 'properties', 'virtualNetworkPeerings');
    const chosen = of(items, a);
    const [name, value] = b % 2 === 0 ? ['allowVirtualNetworkAccess', false] : ['peeringState', 'Disconnected'];
    return put(
      body,
      ['properties', 'virtualNetworkPeerings'],
      items.map((each) => (each === chosen ? put(each, ['properties', String(name)], value ?? null) : each)),
    );
  }),
];

/** Base and edits as one text. The same world gives the same text. */
export function trialOf({ base, edits: first, more, outbound, clients }: EffectWorld): TrialWorld {
  const file = worldFiles.find(({ name }) => name === base);
  const parsed = parseJson(file?.resources() ?? '[]');
  const read = (isArray(parsed) ? parsed : []).filter(isObject).map(resourceOf);
  const workspace = read.find((each) => isType(each, 'workspaces'))?.id ?? '';
  const changed = more.reduce(
    (all, edit, index) => edits[edit.what % edits.length]?.(all, edit, index) ?? all,
    first.reduce(edited, read),
  );
  const intents = { ...file?.intents, outboundMode: outbound, devClientIps: clients };
  return { base, text: textOf(withNodes(changed)), workspace, intents };
}

/** A subnet lists the IP configurations of nodes, those of a cluster that the workspace has not attached too. */
function withNodes(all: readonly Resource[]): readonly Resource[] {
  const listed = all
    .filter((each) => isType(each, 'managedclusters'))
    .flatMap((cluster) =>
      itemsAt(cluster.body, 'properties', 'agentPoolProfiles').flatMap((pool) => {
        const subnet = at(pool, 'vnetSubnetID');
        return typeof subnet === 'string' ? [{ subnet, id: `${cluster.id}/nodes/${String(at(pool, 'name'))}` }] : [];
      }),
    );
  const withThose = (subnet: Json): Json => {
    const own = listed.filter((one) => fold(one.subnet) === fold(String(at(subnet, 'id'))));
    const there = itemsAt(subnet, 'properties', 'ipConfigurations');
    return own.length === 0 || there.length > 0
      ? subnet
      : put(
          subnet,
          ['properties', 'ipConfigurations'],
          own.map(({ id }) => ({ id })),
        );
  };
  return all.map((each) =>
    isType(each, 'virtualnetworks') && listed.length > 0
      ? {
          ...each,
          body: put(each.body, ['properties', 'subnets'], itemsAt(each.body, 'properties', 'subnets').map(withThose)),
        }
      : each,
  );
}

export const effectWorlds: fc.Arbitrary<EffectWorld> = fc.record({
  base: fc.constantFrom(...bases.filter((name) => name !== 'crowded'), ...likely),
  edits: fc.array(randomEdits, { minLength: 1, maxLength: 5 }),
  more: fc.array(randomEdits, { minLength: 0, maxLength: 3 }),
  outbound: fc.constantFrom('auto' as const, 'open' as const, 'limited' as const),
  clients: fc.constantFrom([], ['203.0.113.77'], ['203.0.113.0/24', '20.10.10.10']),
});
