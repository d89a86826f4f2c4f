// Microsoft.Databricks/workspaces: injected into two delegated subnets of one network, or in a network of Microsoft's. Where the
// service documents no code for a refusal, the answer is a plain BadRequest.
import { parentOf, sameId } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmObject, at, isObject, put, text } from '../../json.ts';
import { mergeDocument, replaceDocument } from '../documents.ts';
import { rangeOf } from '../ipv4.ts';
import { plainRegion, referenced, requireLocation, requireReady } from '../microsoft.network/references.ts';
import { prefixesOf } from '../microsoft.network/subnet-document.ts';
import type { ProviderType, Write } from '../provider.ts';
import { tracked } from '../shape.ts';
import { databricksType, isDelegated, parameterOf, subnetsOf } from './injected-subnets.ts';

const smallest = 26;
const placing = ['customVirtualNetworkId', 'customPublicSubnetName', 'customPrivateSubnetName'];
const owned = ['workspaceId', 'workspaceUrl', 'createdBy', 'createdDateTime'];
const refused = (message: string): ArmError => new ArmError(400, 'BadRequest', message);

const parameter = { value: 'text' } as const;

export const databricksWorkspaces: ProviderType = {
  type: databricksType,
  long: { put: 'async', patch: 'async', delete: 'location' },
  shape: {
    ...tracked,
    sku: { name: 'text' },
    properties: {
      managedResourceGroupId: 'text',
      parameters: {
        customVirtualNetworkId: parameter,
        customPublicSubnetName: parameter,
        customPrivateSubnetName: parameter,
        enableNoPublicIp: { value: 'boolean' },
      },
    },
  },
  replace({ before, body }) {
    requireLocation(before ?? body);
    return replaceDocument(before, body, owned);
  },
  merge: (write) => mergeDocument(write.before, write.body, { owned }),
  settle(write, next) {
    const changed = placing.find(
      (name) => !sameId(parameterOf(write.before, name) ?? '', parameterOf(next, name) ?? ''),
    );
    if (write.before && changed !== undefined) {
      throw refused(`The parameter ${changed} of the workspace ${write.id} cannot be changed after creation.`);
    }
    if (!write.before) checkNetwork(write, next);
    return next;
  },
  /** Whether it has clusters in a network: shown since 2026-01-01, and asked for in no older version. */
  show({ apiVersion }, body) {
    const properties = at(body, 'properties');
    if (!isObject(properties)) return body;
    if (apiVersion < '2026-01-01') properties.delete('computeMode');
    else if (at(properties, 'computeMode') === undefined) put(properties, 'computeMode', 'Hybrid');
    return body;
  },
  links: (next) =>
    subnetsOf(next).map((id) => ({ id, action: 'Microsoft.Network/virtualNetworks/subnets/join/action' })),
};

/** The requirements of "Deploy Azure Databricks in your Azure virtual network": two delegated subnets of one network. */
function checkNetwork({ id, store }: Write, next: ArmObject): void {
  const network = parameterOf(next, 'customVirtualNetworkId');
  if (network === undefined) return;
  const [host, container] = subnetsOf(next);
  if (host === undefined || container === undefined || sameId(host, container)) {
    throw refused(
      `The workspace ${id} needs two subnets of the virtual network ${network}, a public and a private one.`,
    );
  }
  for (const where of [host, container]) {
    const subnet = referenced(store, where, id);
    requireReady(subnet, id);
    if (!isDelegated(subnet)) throw refused(`The subnet ${where} must be delegated to ${databricksType}.`);
    if (at(subnet, 'properties', 'networkSecurityGroup') === undefined) {
      throw refused(`The subnet ${where} must have a network security group.`);
    }
    const ranges = prefixesOf(at(subnet, 'properties')).flatMap((prefix) => rangeOf(prefix) ?? []);
    if (ranges.every(({ bits }) => bits > smallest)) {
      throw refused(`The subnet ${where} must have a prefix of /${smallest} or shorter.`);
    }
    const vnet = store.get(parentOf(where));
    if (plainRegion(text(vnet, 'location') ?? '') !== plainRegion(text(next, 'location') ?? '')) {
      throw refused(`The virtual network ${network} must be in the region of the workspace ${id}.`);
    }
  }
}
