// The samples of the rules about Databricks and container instances.
import {
  cluster,
  group,
  ids,
  type Loose,
  missing,
  refused,
  type Scene,
  subnet,
  vnet,
  withEndpoint,
  withRegistry,
} from '../support/snapshot.ts';
import { type Add, asIs, both, type Extra, type Sample, type SampleChange, sampling } from './sampling.ts';

const { table, rule } = sampling();
const gap =
  (id: string): SampleChange =>
  (scene) => {
    scene.gaps.push(refused(id));
  };

const managedGroup = '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/databricks-rg';
export const databricksId = `${group}/providers/Microsoft.Databricks/workspaces/dbw`;
export const databricksCompute = `${ids.workspace}/computes/dbw`;
const bricks = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-dbw`;
const host = `${bricks}/subnets/databricks-public`;
const container = `${bricks}/subnets/databricks-private`;

const handed = (id: string, prefix: string): Loose => {
  const made = subnet(id, prefix, ['Microsoft.Storage']);
  made.properties.delegations = [{ name: 'dbx', properties: { serviceName: 'Microsoft.Databricks/workspaces' } }];
  return made;
};

/** A Databricks workspace in its own network, attached, and allowed by the account. */
export const withDatabricks: SampleChange = (scene) => {
  const compute = cluster('dbw', null);
  Object.assign(compute.properties, {
    computeType: 'Databricks',
    resourceId: databricksId,
    properties: { workspaceUrl: 'adb-1.azuredatabricks.net' },
  });
  scene.bodies[databricksCompute] = compute;
  scene.bodies[databricksId] = {
    id: databricksId,
    name: 'dbw',
    type: 'Microsoft.Databricks/workspaces',
    location: 'westeurope',
    properties: {
      managedResourceGroupId: managedGroup,
      parameters: {
        customVirtualNetworkId: { type: 'String', value: bricks },
        customPublicSubnetName: { type: 'String', value: 'databricks-public' },
        customPrivateSubnetName: { type: 'String', value: 'databricks-private' },
      },
    },
  };
  scene.bodies[bricks] = vnet(bricks, 'westeurope', '10.1.0.0/20', [
    handed(host, '10.1.0.0/26'),
    handed(container, '10.1.0.64/26'),
    subnet(`${bricks}/subnets/Default`, '10.1.1.0/24'),
    subnet(`${bricks}/subnets/snet-pe`, '10.1.2.0/24'),
  ]);
  for (const id of [host, container]) {
    scene.bodies[ids.account].properties.networkAcls.virtualNetworkRules.push({
      id,
      action: 'Allow',
      state: 'Succeeded',
    });
  }
};
const parameters = (scene: Scene): Loose => scene.bodies[databricksId].properties.parameters;
const subnets = (scene: Scene): Loose[] => scene.bodies[bricks].properties.subnets;
const named = (scene: Scene, id: string): Loose => subnets(scene).find((one) => one.id === id).properties;
const without =
  (id: string): SampleChange =>
  (scene) => {
    scene.bodies[bricks].properties.subnets = subnets(scene).filter((one) => one.id !== id);
  };
const rules = (scene: Scene): Loose => scene.bodies[ids.account].properties.networkAcls;
const unadmitted: SampleChange = (scene) => {
  rules(scene).virtualNetworkRules = rules(scene).virtualNetworkRules.filter((one: Loose) => one.id !== container);
};
const microsofts: SampleChange = (scene) => Reflect.deleteProperty(parameters(scene), 'customVirtualNetworkId');
const card = (id: string) => ({ id: `${id}/providers/Microsoft.Network/networkInterfaces/nic/ipConfigurations/ip` });

const on = { on: databricksCompute };
const stored = { on: databricksCompute, where: ids.account };
const attached = (...changes: readonly SampleChange[]): SampleChange => both(withDatabricks, ...changes);

/** What each of them says where there is nothing to check, or where it cannot be read. */
function everywhere(add: Add, at: Extra, bare: Extra): void {
  add('notApplicable', 'no Databricks workspace is attached', asIs, bare);
  add('unknown', 'the computes may not be read', gap(`${ids.workspace}/computes`), bare);
  add('unknown', 'the Databricks workspace may not be read', attached(gap(databricksId)), at);
  add(
    'notApplicable',
    'the Databricks workspace is gone',
    attached((scene) => scene.gaps.push(missing(databricksId))),
    at,
  );
  add(
    'unknown',
    'the compute names no resource',
    attached((scene) => {
      scene.bodies[databricksCompute].properties.resourceId = null;
    }),
    at,
  );
}
function injectedOnly(add: Add, at: Extra): void {
  add('notApplicable', 'it is in a network of Microsoft’s', attached(microsofts), at);
  add(
    'unknown',
    'its network is no text',
    attached((scene) => {
      parameters(scene).customVirtualNetworkId.value = 7;
    }),
    at,
  );
}

rule('databricks.vnet-injected', (add) => {
  everywhere(add, on, {});
  add('fail', 'it names no network', attached(microsofts), on);
  add('pass', 'it names one', attached(), on);
  add(
    'unknown',
    'its network is no text',
    attached((scene) => {
      parameters(scene).customVirtualNetworkId.value = {};
    }),
    on,
  );
});

rule('databricks.vnet-same-subscription-region', (add) => {
  everywhere(add, on, {});
  injectedOnly(add, on);
  add(
    'fail',
    'the network is in another subscription',
    attached((scene) => {
      parameters(scene).customVirtualNetworkId.value = bricks.replace('0aa', '0ff');
    }),
    on,
  );
  add(
    'fail',
    'the network is in another region',
    attached((scene) => {
      scene.bodies[bricks].location = 'northeurope';
    }),
    on,
  );
  add(
    'pass',
    'the region is spelt otherwise',
    attached((scene) => {
      scene.bodies[bricks].location = 'West Europe';
    }),
    on,
  );
  add('unknown', 'the network may not be read', attached(gap(bricks)), on);
});

rule('databricks.storage-same-vnet', (add) => {
  everywhere(add, stored, { where: ids.account });
  injectedOnly(add, stored);
  const open: SampleChange = (scene) => {
    rules(scene).defaultAction = 'Allow';
  };
  add('notApplicable', 'the account is open', attached(open, unadmitted), stored);
  add('fail', 'one of the two subnets is not admitted', attached(unadmitted), stored);
  add('pass', 'both are admitted', attached(), stored);
  add('unknown', 'the account may not be read', attached(gap(ids.account)), stored);
  add(
    'unknown',
    'it does not name both subnets',
    attached((scene) => Reflect.deleteProperty(parameters(scene), 'customPublicSubnetName')),
    stored,
  );
  const privately: SampleChange = (scene) => {
    scene.intents = { ...scene.intents, architecture: 'private-endpoint' };
  };
  add('pass', 'private endpoints, and both are admitted while public access is on', attached(privately), stored);
  add('fail', 'private endpoints, and one is not admitted', attached(privately, unadmitted), stored);
  const ends: SampleChange = (scene) => {
    withEndpoint(scene, ids.account, ['blob'], `${bricks}/subnets/snet-pe`);
    withEndpoint(scene, ids.account, ['file'], `${bricks}/subnets/snet-pe`);
  };
  add('pass', 'private endpoints for blob and file in that network', attached(privately, unadmitted, ends), stored);
  add(
    'fail',
    'private endpoints, and public access is off under the subnet rules',
    attached(privately, (scene) => {
      scene.bodies[ids.account].properties.publicNetworkAccess = 'Disabled';
    }),
    stored,
  );
});

rule('databricks.workspace-subnets', (add) => {
  everywhere(add, on, {});
  injectedOnly(add, on);
  add('fail', 'one is not there', attached(without(container)), on);
  add('pass', 'both are there', attached(), on);
  add(
    'pass',
    'both are there in other letters',
    attached((scene) => {
      parameters(scene).customPrivateSubnetName.value = 'DATABRICKS-Private';
    }),
    on,
  );
  add(
    'unknown',
    'it names only one',
    attached((scene) => {
      parameters(scene).customPrivateSubnetName.value = null;
    }),
    on,
  );
  add(
    'unknown',
    'the network does not show its subnets',
    attached((scene) => Reflect.deleteProperty(scene.bodies[bricks].properties, 'subnets')),
    on,
  );
});

rule('databricks.default-subnet', (add) => {
  everywhere(add, on, {});
  injectedOnly(add, on);
  add('fail', 'it is not there', attached(without(`${bricks}/subnets/Default`)), on);
  add('pass', 'it is there in other letters', attached(), on);
  add(
    'unknown',
    'the network does not show its subnets',
    attached((scene) => Reflect.deleteProperty(scene.bodies[bricks].properties, 'subnets')),
    on,
  );
  add('unknown', 'the network may not be read', attached(gap(bricks)), on);
});

rule('databricks.subnet-shape', (add) => {
  everywhere(add, on, {});
  injectedOnly(add, on);
  const set =
    (members: Loose): SampleChange =>
    (scene) => {
      Object.assign(named(scene, container), members);
    };
  add('pass', 'two of /26, delegated', attached(), on);
  add('pass', 'with machines of its own', attached(set({ ipConfigurations: [card(managedGroup)] })), on);
  add('fail', 'one is a /27', attached(set({ addressPrefix: '10.1.0.64/27' })), on);
  add('fail', 'one is not delegated', attached(set({ delegations: [] })), on);
  add('fail', 'a card of somebody else', attached(set({ ipConfigurations: [card(group)] })), on);
  add(
    'fail',
    'the network’s range is a /15',
    attached((scene) => {
      scene.bodies[bricks].properties.addressSpace.addressPrefixes = ['10.0.0.0/15'];
    }),
    on,
  );
  add('unknown', 'a range nobody can read', attached(set({ addressPrefix: 'wide' })), on);
  add('unknown', 'delegations that are no list', attached(set({ delegations: 'all' })), on);
  add(
    'unknown',
    'which machines are its own is not shown',
    attached(set({ ipConfigurations: [card(group)] }), (scene) =>
      Reflect.deleteProperty(scene.bodies[databricksId].properties, 'managedResourceGroupId'),
    ),
    on,
  );
});

rule('databricks.no-private-endpoint-path', (add) => {
  everywhere(add, on, {});
  add('pass', 'whatever it is', attached(), on);
});

const aci = `${ids.vnet}/subnets/snet-aci`;
const serves = 'microsoft.containerinstance/containergroups';
const groups = `${group}/providers/Microsoft.ContainerInstance/containerGroups`;
const all = '/subscriptions/00000000-0000-0000-0000-0000000000aa/providers/Microsoft.ContainerInstance/containerGroups';
const wants: SampleChange = (scene) => {
  scene.intents = { ...scene.intents, usesAci: true };
};
const refuses: SampleChange = (scene) => {
  scene.intents = { ...scene.intents, usesAci: false };
};
const means: SampleChange = (scene) => {
  scene.intents = { ...scene.intents, aciSubnets: [aci.toUpperCase()] };
};
/** A subnet, delegated to these services. */
const aciSubnet =
  (services: readonly string[], members: Loose = {}): SampleChange =>
  (scene) => {
    const made = subnet(aci, '10.0.8.0/24');
    made.properties.delegations = services.map((serviceName, index) => ({
      name: `d${index}`,
      properties: { serviceName },
    }));
    Object.assign(made.properties, members);
    scene.bodies[ids.vnet].properties.subnets.push(made);
  };
const bound = {
  serviceAssociationLinks: [
    {
      name: 'acisal',
      properties: { linkedResourceType: 'Microsoft.ContainerInstance/containerGroups', allowDelete: false },
    },
  ],
};
const containers =
  (members: Loose, image = 'acrmlsim.azurecr.io/azureml/scores:1'): SampleChange =>
  (scene) => {
    scene.bodies[`${groups}/scores`] = {
      id: `${groups}/scores`,
      name: 'scores',
      type: 'Microsoft.ContainerInstance/containerGroups',
      location: 'westeurope',
      properties: { containers: [{ name: 'c', properties: { image } }], ...members },
    };
  };
const inside = { subnetIds: [{ id: aci }], ipAddress: { type: 'Private', ports: [] } };
const registry: SampleChange = (scene) => {
  withRegistry(scene);
};
/** A model in a subnet that is delegated and bound. */
export const withContainers: SampleChange = both(wants, means, aciSubnet([serves], bound), containers(inside));
const none: Extra = {};
const there = { on: aci };

function whereUsed(add: Add): void {
  add('notApplicable', 'no subnet is delegated and nobody was asked', asIs, none);
  add('notApplicable', 'they are not used', both(aciSubnet([serves]), refuses), none);
}

rule('aci.subnet-delegated', (add) => {
  whereUsed(add);
  add('fail', 'they are used, and no subnet is delegated', wants, none);
  add('fail', 'a subnet is delegated to something else', both(wants, aciSubnet(['Microsoft.Web/serverFarms'])), none);
  add('pass', 'a subnet is delegated', both(wants, aciSubnet([serves])), none);
  add('pass', 'a subnet is delegated, and nobody was asked', aciSubnet([serves]), none);
  add(
    'unknown',
    'the networks of the subscription may not be listed',
    both(wants, gap(`/subscriptions/00000000-0000-0000-0000-0000000000aa/providers/Microsoft.Network/virtualNetworks`)),
    none,
  );
});

rule('aci.delegation-service-exact', (add) => {
  add('notApplicable', 'they are not used', both(aciSubnet(['Microsoft.Web/serverFarms']), means, refuses), none);
  add(
    'notApplicable',
    'which subnet is meant is not known',
    both(wants, aciSubnet(['Microsoft.Web/serverFarms'])),
    none,
  );
  const meant = both(wants, means);
  add(
    'fail',
    'the named subnet is delegated to something else',
    both(meant, aciSubnet(['Microsoft.Web/serverFarms'])),
    there,
  );
  add('fail', 'the named subnet is delegated to nobody', both(meant, aciSubnet([])), there);
  add('fail', 'the named subnet does not exist', meant, { on: aci.toUpperCase() });
  add('pass', 'in lower case', both(meant, aciSubnet([serves])), there);
  add('pass', 'the subnet of a deployed group', both(registry, aciSubnet([serves]), containers(inside)), there);
  add('unknown', 'delegations that are no list', both(meant, aciSubnet([], { delegations: {} })), there);
});

rule('aci.subnet-exclusive', (add) => {
  add('notApplicable', 'no subnet is delegated and nobody was asked', asIs, none);
  add('notApplicable', 'they are not used', both(aciSubnet([serves]), refuses), there);
  const handed = aciSubnet([serves]);
  add('notApplicable', 'no subnet is delegated', wants, none);
  add('pass', 'nothing sits in it', handed, there);
  add('pass', 'the service is bound to it', aciSubnet([serves], bound), there);
  add(
    'fail',
    'a private endpoint',
    aciSubnet([serves], { privateEndpoints: [{ id: `${group}/providers/Microsoft.Network/privateEndpoints/pe` }] }),
    there,
  );
  add('fail', 'a network card', aciSubnet([serves], { ipConfigurations: [card(group)] }), there);
  add(
    'fail',
    'a cluster that is to sit there',
    both(handed, (scene) => {
      const one = cluster('late', aci);
      scene.bodies[one.id] = one;
    }),
    there,
  );
  add(
    'fail',
    'another service is bound to it',
    aciSubnet([serves], {
      serviceAssociationLinks: [{ name: 'x', properties: { linkedResourceType: 'Microsoft.Web/serverfarms' } }],
    }),
    there,
  );
  add('unknown', 'something without an id', aciSubnet([serves], { ipConfigurations: [{}] }), there);
  add('unknown', 'the computes may not be read', both(handed, gap(`${ids.workspace}/computes`)), there);
});

rule('aci.deployment-target', (add) => {
  whereUsed(add);
  const used = both(registry, wants, aciSubnet([serves]));
  const scores = { on: `${groups}/scores` };
  add('notApplicable', 'nothing is deployed', used, none);
  add('notApplicable', 'a group of somebody else', both(used, containers(inside, 'nginx:latest')), none);
  add('pass', 'in the delegated subnet', both(used, containers(inside)), scores);
  add('fail', 'at a public address', both(used, containers({ ipAddress: { type: 'Public', ports: [] } })), scores);
  add('fail', 'in no subnet', both(used, containers({})), scores);
  add('fail', 'in a subnet that is not delegated', both(used, containers({ subnetIds: [{ id: ids.second }] })), scores);
  add('unknown', 'subnets that are no list', both(used, containers({ subnetIds: 'mine' })), scores);
  add('unknown', 'the groups may not be listed', both(used, gap(groups)), none);
});

rule('aci.delegation-removable', (add) => {
  add('notApplicable', 'no subnet is delegated', asIs, none);
  add('pass', 'nothing is bound', aciSubnet([serves]), there);
  add('pass', 'nothing is bound, and they are not used', both(refuses, aciSubnet([serves])), there);
  add('pass', 'a group still runs there', both(aciSubnet([serves], bound), containers(inside)), there);
  add('fail', 'the last group is gone', aciSubnet([serves], bound), there);
  add('fail', 'the last group is gone, and they are not used', both(refuses, aciSubnet([serves], bound)), there);
  add('unknown', 'the groups may not be listed', both(aciSubnet([serves], bound), gap(all)), there);
  add('unknown', 'links that are no list', aciSubnet([serves], { serviceAssociationLinks: 'acisal' }), there);
});

rule('aci.private-endpoint-conflict', (add) => {
  const end: SampleChange = (scene) => {
    withEndpoint(scene, ids.workspace, ['amlworkspace'], ids.pe);
  };
  add('fail', 'a delegated subnet and an endpoint of the workspace', both(aciSubnet([serves]), end), none);
  add('pass', 'they are not used', both(aciSubnet([serves]), end, refuses), none);
  add('pass', 'the workspace has no endpoint', both(wants, aciSubnet([serves])), none);
  add('unknown', 'the workspace may not be read', both(wants, gap(ids.workspace)), none);
});

export const bricksSamples: readonly Sample[] = table;
