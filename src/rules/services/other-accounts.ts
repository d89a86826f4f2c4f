// storage.nondefault-accounts, storage.adls2-network-rules, storage.adls2-hierarchical: further storage accounts of the workspace, and
// accounts with Data Lake Storage Gen2 datastores, are secured as the default account is.
import { valueAt } from '../../model/pointer.ts';
import { sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { type AuditedAccount, auditedAccounts, datastoresOf, unresolvedAccounts } from '../../posture/accounts.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { defineRule } from '../define.ts';
import { storageFirewalls, subnetRuleFor, trusts, type Wall } from '../parts/firewall.ts';
import { allowsTrustedServices, deniesByDefault } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { allowSubnet, denyByDefault, inTurn, trustServices } from '../parts/proposals.ts';
import { needs } from '../parts/subjects.ts';
import { fail, listed, notApplicable, noted, pass, seen, shown, together, unknown } from '../parts/verdict.ts';
import type { Judgement, Proposal, Subject, Subjects, Verdict } from '../rule.ts';
import { closingGates, computeAccess, lakeFirewalls } from './parts/access.ts';

const trusted = (firewall: Wall, { world }: Judgement) =>
  allowsTrustedServices(firewall, world.snapshot.workspace ?? undefined, 'high');

const isSecured = (firewall: Wall, judgement: Judgement): Verdict =>
  together('critical', [
    () => deniesByDefault(firewall),
    () => computeAccess(firewall, judgement),
    () => trusted(firewall, judgement),
  ]);

/** The fixes of the three checks, Deny last. */
function secure(firewall: Wall, judgement: Judgement): readonly Proposal[] | string {
  const { id } = firewall.resource;
  const bySubnets = strategyOf(id, judgement.world) === 'service-endpoint';
  const access = bySubnets ? undefined : computeAccess(firewall, judgement);
  if (access && access.outcome !== 'pass')
    return `${access.because} Fix storage.private-endpoints first: otherwise computes lose access.`;
  const subnets = bySubnets ? needs(id, judgement).filter((subnet) => !subnetRuleFor(firewall, subnet)) : [];
  const isBlocked = trusted(firewall, judgement).outcome === 'fail' && trusts(firewall) === false;
  return inTurn(firewall, [
    ...subnets.map((subnet) => (here: Wall) => allowSubnet(here, subnet, judgement)),
    ...(isBlocked ? [trustServices] : []),
    ...(deniesByDefault(firewall).outcome === 'fail' ? [denyByDefault] : []),
  ]);
}

/** Accounts that the workspace uses beside its default one. */
const otherAccounts = ({ world }: Judgement): readonly AuditedAccount[] =>
  auditedAccounts(world).filter(({ roles }) => roles.length > 0 && !roles.includes('default'));

const datastoresEvidence = (id: string, judgement: Judgement) => {
  const own = otherAccounts(judgement).filter((account) => sameId(account.id, id));
  const names = own.flatMap(({ datastores }) => datastores.map((datastore) => shown(datastore.id)));
  return noted(id, names, 'datastores that use the account');
};

/** The other accounts; account names that were not found, as second half of the workspace; the workspace where there is none. */
const otherFirewalls: Subjects<Wall> = {
  list(judgement) {
    const { world } = judgement;
    const { workspace } = world.snapshot;
    const others = otherAccounts(judgement).map(({ id }): Subject => ({ resource: id }));
    if (workspace === null) return others;
    const missing = unresolvedAccounts(world).map(({ name }) => ({ resource: workspace, where: name }));
    const found = [...others, ...missing];
    return found.length > 0 ? found : [{ resource: workspace }];
  },
  resolve(subject, judgement) {
    const { world } = judgement;
    const { resource, where } = subject;
    if (resource === world.snapshot.workspace) {
      if (where !== undefined) {
        return unknown(
          `Storage account ${clean(where, 60)} is used by datastores but was not found in any subscription.`,
          [noted(resource, where, 'account name')],
        );
      }
      world.list(datastoresOf(resource));
      return notApplicable('The workspace uses no storage account beside its default one.');
    }
    if (world.get(resource)) return storageFirewalls.resolve(subject, judgement);
    const evidence = datastoresEvidence(resource, judgement);
    const names = evidence.value as readonly string[];
    const by = names.length > 0 ? `, used by ${listed(names)},` : '';
    return unknown(`Storage account ${shown(resource)}${by} was not found.`, [evidence]);
  },
};

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
  fixKind: 'auto',
  undo: 'exact',
  gates: closingGates,
  subjects: otherFirewalls,
  check(firewall, judgement) {
    const verdict = isSecured(firewall, judgement);
    return { ...verdict, evidence: [...(verdict.evidence ?? []), datastoresEvidence(firewall.resource.id, judgement)] };
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
  fixKind: 'auto',
  undo: 'exact',
  gates: closingGates,
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
      seen(resource, '/properties/isHnsEnabled', 'hierarchical namespace'),
      seen(resource, '/kind', 'account kind'),
    ];
    return valueAt(resource.body, '/properties/isHnsEnabled') === true
      ? pass(`The ${name} has a hierarchical namespace.`, evidence)
      : fail('A Data Lake Storage Gen2 datastore uses this account, which has no hierarchical namespace.', evidence);
  },
});
