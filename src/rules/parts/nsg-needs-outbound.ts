// What machines need to reach by service tag where outbound traffic is limited (rules-catalogue 5.5, 15.5).
import { vnetOf } from '../../kinds/index.ts';
import { booleanAt } from '../../kinds/read.ts';
import { reachedPrivately } from '../../posture/endpoints.ts';
import { defaultAccountId, workspaceInHand, workspaceRegistryId } from '../../posture/links.ts';
import { holdsMachinesOnly } from '../../posture/training-subnets.ts';
import { azureml, type Needs, outbound, regional, regions, wideIn2020 } from './nsg-need.ts';
import { type Place, regionOf } from './nsg-place.ts';

export function storage(place: Place): Needs {
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

export function registry(place: Place): Needs {
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

export function azuremlPorts(place: Place): Needs {
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

export function batch(place: Place): Needs {
  if (holdsMachinesOnly(place.subnet, place.judgement.world))
    return 'Only attached machines sit here, and Batch runs none of them.';
  const tag = regional(place, 'BatchNodeManagement', regionOf(place));
  const any = { protocol: '*', ports: ['443'] } as const;
  const slug = 'outbound-batchnodemanagement';
  return [outbound(slug, tag, 'Tcp', ['443'], any), { ...outbound(slug, tag, '*', ['443']), onlyNote: true }];
}

export function frontend(place: Place): Needs {
  const { source, intents } = place.judgement.world.snapshot;
  if (source.kind === 'azure' && source.name === 'china') return 'Azure in China needs no Front Door here.';
  const need = outbound('outbound-frontdoor-frontend', 'AzureFrontDoor.Frontend', 'Tcp', ['443']);
  return [intents.usesStudio === false ? { ...need, onlyNote: true } : need];
}

export function images(place: Place): Needs {
  if (!place.today && place.judgement.world.snapshot.intents.useMicrosoftImagesUserManaged !== true) {
    return 'You did not answer that Microsoft’s images are used with dependencies of your own.';
  }
  const tag = regional(place, 'MicrosoftContainerRegistry', regionOf(place));
  return [outbound('outbound-mcr', tag, 'Tcp', ['443'], wideIn2020(place, ['443']))];
}

export function vaultHbi(place: Place): Needs {
  const here = workspaceInHand(place.judgement.world);
  if (booleanAt(here?.workspace.body, '/properties/hbiWorkspace') !== true)
    return 'The workspace is not marked as one of high business impact.';
  const tag = regional(place, 'AzureKeyVault', regionOf(place));
  return [outbound('outbound-keyvault-hbi', tag, 'Tcp', ['443'])];
}
