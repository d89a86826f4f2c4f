// World "containers": closed by service endpoints, and models are to be served from container instances inside the network.
import { containerGroup, containerGroupBody } from './attached-compute-bodies.ts';
import { closedByServiceEndpoints } from './bases.ts';
import { insertBefore } from './draft.ts';
import { ofRegistry, ofWorkspace, setSubnet } from './faults.ts';
import { network, subnet } from './names.ts';
import { faultsOf, world } from './world.ts';

const containerSubnet = subnet('snet-aci');

export const containersWorld = world({
  name: 'containers',
  title: 'Models in container instances',
  base: closedByServiceEndpoints({ accounts: ['stmlsim'] }),
  setup: (draft) => {
    const here = draft.network(network);
    here.subnets = insertBefore(here.subnets, 'snet-aks', { 'snet-aci': { prefix: '10.0.12.0/24' } });
  },
  faults: [
    ofWorkspace('aci.subnet-delegated', 'No subnet is delegated to container instances.'),
    faultsOf(containerSubnet)(
      'aci.delegation-service-exact',
      'The subnet for container instances is delegated to App Service.',
      setSubnet(containerSubnet, { delegation: 'Microsoft.Web/serverFarms' }),
    ),
    faultsOf(containerGroup('scores'))('aci.deployment-target', 'A model was deployed without a subnet.', (draft) =>
      draft.bodies.push(containerGroupBody('scores', null)),
    ),
    ofRegistry(
      'acr.service-endpoint-clients',
      'The registry allows subnets by service endpoints, which container instances cannot use.',
    ),
  ],
  intents: { devClientIps: [], usesAci: true, aciSubnets: [containerSubnet] },
});
