// storage.dev-client-ip: the developer's machine reaches the account. Also the "add an IP" act, whatever its outcome.
import { strategyOf } from '../../posture/architecture.ts';
import { defineRule } from '../define.ts';
import { admitClients, admitsClients } from '../parts/client-addresses.ts';
import { accountJudged, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { accounts, proposalsOn } from '../parts/subjects.ts';

export const storageDevClientIp = defineRule({
  id: 'storage.dev-client-ip',
  title: "The developer's machine can reach the account",
  severity: 'high',
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'Uploads from the SDK and the registration of data go straight from the laptop to storage; a closed account refuses them unless the address is listed.',
    fix: 'Adds an IP rule for the address given, or for the addresses of the intent devClientIps, before the account is closed.',
    breaks:
      'Nothing, but mind that behind a proxy or NAT the address Azure sees is not the local one, that IP rules never match machines in the account’s own Azure region, and that studio over IP rules is not supported.',
    links: [links.storageFirewall, links.storageLimits, links.studio],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: accounts,
  check: (subject, judgement) =>
    accountJudged(subject.resource, judgement, (wall) =>
      admitsClients(wall, judgement, strategyOf(wall.resource.id, judgement.world) === 'service-endpoint'),
    ),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (account) => admitClients(wallOf(account, 'storage'), judgement, answers.ip)),
});
