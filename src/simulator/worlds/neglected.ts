// World "neglected": closed by service endpoints once, and not maintained since. The service itself would refuse these settings
// today, so that an undo cannot restore them; that is why they are not in "mixed".
import { closedByServiceEndpoints } from './bases.ts';
import {
  clientIp,
  ofAccount,
  ofRegistry,
  ofVault,
  ofWorkspace,
  setRegistry,
  setVault,
  setWorkspace,
} from './faults.ts';
import { subnet } from './names.ts';
import { world } from './world.ts';

const retired = subnet('snet-retired');
const switchedOff = 'Public network access is Disabled, while computes use subnet rules.';

export const neglected = world({
  name: 'neglected',
  title: 'Closed once, not maintained since',
  base: closedByServiceEndpoints({ accounts: ['stmlsim'] }),
  faults: [
    ofWorkspace(
      'workspace.ip-allowlist',
      'It lists a private range and an IPv6 address, which the service refuses.',
      (draft) => draft.workspace.members.push('"ipAllowlist": ["203.0.113.77", "10.20.0.0/16", "2001:db8::77"]'),
    ),
    ofAccount('stmlsim', retired)('storage.vnet-rule-state', 'The subnet of this rule was deleted.', (draft) =>
      draft.account('stmlsim').subnets.push(retired),
    ),
    ofAccount('stmlsim')(
      'storage.ip-rules-legal',
      'It lists a /31 and a private range, which the service refuses.',
      (draft) => draft.account('stmlsim').addresses.push(clientIp, '198.51.100.6/31', '10.20.0.0/16'),
    ),
    ofVault('keyvault.public-network-access', switchedOff, setVault({ publicNetworkAccess: 'Disabled' })),
    ofRegistry('acr.public-endpoint-kept', switchedOff, setRegistry({ publicNetworkAccess: 'Disabled' })),
    ofRegistry(
      'acr.image-build-compute',
      'The cluster that built images was deleted.',
      setWorkspace({ imageBuildCompute: 'old-cluster' }),
    ),
  ],
  intents: { devClientIps: [clientIp] },
});
