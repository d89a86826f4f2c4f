// The words of the Azure CLI (extension azure-firewall) for rules of an Azure Firewall, classic and of a policy.
import type { Json } from '../../model/json.ts';
import { listAt, numberAt, textAt, textsAt } from '../read.ts';

const flag = (name: string, values: readonly string[]): string[] => (values.length === 0 ? [] : [name, ...values]);

/** `Https=443`, as the CLI wants what ARM calls `{protocolType, port}`. */
const webProtocols = (rule: Json): string[] =>
  listAt(rule, '/protocols').map((item) => `${textAt(item, '/protocolType') ?? ''}=${numberAt(item, '/port') ?? ''}`);

/** Whom and what an application rule is about. */
export const applicationWords = (rule: Json): string[] => [
  ...flag('--source-addresses', textsAt(rule, '/sourceAddresses')),
  ...flag('--source-ip-groups', textsAt(rule, '/sourceIpGroups')),
  ...flag('--protocols', webProtocols(rule)),
  ...flag('--target-fqdns', textsAt(rule, '/targetFqdns')),
  ...flag('--fqdn-tags', textsAt(rule, '/fqdnTags')),
];

/** The same of a network rule; `protocols` is the flag, which differs between the two commands. */
export const networkWords = (rule: Json, protocols: '--protocols' | '--ip-protocols'): string[] => [
  ...flag('--source-addresses', textsAt(rule, '/sourceAddresses')),
  ...flag('--source-ip-groups', textsAt(rule, '/sourceIpGroups')),
  ...flag(protocols, textsAt(rule, protocols === '--protocols' ? '/protocols' : '/ipProtocols')),
  ...flag('--destination-addresses', textsAt(rule, '/destinationAddresses')),
  ...flag('--destination-ip-groups', textsAt(rule, '/destinationIpGroups')),
  ...flag('--destination-fqdns', textsAt(rule, '/destinationFqdns')),
  ...flag('--destination-ports', textsAt(rule, '/destinationPorts')),
];
