// What machines need to reach by service tag where outbound traffic is limited (rules-catalogue 5.5, 15.5).
import { vnetOf } from '../../kinds/index.ts';
import { booleanAt } from '../../kinds/read.ts';
import { reachedPrivately } from '../../posture/endpoints.ts';
import { defaultAccountId, workspaceInHand, workspaceRegistryId } from '../../posture/links.ts';
import { holdsMachinesOnly } from '../../posture/training-subnets.ts';
import { type Asker, azureml, type Needs, outbound, regional, regions, wideIn2020 } from './nsg-need.ts';
import { regionOf } from './nsg-place.ts';

export function storage(place: Asker): Needs {
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

export function registry(place: Asker): Needs {
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

const azuremlTcp = { protocol: 'Tcp', ports: ['443', '8787', '18881'] } as const;
export const azuremlNeed = (ports: readonly string[]) =>
  outbound('outbound-azureml', azureml, 'Tcp', ports, azuremlTcp);

export function azuremlPorts(place: Asker): Needs {
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

export function batch(place: Asker): Needs {
  if (holdsMachinesOnly(place.subnet, place.judgement.world))
    return 'Only attached machines sit here, and Batch runs none of them.';
  const tag = regional(place, 'BatchNodeManagement', regionOf(place));
  const any = { protocol: '*', ports: ['443'] } as const;
  const slug = 'outbound-batchnodemanagement';
  return [outbound(slug, tag, 'Tcp', ['443'], any), { ...outbound(slug, tag, '*', ['443']), onlyNote: true }];
}

export function frontend(place: Asker): Needs {
  const { source, intents } = place.judgement.world.snapshot;
  if (source.kind === 'azure' && source.name === 'china') return 'Azure in China needs no Front Door here.';
  const need = outbound('outbound-frontdoor-frontend', 'AzureFrontDoor.Frontend', 'Tcp', ['443']);
  return [intents.usesStudio === false ? { ...need, onlyNote: true } : need];
}

export function images(place: Asker): Needs {
  if (!place.today && place.judgement.world.snapshot.intents.useMicrosoftImagesUserManaged !== true) {
    return 'You did not answer that Microsoft’s images are used with dependencies of your own.';
  }
  const tag = regional(place, 'MicrosoftContainerRegistry', regionOf(place));
  return [outbound('outbound-mcr', tag, 'Tcp', ['443'], wideIn2020(place, ['443']))];
}

export function vaultHbi(place: Asker): Needs {
  const here = workspaceInHand(place.judgement.world);
  if (booleanAt(here?.workspace.body, '/properties/hbiWorkspace') !== true)
    return 'The workspace is not marked as one of high business impact.';
  const tag = regional(place, 'AzureKeyVault', regionOf(place));
  return [outbound('outbound-keyvault-hbi', tag, 'Tcp', ['443'])];
}

export const arm = (place: Asker): Needs => [
  outbound('outbound-arm', 'AzureResourceManager', 'Tcp', ['443'], wideIn2020(place, ['443'])),
];

export function entra(place: Asker): Needs {
  const wide = wideIn2020(place, ['80', '443']);
  return [outbound('outbound-entra', 'AzureActiveDirectory', 'Tcp', place.today ? ['80', '443'] : ['443'], wide)];
}

/** Where Microsoft's own images and packages are handed out. */
export const firstParty = (): Needs => [
  outbound('outbound-frontdoor-firstparty', 'AzureFrontDoor.FirstParty', 'Tcp', ['443']),
];

export const monitor = ({ judgement: { world } }: Asker): Needs =>
  world.snapshot.intents.azureMonitorSecured === true
    ? 'You answered that Azure Monitor is reached privately.'
    : [outbound('outbound-azuremonitor', 'AzureMonitor', 'Tcp', ['443'])];
