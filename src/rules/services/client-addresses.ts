// storage.dev-client-ip, keyvault.operator-access: IP rules allow the operator's machines. Their fix also adds an address on
// request.

import { strategyOf } from '../../facts/architecture.ts';
import {
  allowedAddresses,
  inboundOf,
  isAssociated,
  perhapsAllowed,
  perimeterName,
  unclearRules,
} from '../../facts/perimeter.ts';
import { serviceTagsOf } from '../../facts/service-tags.ts';
import type { Evidence } from '../../model/finding.ts';
import { fold } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { type Addresses, noAddress, readPrefixes, without } from '../../net/addresses.ts';
import { reservedFamilies, reservedWords } from '../../net/ip-rules.ts';
import { contains, coveredBy, type Ipv4Range, overlaps, parseRange } from '../../net/ipv4.ts';
import { regionalTag } from '../../net/service-tags.ts';
import { defineRule } from '../define.ts';
import {
  addressesPointer,
  perimeterEvidence,
  rangesIn,
  type ServiceFirewall,
  sizedRules,
  storageFirewalls,
  unclear,
  uninterpretable,
  unreadableOf,
  vaultFirewalls,
} from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { allowAddresses } from '../parts/proposals.ts';
import { evidenceAt, fail, listed, notApplicable, noted, pass, unknown, unset } from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';
import { lakeFirewalls } from './parts/access.ts';

/** `required`: an unset assumption makes the outcome unknown, not inapplicable. */
function allowsClients(firewall: ServiceFirewall, { index }: RuleContext, required: boolean): CheckResult {
  const { name } = firewall;
  const odd = unclear(firewall);
  if (odd) return odd;
  if (firewall.access === 'open') return notApplicable(`The ${name} allows all networks, so IP rules have no effect.`);
  const { perimeter, resource } = firewall;
  const byRules = isAssociated(perimeter) && inboundOf(perimeter, resource).some((one) => one !== 'closed');
  if (firewall.view.publicNetworkAccess === 'Disabled' && !byRules) {
    return notApplicable(
      `Public network access to the ${name} is Disabled, so IP rules have no effect: use the virtual network or a VPN.`,
    );
  }
  const clients = index.snapshot.intents.devClientIps;
  if (clients === undefined) {
    const because = 'The assumption devClientIps is not set: set it to your public IP address, or to none.';
    return required ? unset('devClientIps', because) : notApplicable(because);
  }
  if (clients.length === 0)
    return notApplicable('The assumption devClientIps is none: no client IP address is needed.');
  const unread = unreadableOf(firewall, addressesPointer);
  const doubt = unclearRules(perimeter);
  if (byRules && doubt !== undefined && clients.some((client) => allowedByRule(firewall, client) === undefined))
    return unknown(
      `Whether the ${name} allows each client is not known: ${doubt}.`,
      perimeterEvidence(resource, perimeter),
    );
  const region = firewall.service === 'storage' ? regionRanges(index, firewall.view.location) : undefined;
  const answers = clients.map((client) =>
    byRules && allowedByRule(firewall, client) === true
      ? { evidence: perimeterEvidence(resource, perimeter) }
      : firewall.overruled || firewall.view.publicNetworkAccess === 'Disabled'
        ? {
            blocked: `No access rule of ${perimeterName(perimeter)} allows ${clean(client, 60)}.`,
            evidence: [noted(resource.id, client, 'client IP address'), ...perimeterEvidence(resource, perimeter)],
          }
        : allowsClient(firewall, client, region),
  );
  const evidence = answers.flatMap((answer) => answer.evidence);
  const blocked = answers.flatMap((answer) => answer.blocked ?? []);
  if (blocked.length > 0 && unread !== undefined && !firewall.overruled)
    return uninterpretable(firewall, 'IP rules', unread);
  return blocked.length > 0
    ? fail(blocked.join(' '), evidence)
    : pass(`${listed(clients.map((client) => clean(client, 60)))} is allowed by the ${name}.`, evidence);
}

/** Do the access rules of the perimeter allow every address of the client? Undefined where only those may that may not apply. */
function allowedByRule({ perimeter }: ServiceFirewall, client: string): boolean | undefined {
  const { addresses } = readPrefixes([client.trim()]);
  const isIn = (allowed: Addresses) => !noAddress(addresses) && noAddress(without(addresses, allowed));
  if (isIn(allowedAddresses(perimeter))) return true;
  const perhaps = perhapsAllowed(perimeter);
  return perhaps !== undefined && isIn(perhaps) ? undefined : false;
}

interface ClientAnswer {
  readonly blocked?: string;
  readonly evidence: readonly Evidence[];
}
function allowsClient(
  firewall: ServiceFirewall,
  client: string,
  region: readonly Ipv4Range[] | undefined,
): ClientAnswer {
  const { name, resource } = firewall;
  const address = clean(client, 60);
  const blocked = (reason: string): ClientAnswer => ({
    blocked: reason,
    evidence: [noted(resource.id, client, 'client IP address'), evidenceAt(resource, addressesPointer, 'IP rules')],
  });
  const allowed = (pointer: string): ClientAnswer => ({
    evidence: [evidenceAt(resource, pointer, `allows ${address}`)],
  });
  if (client.includes(':')) {
    const rule = firewall.acls.ipv6Rules.find(({ value }) => fold(value) === fold(client));
    return rule ? allowed(rule.pointer) : blocked(`${address} is an IPv6 address, which IP rules do not support.`);
  }
  const parsed = parseRange(client.trim());
  if (!parsed.ok) return blocked(`${address} is not an IP address: ${parsed.reason}`);
  const range = parsed.value;
  const family = reservedFamilies.find((one) => one.blocks.some((block) => overlaps(block, range)));
  if (family) {
    return blocked(
      `${reservedWords(family, range, address)}, which service firewalls never receive: use your public IP address, a VPN or a private endpoint.`,
    );
  }
  if (region && coveredBy(range, region)) {
    return blocked(
      `${address} is an Azure address in the region of the account, where IP rules have no effect: allow the subnet instead.`,
    );
  }
  const rules = sizedRules(firewall);
  if (!coveredBy(range, rangesIn(rules))) return blocked(`No IP rule of the ${name} allows ${address}.`);
  return allowed(rules.find((rule) => rule.range && contains(rule.range, range))?.pointer ?? addressesPointer);
}

/** Azure's addresses in a region; undefined without service tags, and then this is not checked. */
function regionRanges(index: SnapshotIndex, location: string | undefined): Ipv4Range[] | undefined {
  const tags = serviceTagsOf(index);
  const tag = location === undefined ? undefined : tags?.get(regionalTag(tags, 'AzureCloud', location));
  return tag?.prefixes.flatMap((prefix) => {
    const range = parseRange(prefix);
    return range.ok ? [range.value] : [];
  });
}

const check = (firewall: ServiceFirewall, context: RuleContext): CheckResult =>
  allowsClients(firewall, context, strategyOf(firewall.resource.id, context.index) === 'service-endpoint');

/** The address given, else those of the assumption. */
function fix(firewall: ServiceFirewall, { index }: RuleContext, { ip }: Answers): Proposal[] | string {
  const clients = ip === undefined ? index.snapshot.intents.devClientIps : [ip];
  return clients === undefined || clients.length === 0
    ? 'No address to allow: pass --ip ADDRESS (or a CIDR block), or set the assumption devClientIps.'
    : allowAddresses(firewall, clients);
}

const added = 'Adds an IP rule for the address given with --ip, or for the addresses of the assumption devClientIps.';

export const storageDevClientIp = defineRule({
  id: 'storage.dev-client-ip',
  answers: { ip: 'ADDRESS' },
  title: "Storage firewall allows the client's IP address",
  problem: 'Client IP address blocked by storage firewall',
  severity: 'high',
  explain: {
    why: 'SDK uploads and data registration go directly from your machine to storage. When the default action is Deny, an IP rule must allow its public IP address.',
    fix: `${added} This happens before the account denies by default.`,
    breaks:
      'None. Behind a proxy or NAT, Azure receives another address than the local one. IP rules have no effect on machines in the Azure region of the account, and studio does not support them.',
    links: [links.storageFirewall, links.storageLimits, links.studio],
  },
  opensFor: ['client'],
  subjects: storageFirewalls,
  check,
  fix,
});

export const keyvaultOperatorAccess = defineRule({
  id: 'keyvault.operator-access',
  answers: { ip: 'ADDRESS' },
  title: "Key vault firewall allows the client's IP address",
  problem: 'Client IP address blocked by key vault firewall',
  severity: 'medium',
  explain: {
    why: 'Troubleshooting may need a secret of the key vault. When the default action is Deny, an IP rule must allow your public IP address.',
    fix: `${added} An undo does not need this access.`,
    breaks: 'None: it adds access for the given addresses only.',
    links: [links.vaultFirewall],
  },
  opensFor: ['client'],
  subjects: vaultFirewalls,
  check,
  fix,
});

const snippet = 'Dataset.File.from_files(path, validate=False)';

export const storageAdls2DatasetValidate = defineRule({
  id: 'storage.adls2-dataset-validate',
  title: 'Datasets created outside the VNet use validate=False',
  problem: 'Dataset created outside the VNet needs validate=False',
  severity: 'info',
  explain: {
    why: 'Creating a dataset reads the files from the machine that runs the code. Outside the virtual network, a storage account that denies by default rejects this.',
    fix: `None: change your code. Pass validate=False, as in ${snippet}.`,
    links: [links.secureWorkspace],
  },
  subjects: lakeFirewalls,
  check(firewall, context) {
    const odd = unclear(firewall);
    if (odd) return odd;
    if (firewall.access !== 'closed') return notApplicable(`The ${firewall.name} does not deny by default.`);
    const clients = context.index.snapshot.intents.devClientIps;
    return clients !== undefined && allowsClients(firewall, context, true).outcome === 'pass'
      ? notApplicable(`Your IP addresses are allowed by the ${firewall.name}.`)
      : pass(
          `The ${firewall.name} denies by default: pass validate=False to create a dataset outside the virtual network.`,
          [noted(firewall.resource.id, snippet, 'example')],
        );
  },
});
