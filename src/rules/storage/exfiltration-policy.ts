// storage.exfiltration-policy: where outbound is limited, a service endpoint policy limits which accounts a subnet reaches.
import { findSubnet, subnetView, vnetOf, vnetView } from '../../kinds/network-view.ts';
import { servicePolicyType, servicePolicyView } from '../../kinds/service-endpoint-policy.ts';
import { editChange } from '../../model/change.ts';
import { addTo } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { groupIdOf } from '../../model/resource-id.ts';
import { GapRead, type World } from '../../model/world.ts';
import { auditedAccounts, unresolvedAccounts } from '../../posture/accounts.ts';
import { reachedPrivately } from '../../posture/endpoints.ts';
import { outboundModeOf } from '../../posture/flows.ts';
import { defineRule } from '../define.ts';
import { admits, admitsAlias, completed, definitionsFor, machineLearningAlias } from '../parts/endpoint-policy.ts';
import { links } from '../parts/links.ts';
import { legalName } from '../parts/naming.ts';
import { serviceEndpoint, subnetKey } from '../parts/proposals.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { endpointStanding } from '../parts/subnet-endpoints.ts';
import { noTraining, trainingSubjects } from '../parts/training.ts';
import { fail, listed, notApplicable, noted, pass, seen, shown, subnetShown } from '../parts/verdict.ts';
import type { Judgement, Proposal, Subject, Verdict } from '../rule.ts';

const policies = '/properties/serviceEndpointPolicies';
const endpoints = '/properties/serviceEndpoints';

/** Accounts that the subnet reaches through its service endpoint. Throws GapRead when one could not be told. */
function reachedByEndpoint(subnet: string, world: World): string[] {
  const [lost] = unresolvedAccounts(world);
  if (lost) {
    const reason = `The account ${shown(lost.name)} was found in no subscription that could be read.`;
    throw new GapRead({ id: lost.name, reason, action: 'Microsoft.Storage/storageAccounts/read' });
  }
  const there = auditedAccounts(world).filter((account) => account.missing === undefined);
  return there.map(({ id }) => id).filter((id) => !reachedPrivately(id, vnetOf(subnet), world));
}

function judge({ resource: id }: Subject, { world }: Judgement): Verdict {
  const nowhere = noTraining(id, world);
  if (nowhere) return nowhere;
  const subnet = findSubnet(world, id);
  if (!subnet) return notApplicable(`${subnetShown(id)} does not exist; workspace.network-preexists speaks of it.`);
  if (outboundModeOf(id, world) !== 'limited') return notApplicable(`Outbound of ${subnetShown(id)} is not limited.`);
  const evidence = [
    seen(subnet, policies, 'service endpoint policies of the subnet'),
    seen(subnet, endpoints, 'service endpoints of the subnet'),
  ];
  const ids = subnetView(subnet).endpointPolicies;
  if (ids.length === 0) {
    return fail(`No service endpoint policy limits which accounts ${subnetShown(id)} may reach.`, evidence);
  }
  if (endpointStanding(subnet, 'storage').standing === 'none') {
    return fail(`${subnetShown(id)} has no storage service endpoint, so its policy limits nothing.`, evidence);
  }
  const admitted = ids.flatMap((policy) => {
    const found = world.get(policy);
    return found ? servicePolicyView(found).definitions.flatMap(({ resources }) => resources) : [];
  });
  const all = [...evidence, noted(ids[0] ?? id, admitted, 'what its policies admit')];
  if (!admitsAlias(admitted)) {
    return fail(
      `The policy of ${subnetShown(id)} does not admit ${machineLearningAlias}: no node could be made there.`,
      all,
    );
  }
  const missing = reachedByEndpoint(id, world).filter((account) => !admits(admitted, account));
  return missing.length === 0
    ? pass(`The policy of ${subnetShown(id)} admits the accounts of the workspace and nobody else's.`, all)
    : fail(`The policy of ${subnetShown(id)} cuts it off from ${listed(missing.map(shown))}.`, all);
}

/** One policy with alias and accounts in its first write, then hung on the subnet; an existing one gets what it lacks. */
function limit(subnet: Resource, { world }: Judgement): readonly Proposal[] | string {
  const network = world.get(vnetOf(subnet.id));
  const location = network && vnetView(network).location;
  if (location === undefined) return `The region of the network of ${subnetShown(subnet.id)} is not known.`;
  const accounts = reachedByEndpoint(subnet.id, world);
  const endpoint = serviceEndpoint(subnet, 'Microsoft.Storage');
  if (typeof endpoint === 'string') return endpoint;
  const [present] = subnetView(subnet).endpointPolicies;
  if (present !== undefined) {
    const policy = world.get(present);
    if (!policy)
      return `The policy ${shown(present)} that the subnet names does not exist; take it off the subnet first.`;
    return [...endpoint, ...completed(policy, accounts)];
  }
  const id = `${groupIdOf(subnet.id) ?? ''}/providers/${servicePolicyType}/${legalName(['sep', shown(vnetOf(subnet.id)), shown(subnet.id)], 80)}`;
  const there = world.peek(id);
  const made: readonly Proposal[] =
    there.state === 'read'
      ? completed(there.resource, accounts)
      : [
          {
            change: {
              kind: 'create',
              resource: id,
              edits: [],
              body: { location, properties: { serviceEndpointPolicyDefinitions: definitionsFor(accounts) } },
            },
            phase: 1,
            risk: 'A new policy, which limits nothing until a subnet names it.',
          },
        ];
  return [
    ...made,
    ...endpoint,
    {
      change: editChange(subnet.id, [addTo(subnet.body, policies, { id }, subnetKey)]),
      phase: 5,
      risk: `Every storage account that the policy does not list is out of reach of ${subnetShown(subnet.id)} from then on: other people's, and your own that the workspace does not name.`,
    },
  ];
}

export const storageExfiltrationPolicy = defineRule({
  id: 'storage.exfiltration-policy',
  title: 'Service endpoint policy limits which accounts can be reached',
  severity: 'low',
  profiles: ['current'],
  letters: 'workspace',
  for: ['service-endpoint', 'private-endpoint'],
  about: 'Microsoft.Network/virtualNetworks/subnets',
  explain: {
    why: 'An allow to the storage of a region admits anybody’s account there: whoever runs code on a node can copy data to an account of his own.',
    fix: 'Makes a service endpoint policy with the alias of Azure Machine Learning and the accounts that the subnet reaches through its service endpoint, and hangs it on the subnet as the last act. The Azure CLI cannot add the alias; Bastide sends it as ARM takes it.',
    breaks:
      'Every account that the policy does not list is out of reach of the subnet, also those that only its jobs know.',
    links: [links.exfiltration, links.storageFirewall],
  },
  fixKind: 'guided',
  undo: 'exact',
  subjects: (judgement) => trainingSubjects(judgement),
  check: judge,
  fix: (finding, judgement) => proposalsOn(finding, judgement, (subnet) => limit(subnet, judgement)),
});
