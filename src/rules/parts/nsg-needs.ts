// What training traffic needs of a subnet's security group: each flow with the rule that lets it pass (rules-catalogue 5.5, 15.5).
import { endpointView, privateEndpointType, vnetOf } from '../../kinds/index.ts';
import { booleanAt, textAt } from '../../kinds/read.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Severity } from '../../model/finding.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { regionalTag } from '../../net/index.ts';
import type { Protocol } from '../../net/ports.ts';
import { reachedPrivately } from '../../posture/endpoints.ts';
import { type Asked, networkSpace, subnetPrefixes } from '../../posture/flows.ts';
import { defaultAccountId, workspaceInHand, workspaceRegistryId } from '../../posture/links.ts';
import { serviceTagsOf } from '../../posture/service-tags.ts';
import { holdsMachinesOnly, isTunnelled, publicComputesIn } from '../../posture/training-subnets.ts';
import type { RuleSpec } from './nsg-change.ts';
import { modeOf, type Place, regionOf } from './nsg-place.ts';

export interface Need {
  readonly asked: Asked;
  /** `Storage.westeurope on Tcp 443`. */
  readonly what: string;
  /** The rule that a fix adds. */
  readonly add: RuleSpec;
  /** A denial is told, and fails nothing. */
  readonly onlyNote?: true;
  readonly severity?: Severity;
}
/** Flows, or the sentence why none is asked for. */
export type Needs = readonly Need[] | string;

const outbound = (
  slug: string,
  tag: string,
  protocol: Protocol | '*',
  ports: readonly string[],
  add: Pick<RuleSpec, 'protocol' | 'ports'> = { protocol, ports },
): Need => ({
  asked: { direction: 'Outbound', protocol, remote: [tag], ports },
  what: `${tag} on ${protocol === '*' ? 'any protocol' : protocol} ${ports.join(', ')}`,
  add: { slug, direction: 'Outbound', access: 'Allow', sources: ['*'], destinations: [tag], ...add },
});
const anything = { protocol: '*', ports: ['*'] } as const;
/** What the article asks for names no port; today's list does. */
const wideIn2020 = ({ today }: Place, ports: readonly string[]) =>
  today ? { protocol: 'Tcp' as const, ports } : anything;

const regional = (place: Place, tag: string, region: string): string =>
  regionalTag(serviceTagsOf(place.judgement.world), tag, region);

/** The workspace's region, and that of a resource that lies elsewhere and is not reached privately. */
function regions(place: Place, resourceId: string | undefined, groups?: readonly string[]): string[] {
  const { world } = place.judgement;
  const own = regionOf(place);
  const resource = resourceId === undefined ? undefined : world.get(resourceId);
  const other = fold(textAt(resource?.body, '/location') ?? own).replaceAll(' ', '');
  if (!resource || other === own || reachedPrivately(resource.id, vnetOf(place.subnet), world, groups)) return [own];
  return [own, other];
}

const limitedOnly =
  (needs: (place: Place) => Needs) =>
  (place: Place): Needs =>
    modeOf(place) === 'open' ? 'Outbound is open here, so nothing needs an exception.' : needs(place);

function storage(place: Place): Needs {
  const account = defaultAccountId(place.judgement.world);
  return regions(place, account).map((region, index) =>
    outbound(
      `outbound-storage${index > 0 ? `-${region}` : ''}`,
      regional(place, 'Storage', region),
      'Tcp',
      ['443'],
      wideIn2020(place, ['443']),
    ),
  );
}

function registry(place: Place): Needs {
  const { world } = place.judgement;
  const id = workspaceRegistryId(world);
  if (id !== undefined && reachedPrivately(id, vnetOf(place.subnet), world)) {
    return 'The registry is reached by a private endpoint from here.';
  }
  return regions(place, id).map((region, index) =>
    outbound(
      `outbound-acr${index > 0 ? `-${region}` : ''}`,
      regional(place, 'AzureContainerRegistry', region),
      'Tcp',
      ['443'],
      wideIn2020(place, ['443']),
    ),
  );
}

const azureml = 'AzureMachineLearning';
const azuremlTcp = { protocol: 'Tcp', ports: ['443', '8787', '18881'] } as const;
const azuremlNeed = (ports: readonly string[]) => outbound('outbound-azureml', azureml, 'Tcp', ports, azuremlTcp);

function azuremlPorts(place: Place): Needs {
  const base = azuremlNeed(['443']);
  if (holdsMachinesOnly(place.subnet, place.judgement.world)) return [base];
  const rstudio = azuremlNeed(['8787']);
  const wanted = place.judgement.world.snapshot.intents.usesRStudio === true;
  return [
    base,
    outbound('outbound-azureml-udp', azureml, 'Udp', ['5831']),
    { ...azuremlNeed(['18881']), severity: 'low' },
    wanted ? { ...rstudio, severity: 'low' } : { ...rstudio, onlyNote: true },
  ];
}

function batch(place: Place): Needs {
  if (holdsMachinesOnly(place.subnet, place.judgement.world))
    return 'Only attached machines sit here, and Batch runs none of them.';
  const tag = regional(place, 'BatchNodeManagement', regionOf(place));
  const any = { protocol: '*', ports: ['443'] } as const;
  const slug = 'outbound-batchnodemanagement';
  return [outbound(slug, tag, 'Tcp', ['443'], any), { ...outbound(slug, tag, '*', ['443']), onlyNote: true }];
}

function frontend(place: Place): Needs {
  const { source, intents } = place.judgement.world.snapshot;
  if (source.kind === 'azure' && source.name === 'china') return 'Azure in China needs no Front Door here.';
  const need = outbound('outbound-frontdoor-frontend', 'AzureFrontDoor.Frontend', 'Tcp', ['443']);
  return [intents.usesStudio === false ? { ...need, onlyNote: true } : need];
}

function images(place: Place): Needs {
  if (!place.today && place.judgement.world.snapshot.intents.useMicrosoftImagesUserManaged !== true) {
    return 'You did not answer that Microsoft’s images are used with dependencies of your own.';
  }
  const tag = regional(place, 'MicrosoftContainerRegistry', regionOf(place));
  return [outbound('outbound-mcr', tag, 'Tcp', ['443'], wideIn2020(place, ['443']))];
}

function vaultHbi(place: Place): Needs {
  const here = workspaceInHand(place.judgement.world);
  if (booleanAt(here?.workspace.body, '/properties/hbiWorkspace') !== true)
    return 'The workspace is not marked as one of high business impact.';
  const tag = regional(place, 'AzureKeyVault', regionOf(place));
  return [outbound('outbound-keyvault-hbi', tag, 'Tcp', ['443'])];
}

/** Is the default account's file share reached by a private endpoint from this network? */
function filesPrivate({ subnet, judgement: { world } }: Place): boolean {
  const account = defaultAccountId(world);
  return account !== undefined && reachedPrivately(account, vnetOf(subnet), world, ['file']);
}

function storage445(place: Place): Needs {
  if (filesPrivate(place)) return needsOf('nsg.outbound-vnet', place);
  return [outbound('outbound-storage-445', regional(place, 'Storage', regionOf(place)), 'Tcp', ['445'])];
}

function network(place: Place): Needs {
  const {
    subnet,
    judgement: { world },
    today,
  } = place;
  const space = networkSpace(subnet, world);
  const destinations = isTunnelled(subnet, world) ? space : ['VirtualNetwork'];
  const add: RuleSpec = {
    slug: 'outbound-vnet',
    direction: 'Outbound',
    access: 'Allow',
    sources: ['*'],
    destinations,
    ...anything,
  };
  const to = (remote: readonly string[], what: string, protocol: Protocol | '*', ports: readonly string[]): Need => ({
    asked: { direction: 'Outbound', protocol, remote, ports },
    what,
    add,
  });
  const whole = to(space, 'the virtual network on every port', '*', ['*']);
  if (!today) return [whole];
  const ends = world
    .ofType(privateEndpointType)
    .some((one) => sameId(vnetOf(endpointView(one).subnet ?? ''), vnetOf(subnet)));
  return [
    to(subnetPrefixes(subnet, world), 'its own subnet on every port', '*', ['*']),
    ...(ends ? [to(space, 'private endpoints on Tcp 443', 'Tcp', ['443'])] : []),
    ...(filesPrivate(place) ? [to(space, 'the file endpoint on Tcp 445', 'Tcp', ['445'])] : []),
    { ...whole, onlyNote: true },
  ];
}

function inboundBatch(place: Place): Needs {
  if (publicComputesIn(place.subnet, place.judgement.world).length === 0) return noPublic;
  const remote = regional(place, 'BatchNodeManagement', regionOf(place));
  return [
    {
      // Batch calls from port 443, so an allow of that source port alone is enough.
      asked: { direction: 'Inbound', protocol: 'Tcp', remote: [remote], ports: ['29876-29877'], sourcePorts: ['443'] },
      what: 'BatchNodeManagement on Tcp 29876-29877',
      add: inbound('inbound-batch', 'BatchNodeManagement', '29876-29877', '*'),
    },
  ];
}
const noPublic = 'No compute here has a public address, so nothing calls in from outside.';
const inbound = (slug: string, tag: string, ports: string, destination: string): RuleSpec => ({
  ...{ slug, direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
  ...{ sources: [tag], destinations: [destination], ports: [ports] },
});

function inboundAzureml(place: Place): Needs {
  const found = publicComputesIn(place.subnet, place.judgement.world);
  if (found.length === 0) return noPublic;
  const instances = found.filter((compute) => computeView(compute).computeType === 'ComputeInstance');
  if (!place.today && instances.length === 0)
    return 'In 2020 only instances were called on this port, and none is here.';
  return [
    {
      asked: { direction: 'Inbound', protocol: 'Tcp', remote: [azureml], ports: ['44224'] },
      what: `${azureml} on Tcp 44224`,
      add: inbound('inbound-azureml-44224', azureml, '44224', place.today ? 'VirtualNetwork' : '*'),
    },
  ];
}

const table: Readonly<Record<string, (place: Place) => Needs>> = {
  'nsg.inbound-batch': inboundBatch,
  'nsg.inbound-azureml-44224': inboundAzureml,
  'nsg.outbound-vnet': network,
  'nsg.outbound-storage': limitedOnly(storage),
  'nsg.outbound-acr': limitedOnly(registry),
  'nsg.outbound-azureml': limitedOnly(({ today }) => {
    const need = azuremlNeed(['443']);
    return [today ? need : { ...need, add: { ...need.add, ...anything } }];
  }),
  'nsg.outbound-arm': limitedOnly((place) => [
    outbound('outbound-arm', 'AzureResourceManager', 'Tcp', ['443'], wideIn2020(place, ['443'])),
  ]),
  'nsg.outbound-entra': limitedOnly((place) => [
    outbound(
      'outbound-entra',
      'AzureActiveDirectory',
      'Tcp',
      place.today ? ['80', '443'] : ['443'],
      wideIn2020(place, ['80', '443']),
    ),
  ]),
  'nsg.outbound-mcr': limitedOnly(images),
  'nsg.outbound-azureml-ports': limitedOnly(azuremlPorts),
  'nsg.outbound-batchnodemanagement': limitedOnly(batch),
  'nsg.outbound-frontdoor-frontend': limitedOnly(frontend),
  'nsg.outbound-frontdoor-firstparty': limitedOnly(() => [
    outbound('outbound-frontdoor-firstparty', 'AzureFrontDoor.FirstParty', 'Tcp', ['443']),
  ]),
  'nsg.outbound-azuremonitor': limitedOnly(({ judgement: { world } }) =>
    world.snapshot.intents.azureMonitorSecured === true
      ? 'You answered that Azure Monitor is reached privately.'
      : [outbound('outbound-azuremonitor', 'AzureMonitor', 'Tcp', ['443'])],
  ),
  'nsg.outbound-keyvault-hbi': limitedOnly((place) => vaultHbi(place)),
  'nsg.outbound-storage-445': limitedOnly((place) => storage445(place)),
};

/** The flows a rule asks for at a place. Throws GapRead when what decides that could not be read. */
export const needsOf = (rule: string, place: Place): Needs => table[rule]?.(place) ?? 'Nothing is asked for.';

const onlyIn: Readonly<Record<string, 'seed-2020' | 'current'>> = {
  'nsg.inbound-batch': 'seed-2020',
  'nsg.outbound-azureml': 'seed-2020',
  ...Object.fromEntries(
    [
      'azureml-ports',
      'batchnodemanagement',
      'frontdoor-frontend',
      'frontdoor-firstparty',
      'azuremonitor',
      'keyvault-hbi',
      'storage-445',
    ].map((name) => [`nsg.outbound-${name}`, 'current' as const]),
  ),
};
/** Rules whose flows must be open before the Internet is denied: gates of `nsg.outbound-deny-internet`. */
export const outboundRules: readonly string[] = Object.keys(table).filter((id) => id.startsWith('nsg.outbound-'));

/** Every flow that the rules of the profile ask for at a place. */
export const allNeeds = (place: Place): Need[] =>
  Object.keys(table).flatMap((rule) => {
    const only = onlyIn[rule];
    const { profile } = place.judgement;
    if (only !== undefined && profile !== 'all' && profile !== only) return [];
    const needs = needsOf(rule, place);
    return typeof needs === 'string' ? [] : needs.filter(({ onlyNote }) => onlyNote !== true);
  });
