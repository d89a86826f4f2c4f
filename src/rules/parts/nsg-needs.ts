// What training traffic needs of a subnet's security group: which rule asks for which flows, and in which profile.
import { anything, limitedOnly, type Need, type Needs } from './nsg-need.ts';
import { inboundAzureml, inboundBatch } from './nsg-needs-inbound.ts';
import { network, storage445 } from './nsg-needs-network.ts';
import {
  arm,
  azuremlNeed,
  azuremlPorts,
  batch,
  entra,
  firstParty,
  frontend,
  images,
  monitor,
  registry,
  storage,
  vaultHbi,
} from './nsg-needs-outbound.ts';
import type { Place } from './nsg-place.ts';

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
  'nsg.outbound-arm': limitedOnly(arm),
  'nsg.outbound-entra': limitedOnly(entra),
  'nsg.outbound-mcr': limitedOnly(images),
  'nsg.outbound-azureml-ports': limitedOnly(azuremlPorts),
  'nsg.outbound-batchnodemanagement': limitedOnly(batch),
  'nsg.outbound-frontdoor-frontend': limitedOnly(frontend),
  'nsg.outbound-frontdoor-firstparty': limitedOnly(firstParty),
  'nsg.outbound-azuremonitor': limitedOnly(monitor),
  'nsg.outbound-keyvault-hbi': limitedOnly(vaultHbi),
  'nsg.outbound-storage-445': limitedOnly(storage445),
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
