// storage.nondefault-accounts, storage.adls2-network-rules, storage.adls2-hierarchical: further storage accounts of the
// workspace, and accounts with Data Lake Storage Gen2 datastores, are secured as the default account is.

import { type AuditedAccount, auditedAccounts, datastoresOf, unresolvedAccounts } from '../../facts/accounts.ts';
import { strategyOf } from '../../facts/architecture.ts';
import { valueAt } from '../../model/pointer.ts';
import { sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { defineRule } from '../define.ts';
import { type ServiceFirewall, storageFirewalls, subnetRuleFor, trusts } from '../parts/firewall.ts';
import { allowsTrustedServices, deniesByDefault } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { allowSubnet, denyByDefault, inTurn, trustServices } from '../parts/proposals.ts';
import { needs } from '../parts/subjects.ts';
import {
  displayName,
  evidenceAt,
  fail,
  listed,
  notApplicable,
  noted,
  pass,
  unknown,
  worstOf,
} from '../parts/verdict.ts';
import type { CheckResult, Proposal, RuleContext, Subject, Subjects } from '../rule.ts';
import { closingGates, computeAccess, lakeFirewalls } from './parts/access.ts';

const trusted = (firewall: ServiceFirewall, { index }: RuleContext) => allowsTrustedServices(firewall, index, 'high');

const isSecured = (firewall: ServiceFirewall, context: RuleContext): CheckResult =>
  worstOf('critical', [
    () => deniesByDefault(firewall),
    () => computeAccess(firewall, context),
    () => trusted(firewall, context),
  ]);

/** The fixes of the three checks, Deny last. */
function secure(firewall: ServiceFirewall, context: RuleContext): readonly Proposal[] | string {
  const { id } = firewall.resource;
  const bySubnets = strategyOf(id, context.index) === 'service-endpoint';
  const access = bySubnets ? undefined : computeAccess(firewall, context);
  if (access && access.outcome !== 'pass')
    return `${access.because} Fix storage.private-endpoints first: otherwise computes lose access.`;
  const subnets = bySubnets ? needs(id, context).filter((subnet) => !subnetRuleFor(firewall, subnet)) : [];
  const isBlocked = trusted(firewall, context).outcome === 'fail' && trusts(firewall) === false;
  return inTurn(firewall, [
    ...subnets.map((subnet) => (here: ServiceFirewall) => allowSubnet(here, subnet, context)),
    ...(isBlocked ? [trustServices] : []),
    ...(deniesByDefault(firewall).outcome === 'fail' ? [denyByDefault] : []),
  ]);
}

/** Accounts that the workspace uses beside its default one. Throws UnreadableError where the workspace could not be read. */
const otherAccounts = ({ index }: RuleContext): readonly AuditedAccount[] => {
  // Which account is the default one stands in the workspace.
  if (index.snapshot.workspace !== null) index.workspace();
  return auditedAccounts(index).filter(({ roles }) => roles.length > 0 && !roles.includes('default'));
};

const datastoresEvidence = (id: string, context: RuleContext) => {
  const own = otherAccounts(context).filter((account) => sameId(account.id, id));
  const names = own.flatMap(({ datastores }) => datastores.map((datastore) => displayName(datastore.id)));
  return noted(id, names, 'datastores that use the account');
};

/** The other accounts; account names that were not found, as second half of the workspace; the workspace where there is none. */
const otherFirewalls: Subjects<ServiceFirewall> = {
  list(context) {
    const { index } = context;
    const { workspace } = index.snapshot;
    const others = otherAccounts(context).map(({ id }): Subject => ({ resource: id }));
    if (workspace === null) return others;
    const missing = unresolvedAccounts(index).map(({ name }) => ({ resource: workspace, where: name }));
    const found = [...others, ...missing];
    return found.length > 0 ? found : [{ resource: workspace }];
  },
  resolve(subject, context) {
    const { index } = context;
    const { resource, where } = subject;
    if (resource === index.snapshot.workspace) {
      if (where !== undefined) {
        return unknown(
          `Storage account ${clean(where, 60)} is used by datastores but was not found in any subscription.`,
          [noted(resource, where, 'account name')],
        );
      }
      index.list(datastoresOf(resource));
      return notApplicable('The workspace uses no storage account beside its default one.');
    }
    if (index.get(resource)) return storageFirewalls.resolve(subject, context);
    const evidence = datastoresEvidence(resource, context);
    const names = evidence.value as readonly string[];
    const by = names.length > 0 ? `, used by ${listed(names)},` : '';
    return unknown(`Storage account ${displayName(resource)}${by} was not found.`, [evidence]);
  },
};

/** The rules of the checks of `isSecured`. */
const securedBy = [
  'storage.default-action-deny',
  'storage.vnet-rule-compute-subnet',
  'storage.private-endpoints',
  'storage.bypass-azure-services',
];
const impact =
  'Clients without a rule lose data access to that account at once, including applications outside the workspace.';
const secured =
  'Allows the compute subnets, allows trusted Azure services, and sets the default action (defaultAction) to Deny as the last step.';

export const storageNondefaultAccounts = defineRule({
  id: 'storage.nondefault-accounts',
  title: 'Other storage accounts of the workspace are secured',
  problem: 'Storage account of a datastore is not secured',
  severity: 'critical',
  explain: {
    why: 'Training data is often in a second storage account that allows all networks.',
    fix: secured,
    breaks: impact,
    links: [links.secureWorkspace, links.storageFirewall],
  },
  gates: closingGates,
  rollsUp: securedBy,
  subjects: otherFirewalls,
  check(firewall, context) {
    const verdict = isSecured(firewall, context);
    return { ...verdict, evidence: [...(verdict.evidence ?? []), datastoresEvidence(firewall.resource.id, context)] };
  },
  fix: secure,
});

export const storageAdls2NetworkRules = defineRule({
  id: 'storage.adls2-network-rules',
  title: 'Data Lake Storage Gen2 account is secured',
  problem: 'Data Lake Storage Gen2 account is not secured',
  severity: 'critical',
  explain: {
    why: 'An account with Data Lake Storage Gen2 that allows all networks is exposed, whatever the default account does.',
    fix: secured,
    breaks: impact,
    links: [links.secureWorkspace, links.storageFirewall],
  },
  gates: closingGates,
  rollsUp: securedBy,
  subjects: lakeFirewalls,
  check: isSecured,
  fix: secure,
});

export const storageAdls2Hierarchical = defineRule({
  id: 'storage.adls2-hierarchical',
  title: 'Account of a Gen2 datastore has a hierarchical namespace',
  problem: 'Account of a Gen2 datastore has a flat namespace',
  severity: 'low',
  explain: {
    why: 'A Data Lake Storage Gen2 datastore on an account with a flat namespace fails when a job uses it.',
    fix: 'None: the hierarchical namespace (isHnsEnabled) is set when an account is created. Create a new account, or use a blob datastore.',
    links: [links.hierarchical],
  },
  subjects: lakeFirewalls,
  check({ resource, name }) {
    const evidence = [
      evidenceAt(resource, '/properties/isHnsEnabled', 'hierarchical namespace'),
      evidenceAt(resource, '/kind', 'account kind'),
    ];
    return valueAt(resource.body, '/properties/isHnsEnabled') === true
      ? pass(`The ${name} has a hierarchical namespace.`, evidence)
      : fail('A Data Lake Storage Gen2 datastore uses this account, which has no hierarchical namespace.', evidence);
  },
});
