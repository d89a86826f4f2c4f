// World "open": a new workspace, the starting point of the article. The computes are in a virtual network, and everything they use
// allows access from all networks.
import { allAccounts, closedByServiceEndpoints } from './bases.ts';
import { clientIp, everythingOpen } from './faults.ts';
import { computeSubnets, trainGroup, trainSubnet } from './names.ts';
import { inboundRules } from './network-bodies.ts';
import { world } from './world.ts';

export const open = world({
  name: 'open',
  title: 'New workspace, everything public',
  base: closedByServiceEndpoints(),
  setup: (draft) => {
    draft.workspace.imageBuildCompute = undefined;
    draft.securityGroups[trainGroup] = [...inboundRules];
    draft.subnet(trainSubnet).securityGroup = trainGroup;
  },
  faults: everythingOpen(allAccounts, computeSubnets),
  intents: { devClientIps: [clientIp] },
});
