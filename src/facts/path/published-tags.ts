// Tag names that a question may use without tag data. Source: service-tags-overview (Microsoft Learn, read 2026).
import { fold } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { globalTagOf } from '../../net/service-tags.ts';
import { serviceTagsOf } from '../service-tags.ts';

const published = [
  'ActionGroup',
  'ApiManagement',
  'AppConfiguration',
  'AppService',
  'AzureActiveDirectory',
  'AzureArcInfrastructure',
  'AzureBackup',
  'AzureCloud',
  'AzureContainerRegistry',
  'AzureCosmosDB',
  'AzureDatabricks',
  'AzureDevOps',
  'AzureFrontDoor.Backend',
  'AzureFrontDoor.FirstParty',
  'AzureFrontDoor.Frontend',
  'AzureKeyVault',
  'AzureKubernetesService',
  'AzureLoadBalancer',
  'AzureMachineLearning',
  'AzureMonitor',
  'AzureResourceManager',
  'BatchNodeManagement',
  'CognitiveServicesManagement',
  'DataFactory',
  'EventHub',
  'GatewayManager',
  'MicrosoftContainerRegistry',
  'ServiceBus',
  'Sql',
  'Storage',
  'VirtualNetwork',
];
const spelled = new Map(published.map((name) => [fold(name), name]));

/** The tag as Microsoft writes it; undefined for a name in neither the tag data nor the list. */
export function tagNamed(text: string, index: SnapshotIndex): string | undefined {
  const known = serviceTagsOf(index)?.get(text);
  if (known) return known.name;
  const whole = spelled.get(fold(text));
  if (whole !== undefined) return whole;
  const family = spelled.get(fold(globalTagOf(text)));
  return family === undefined || !/^[^.]+\.[a-z0-9]+$/i.test(text) ? undefined : `${family}.${text.split('.')[1]}`;
}
