// What private link knows of the services it connects to: their groups, the members of each that take an address, and the
// names by which each member is found. Source: Microsoft's list of private endpoint DNS zones, public cloud, read in 2026.
import { fold, nameOf, typeOf } from '../../gateway/address.ts';
import { type ArmObject, list, text } from '../../json.ts';
import { idOf } from '../../store/store.ts';

export interface LinkHost {
  /** The public name. */
  readonly fqdn: string;
  /** The private zone that answers for it inside a network. */
  readonly zone: string;
  /** Its name within that zone. */
  readonly record: string;
}

export interface Member {
  readonly name: string;
  readonly hosts: readonly LinkHost[];
}

export interface LinkGroup {
  readonly id: string;
  readonly members: readonly Member[];
  readonly zones: readonly string[];
}

export interface LinkTarget {
  /** As Azure spells it. */
  readonly type: string;
  /** The service tells letter cases of group ids apart. */
  readonly strict: boolean;
  readonly groups: (body: ArmObject) => readonly LinkGroup[];
}

const storageGroups = ['blob', 'table', 'queue', 'file', 'web', 'dfs'];

const storage: LinkTarget = {
  type: 'Microsoft.Storage/storageAccounts',
  strict: true,
  groups(body) {
    const account = nameOf(idOf(body));
    return storageGroups.flatMap((service) =>
      ['', 'secondary'].map((copy) => {
        const id = copy === '' ? service : `${service}_${copy}`;
        const record = copy === '' ? account : `${account}-${copy}`;
        const zone = `privatelink.${service}.core.windows.net`;
        return {
          id,
          members: [{ name: id, hosts: [{ fqdn: `${record}.${service}.core.windows.net`, zone, record }] }],
          zones: [zone],
        };
      }),
    );
  },
};

const vault: LinkTarget = {
  type: 'Microsoft.KeyVault/vaults',
  strict: false,
  groups(body) {
    const record = nameOf(idOf(body));
    const zone = 'privatelink.vaultcore.azure.net';
    return [
      {
        id: 'vault',
        members: [{ name: 'default', hosts: [{ fqdn: `${record}.vault.azure.net`, zone, record }] }],
        zones: [zone],
      },
    ];
  },
};

const registry: LinkTarget = {
  type: 'Microsoft.ContainerRegistry/registries',
  strict: false,
  groups(body) {
    const name = fold(nameOf(idOf(body)));
    const region = fold(text(body, 'location') ?? '').replaceAll(' ', '');
    const zone = 'privatelink.azurecr.io';
    const host = (record: string): LinkHost => ({ fqdn: `${record}.azurecr.io`, zone, record });
    return [
      {
        id: 'registry',
        members: [
          { name: `registry_data_${region}`, hosts: [host(`${name}.${region}.data`)] },
          { name: 'registry', hosts: [host(name)] },
        ],
        zones: [zone],
      },
    ];
  },
};

const workspace: LinkTarget = {
  type: 'Microsoft.MachineLearningServices/workspaces',
  strict: false,
  groups(body) {
    const id = text(body, 'properties', 'workspaceId') ?? '';
    const region = fold(text(body, 'location') ?? '').replaceAll(' ', '');
    const [api, notebooks] = ['privatelink.api.azureml.ms', 'privatelink.notebooks.azure.net'];
    const host = (record: string, suffix: string, zone: string): LinkHost => ({
      fqdn: `${record}.${suffix}`,
      zone,
      record,
    });
    const ofApi = (record: string): LinkHost => host(record, 'api.azureml.ms', api);
    return [
      {
        id: 'amlworkspace',
        members: [
          { name: 'default', hosts: [ofApi(`${id}.workspace.${region}`), ofApi(`${id}.workspace.${region}.cert`)] },
          {
            name: 'notebook',
            hosts: [host(`ml-${fold(nameOf(idOf(body)))}-${region}-${id}.${region}`, 'notebooks.azure.net', notebooks)],
          },
          { name: 'inference', hosts: [ofApi(`*.${id}.inference.${region}`)] },
        ],
        zones: [api, notebooks],
      },
    ];
  },
};

export const targets: readonly LinkTarget[] = [storage, vault, registry, workspace];

/** The target that a resource id is of; undefined when nothing connects privately to that type here. */
export function targetOf(id: string): LinkTarget | undefined {
  const type = fold(typeOf(id));
  return targets.find((target) => fold(target.type) === type);
}

export function groupOf(target: LinkTarget, body: ArmObject, id: string): LinkGroup | undefined {
  return target.groups(body).find((group) => (target.strict ? group.id === id : fold(group.id) === fold(id)));
}

/** The group that a connection of an endpoint names. */
export function groupOfConnection(connection: ArmObject): string {
  const [first] = list(connection, 'properties', 'groupIds');
  return typeof first === 'string' ? first : '';
}
