// storage.perimeter-override, keyvault.perimeter-override: what a network security perimeter means for the workspace where it
// overrules the firewall of a storage account or a key vault.

import { strategyOf } from '../../facts/architecture.ts';
import { accountGroups } from '../../facts/groups.ts';
import { computes } from '../../facts/needs.ts';
import { isAssociated, isEnforced, perimeterName, workspaceAllowedBy } from '../../facts/perimeter.ts';
import { editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import { needSentence, type PlanNeed } from '../../model/plan-need.ts';
import { subscriptionOf } from '../../model/resource-id.ts';
import { accessModePointer } from '../../resource-types/perimeter.ts';
import { computeView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import {
  overruling,
  perimeterEvidence,
  perimeterUnknown,
  type ServiceFirewall,
  storageFirewalls,
  vaultFirewalls,
} from '../parts/firewall.ts';
import { perimeterAllowsWorkspace } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { legalName } from '../parts/naming.ts';
import { fail, notApplicable, pass } from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';

function check(firewall: ServiceFirewall, context: RuleContext): CheckResult {
  const { resource, name, perimeter } = firewall;
  const { index } = context;
  const evidence = perimeterEvidence(resource, perimeter);
  if (perimeter.gap) return perimeterUnknown(firewall);
  if (!firewall.overruled && !isAssociated(perimeter)) {
    return notApplicable(`No network security perimeter controls access to the ${name}.`, evidence);
  }
  if (!firewall.overruled && (perimeter.modes ?? []).length > 1) return perimeterUnknown(firewall);
  const byService = strategyOf(resource.id, index) === 'service-endpoint';
  const protocols = blockedProtocols(firewall, context);
  const noted = (because: string) => pass(`${because}${protocols === undefined ? '' : ` ${protocols}`}`, evidence);
  const found = firewall.overruled ? perimeterAllowsWorkspace(firewall, index) : undefined;
  if (found?.outcome === 'unknown') return found;
  if (found?.outcome === 'fail' && byService) return found;
  if (byService && protocols !== undefined) return fail(protocols, evidence, 'low');
  if (found === undefined) {
    return noted(
      `${overruling(firewall)} is in Learning (transition) mode for the ${name}: not yet enforced, and its own firewall still applies.`,
    );
  }
  return found.outcome === 'pass'
    ? noted(found.because)
    : noted(
        `${overruling(firewall)} blocks trusted Azure services at the ${name}; private endpoints are not affected, and clients use those.`,
      );
}

/** Compute instances mount the file share of the workspace by SMB. */
function blockedProtocols({ resource, name, service, perimeter }: ServiceFirewall, { index }: RuleContext) {
  if (service !== 'storage' || !isAssociated(perimeter)) return undefined;
  const usesFiles = accountGroups(resource.id, index).includes('file');
  const isMounted = usesFiles && computes(index).some((one) => computeView(one).computeType === 'ComputeInstance');
  return isMounted
    ? `Compute instances cannot mount file shares of the ${name} by SMB (port 445): a perimeter allows HTTPS only.`
    : undefined;
}

const ways: PlanNeed = {
  kind: 'choice',
  options: [
    { name: 'way', value: 'rule', says: 'add an access rule for the subscription of the workspace' },
    { name: 'way', value: 'learning', says: 'set the access mode to Learning, so that the firewall applies again' },
  ],
};

function fix(firewall: ServiceFirewall, { index }: RuleContext, { way }: Answers): Proposal | string {
  const { perimeter, name } = firewall;
  if (!isAssociated(perimeter)) {
    return `The ${name} is SecuredByPerimeter and in no perimeter: associate it with one, or fix ${firewall.service === 'vault' ? 'keyvault' : 'storage'}.public-network-access.`;
  }
  const allowed = workspaceAllowedBy(perimeter, index);
  if (!firewall.overruled || (allowed !== undefined && allowed !== 'unknown')) {
    return `No access rule allows SMB: use the ${name} by HTTPS only, or remove its association with ${perimeterName(perimeter)}.`;
  }
  if (way === 'rule') return allowSubscription(firewall, index.snapshot.workspace);
  if (way !== 'learning') return needSentence(ways);
  if (!isEnforced(perimeter) || firewall.view.publicNetworkAccess === 'SecuredByPerimeter') {
    return `publicNetworkAccess of the ${name} is SecuredByPerimeter, which overrules its firewall in every access mode.`;
  }
  const association = perimeter.association === undefined ? undefined : index.get(perimeter.association);
  if (association === undefined)
    return `The association of the ${name} with ${perimeterName(perimeter)} was not found.`;
  return {
    change: editChange(association.id, [setMember(association.body, accessModePointer, 'Learning')]),
    phase: 2,
  };
}

function allowSubscription({ perimeter }: ServiceFirewall, workspace: string | null): Proposal | string {
  const subscription = workspace === null ? undefined : subscriptionOf(workspace);
  if (subscription === undefined || perimeter.profile === undefined) {
    return 'The profile of the perimeter, or the subscription of the workspace, is not known.';
  }
  const taken = new Set(perimeter.rules.map((rule) => rule.name.toLowerCase()));
  const names = ['', '-2', '-3'].map((suffix) => `${legalName(['bastide', subscription], 60)}${suffix}`);
  const free = names.find((one) => !taken.has(one.toLowerCase()));
  if (free === undefined) return `Access rules named ${names[0]} exist in ${perimeterName(perimeter)}.`;
  return {
    change: {
      kind: 'create',
      resource: `${perimeter.profile}/accessRules/${free}`,
      edits: [],
      body: { properties: { direction: 'Inbound', subscriptions: [{ id: `/subscriptions/${subscription}` }] } },
    },
    phase: 2,
    advice: 'A managed identity still needs its own permissions.',
  };
}

const why =
  'In Enforced mode, and with publicNetworkAccess SecuredByPerimeter, only the access rules of the perimeter apply. Virtual network rules, IP rules, resource instance rules and trusted Azure services have no effect.';
const fixed =
  'Pass --answer way=rule to add an inbound access rule for the subscription of the workspace, or way=learning to set the access mode to Learning. That a subscription rule allows the workspace service is inferred: Microsoft lists no rule for it.';
const breaks =
  'An access rule applies to every resource of its profile. In Learning mode the firewall of the resource applies again. The perimeter may belong to another team.';

export const storagePerimeterOverride = defineRule({
  id: 'storage.perimeter-override',
  answers: { way: ['rule', 'learning'] },
  title: 'Network security perimeter allows the workspace',
  problem: 'Network security perimeter blocks the workspace',
  severity: 'high',
  profiles: ['current'],
  explain: {
    why: `${why} An associated account allows HTTPS only: SMB, NFS and SFTP are blocked in every mode.`,
    fix: fixed,
    breaks,
    links: [links.perimeterTransition, links.storagePerimeter],
  },
  fixKind: 'guided',
  undo: 'equivalent',
  subjects: storageFirewalls,
  check,
  fix,
});

export const keyvaultPerimeterOverride = defineRule({
  id: 'keyvault.perimeter-override',
  answers: { way: ['rule', 'learning'] },
  title: 'Network security perimeter allows the workspace',
  problem: 'Network security perimeter blocks the workspace',
  severity: 'high',
  profiles: ['current'],
  explain: {
    why,
    fix: fixed,
    breaks,
    links: [links.perimeterTransition, links.vaultFirewall],
  },
  fixKind: 'guided',
  undo: 'equivalent',
  subjects: vaultFirewalls,
  check,
  fix,
});
