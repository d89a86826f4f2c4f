// What the service creates for computes with a public IP address in the resource group of their virtual network: an inventory,
// the network security groups that stay untouched, and what is no longer used.

import { deleteChange } from '../../model/change.ts';
import { needSentence } from '../../model/plan-need.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, groupIdOf, nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { securityGroupType } from '../../resource-types/security-group-view.ts';
import { workspaceType } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { workspaces } from '../parts/subjects.ts';
import { displayName, fail, few, listed, notApplicable, pass } from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, RuleContext, Subjects } from '../rule.ts';
import {
  balancersOf,
  evidenceOfUse,
  groundOf,
  guessEvidence,
  guessOf,
  guessText,
  hasActiveComputes,
  isProven,
  isUnused,
  madeTypes,
  type ServiceResource,
  searched,
  serviceResources,
} from './parts/service-resources.ts';
import { orWorkspace } from './parts/subjects.ts';

const noneFound = 'No resource in the resource groups of the virtual networks looks like one that the service created.';

export const computeAutoResources = defineRule({
  id: 'compute.auto-resources',
  title: 'Resources created by the service are listed',
  problem: 'Resources created by the service are not listed',
  severity: 'info',
  for: ['service-endpoint', 'private-endpoint'],
  about: workspaceType,
  explain: {
    why: 'Each compute instance and each cluster with nodes gets an NSG, a public IP address and a load balancer. They are in the resource group of your virtual network. They look unused, but deleting or editing them stops the compute.',
    fix: 'None. The rule only lists them. What nothing uses any more is deleted by `compute.orphaned-resources`.',
    links: [links.secureTraining, links.batchNetwork],
  },
  subjects: workspaces,
  check({ resource: id }, { index }) {
    const found = serviceResources(index);
    if (found.length === 0) return pass(noneFound, searched(id, index));
    const [verb, it] = found.length === 1 ? ['looks', 'it'] : ['look', 'them'];
    return pass(
      `${few(found.map(({ resource }) => displayName(resource.id)))} ${verb} like resources of computes with a public IP address. Do not delete or change ${it}: a cluster replaces its own at zero nodes, an instance keeps them until it is deleted.`,
      found.map(guessEvidence),
    );
  },
});

export const computeBatchNsgUntouched = defineRule({
  id: 'compute.batch-nsg-untouched',
  title: 'NSGs configured by Azure Batch are left alone',
  problem: 'NSG configured by Azure Batch was changed',
  severity: 'info',
  for: ['service-endpoint', 'private-endpoint'],
  about: workspaceType,
  explain: {
    why: 'One wrong rule in an NSG that Azure Batch configures makes every node behind it unusable.',
    fix: 'None. What nothing uses any more is deleted by `compute.orphaned-resources`. Rules about the NSGs of subnets change one that is associated with a subnet.',
    links: [links.batchNetwork],
  },
  subjects: workspaces,
  check({ resource: id }, { index }) {
    const groups = serviceResources(index).filter(({ resource }) => fold(resource.type) === fold(securityGroupType));
    return groups.length === 0
      ? pass(
          'No NSG in the resource groups of the virtual networks looks like one that Azure Batch configured.',
          searched(id, index),
        )
      : pass(
          `${listed(groups.map(({ resource }) => displayName(resource.id)))} ${groups.length === 1 ? 'looks' : 'look'} configured by Azure Batch. Do not change ${groups.length === 1 ? 'it' : 'them'} while a compute uses ${groups.length === 1 ? 'it' : 'them'}.`,
          groups.map(guessEvidence),
        );
  },
});

const createdByService: Subjects<ServiceResource> = {
  list: (context) => orWorkspace(context, () => serviceResources(context.index).map(({ resource }) => resource.id)),
  resolve({ resource: id }, { index }) {
    if (id === index.snapshot.workspace) return pass(noneFound, searched(id, index));
    const found = serviceResources(index).find(({ resource }) => resource.id === id);
    return found ?? notApplicable(`The service did not create ${displayName(id)}.`);
  },
};

function checkUse(found: ServiceResource, { index }: RuleContext): CheckResult {
  const { resource } = found;
  const name = displayName(resource.id);
  const evidence = [guessEvidence(found), ...evidenceOfUse(resource)];
  const doubt = isProven(found) ? '' : ` Whether the service created it is not known: ${guessText(found.guess)}.`;
  if (!isUnused(found, index)) return pass(`${name} is in use.`, evidence);
  const use = `${name} is unused: ${groundOf(resource, index, unusedWords)}`;
  return hasActiveComputes(groupIdOf(resource.id) ?? '', index)
    ? pass(`${use}. An active compute is in a virtual network of its group.`, evidence)
    : fail(`${use}. No compute instance or cluster with nodes is left that could need it.${doubt}`, evidence);
}

/** The load balancer that uses a public IP address is deleted first. What is not proven to be of the service is named by the operator. */
function remove({ resource }: ServiceResource, { index }: RuleContext, answers: Answers): readonly Proposal[] | string {
  const named = (answers.unused ?? '').split(',').map((name) => name.trim());
  const isNamed = ({ id }: Resource): boolean => named.some((name) => sameId(name, nameOf(id)) || sameId(name, id));
  const all = [...balancersOf(resource, index), resource];
  const doubtful = all.flatMap((one) => {
    const guess = guessOf(one, index);
    return guess !== undefined && isProven({ guess }) ? [] : [{ one, guess }];
  });
  if (!doubtful.every(({ one }) => isNamed(one))) {
    const why = doubtful.map(
      ({ one, guess }) => `${displayName(one.id)}: ${guess ? guessText(guess) : 'nothing shows it'}`,
    );
    const value = doubtful.map(({ one }) => nameOf(one.id)).join(',');
    return `Whether the service created it is not known (${why.join('; ')}). ${needSentence({ kind: 'choice', options: [{ name: 'unused', value, says: '' }] })} Separate several names with commas.`;
  }
  return all.map((one): Proposal => ({ change: deleteChange(one), phase: 3, advice: adviceOn(one, index) }));
}

const unusedWords = (name: string, isMissing: boolean): string =>
  isMissing ? 'which does not exist' : `and nothing that was read uses ${name}`;

/** What uses it is deleted first; the plan asks again in the world without it. */
function adviceOn(one: Resource, index: SnapshotIndex): string {
  const ground = groundOf(one, index, () => 'which does not exist when this step is sent');
  const guess = guessOf(one, index);
  const origin =
    guess !== undefined && isProven({ guess })
      ? `The service created ${displayName(one.id)}: ${guessText(guess)}.`
      : `Whether the service created ${displayName(one.id)} is not known; the answer names it.`;
  return `${origin} As read, ${ground}. Check that nothing that was not read needs it.`;
}

export const computeOrphanedResources = defineRule({
  id: 'compute.orphaned-resources',
  answers: { unused: 'NAME[,NAME]' },
  title: 'No unused resources created by the service remain',
  problem: 'Unused resource that the service may have created',
  severity: 'low',
  for: ['service-endpoint', 'private-endpoint'],
  about: madeTypes[0],
  explain: {
    why: 'Unused load balancers, public IP addresses and NSGs count against the quotas of the subscription. Public IP addresses are billed.',
    fix: 'Deletes the unused resources: the load balancer, then its public IP address, then the NSG. What is not proven to be created by the service is deleted only if you name it (--answer unused=NAME).',
    breaks:
      'What the service created is known by `managedBy`, by a tag, or by names of Azure Batch that are connected. A name alone proves nothing. A deleted public IP address cannot be restored, and rules elsewhere that name it no longer match.',
    links: [links.secureTraining, links.batchNetwork],
  },
  fixKind: 'guided',
  undo: 'none',
  subjects: createdByService,
  check: checkUse,
  fix: remove,
});
