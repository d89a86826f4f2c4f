// storage.ip-rules-legal, keyvault.ip-rules-legal: the service accepts every IP rule, and together they do not cover the
// Internet.

import { addTo, type Edit, elementKey, removeFrom } from '../../model/edit.ts';
import { isArray, type JsonObject } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import { counted } from '../../model/text.ts';
import {
  legalizeStorageIp,
  parseClientAddress,
  storageIpLegality,
  vaultIpLegality,
  wideRange,
} from '../../net/ip-rules.ts';
import { coveredBy, parseRange, sizeOf, sizeOfUnion } from '../../net/ipv4.ts';
import { defineRule } from '../define.ts';
import {
  addressesPointer,
  effectivelyOpen,
  rangesIn,
  type ServiceFirewall,
  type SizedRule,
  serviceFirewallOf,
  sizedRules,
  storageFirewalls,
  undetermined,
  uninterpretable,
  unreadableOf,
  vaultFirewalls,
} from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { addressKey, addressRule, editsInTurn, firewallChange } from '../parts/proposals.ts';
import { evidenceAt, fail, notApplicable, pass, quoted } from '../parts/verdict.ts';
import type { CheckResult, Proposal, RuleContext } from '../rule.ts';

/**
 * Most rules that the service accepts (Microsoft Learn, "network-security" of Key Vault, read 2026); storage has its own
 * rule.
 */
const limits = { addresses: 1000, subnets: 200 };

/** Number of addresses that a rule allows; 0 where its value is not an address. */
const span = (rule: SizedRule): number => (rule.range ? sizeOf(rule.range) : 0);
const widestFirst = (rules: readonly SizedRule[]): SizedRule[] => rules.toSorted((a, b) => span(b) - span(a));
const legality = ({ service }: ServiceFirewall, value: string) =>
  service === 'vault' ? vaultIpLegality(value) : storageIpLegality(value);

function check(firewall: ServiceFirewall): CheckResult {
  const { name, resource } = firewall;
  if (firewall.rules === 'hidden' || firewall.rules === 'malformed') return undetermined(firewall);
  const unread = unreadableOf(firewall, addressesPointer);
  const rules = sizedRules(firewall);
  if (rules.length === 0 && unread === undefined) return notApplicable(`The ${name} has no IP rules.`);
  const allowed = sizeOfUnion(rangesIn(rules));
  if (firewall.denies && !firewall.overruled && allowed >= effectivelyOpen) {
    const [widest] = widestFirst(rules);
    return fail(
      `The ${name} is effectively open: its IP rules allow ${allowed.toLocaleString('en-US')} addresses; the widest is ${quoted(widest?.value ?? '')}.`,
      rules.filter((rule) => span(rule) >= wideRange).map((rule) => evidenceAt(resource, rule.pointer, 'wide range')),
    );
  }
  const invalid = rules.flatMap((rule) => {
    const verdict = legality(firewall, rule.block);
    return verdict.legal ? [] : [{ rule, reason: verdict.reason }];
  });
  const [first] = invalid;
  if (first) {
    const count = invalid.length === 1 ? '1 IP rule' : `${invalid.length} IP rules`;
    return fail(
      `${count} of the ${name} ${invalid.length === 1 ? 'is' : 'are'} invalid${invalid.length === 1 ? '' : ', for example'} ${quoted(first.rule.value)}: ${first.reason}`,
      invalid.map(({ rule, reason }) => evidenceAt(resource, rule.pointer, reason)),
      'low',
    );
  }
  if (unread !== undefined) return uninterpretable(firewall, 'IP rules', unread);
  const masked = rules.filter(({ value, block }) => value !== block);
  const [odd] = masked;
  const note = odd === undefined ? '' : ` ${quoted(odd.value)} means ${odd.block}.`;
  const evidence = [
    evidenceAt(resource, addressesPointer, 'IP rules'),
    ...masked.map(({ pointer, block }) => evidenceAt(resource, pointer, `means ${block}; az refuses it`)),
  ];
  return hasTooMany(firewall)
    ? fail(
        `The ${name} has ${counted(rules.length, 'IP rule')} and ${counted(firewall.acls.subnetRules.length, 'virtual network rule')}; the limits are ${limits.addresses} and ${limits.subnets}.`,
        evidence,
        'low',
      )
    : pass(
        rules.length === 1
          ? `The IP rule of the ${name} is valid.${note}`
          : `All ${rules.length} IP rules of the ${name} are valid.${note}`,
        evidence,
      );
}

/** More rules than a key vault takes. */
const hasTooMany = ({ service, acls }: ServiceFirewall): boolean =>
  service === 'vault' && (acls.ipRules.length > limits.addresses || acls.subnetRules.length > limits.subnets);

/**
 * Rewrites or removes what the service rejects. Ranges that are too wide are removed last, after the operator's addresses are
 * added, and only where the default action is Deny today.
 */
function repair({ resource, service }: ServiceFirewall, context: RuleContext): Proposal[] | string {
  const firewall = serviceFirewallOf(resource, service);
  const rules = sizedRules(firewall);
  const wide = firewall.denies ? tooWide(rules) : [];
  const invalid = rules.filter((rule) => !legality(firewall, rule.block).legal && !wide.includes(rule));
  const proposals: (Proposal | string)[] = [];
  if (invalid.length > 0) {
    proposals.push(firewallChange(firewall, 2, (body) => editsInTurn(body, invalid.map(rewrite(firewall)))));
  }
  if (wide.length > 0) {
    const remaining = rangesIn(rules.filter((rule) => !wide.includes(rule)));
    const clients = (context.index.snapshot.intents.devClientIps ?? []).filter((client) => {
      const range = parseRange(client.trim());
      return range.ok && !coveredBy(range.value, remaining) && parseClientAddress(client).ok;
    });
    if (clients.length > 0) proposals.push(firewallChange(firewall, 2, (body) => clientEdits(firewall, body, clients)));
    proposals.push(firewallChange(firewall, 5, (body) => editsInTurn(body, wide.map(remove))));
  }
  const refused = proposals.find((one) => typeof one === 'string');
  if (typeof refused === 'string') return refused;
  if (proposals.length > 0) return proposals as Proposal[];
  return hasTooMany(firewall)
    ? `Remove rules that are no longer needed from the ${firewall.name}, down to its limits.`
    : `No IP rule of the ${firewall.name} can be repaired by an edit.`;
}

/** The fewest of the widest rules whose removal brings the number of allowed addresses under the limit. */
function tooWide(rules: readonly SizedRule[]): SizedRule[] {
  const out: SizedRule[] = [];
  for (const rule of widestFirst(rules.filter(({ range }) => range))) {
    if (sizeOfUnion(rangesIn(rules.filter((one) => !out.includes(one)))) < effectivelyOpen) break;
    out.push(rule);
  }
  return out;
}

/** The position of a rule changes as others are removed, so it is found by its element. */
const remove = (rule: SizedRule) => (body: JsonObject) => [removeFrom(body, addressesPointer, rule.raw, addressKey)];

const rewrite = (firewall: ServiceFirewall) => (rule: SizedRule) => (body: JsonObject) => {
  const present = keysOf(body);
  const instead = firewall.service === 'storage' ? legalizeStorageIp(rule.block) : [];
  const added = instead.filter((value) => !present.includes(value));
  return [
    ...remove(rule)(body),
    ...added.map((value) => addTo(body, addressesPointer, addressRule(firewall, value), addressKey)),
  ];
};

function clientEdits(firewall: ServiceFirewall, body: JsonObject, clients: readonly string[]): Edit[] {
  const present = keysOf(body);
  return clients
    .flatMap((client) => {
      const parsed = parseClientAddress(client);
      return parsed.ok ? parsed.value : [];
    })
    .map((value) => addressRule(firewall, value))
    .filter((rule) => !present.includes(elementKey(rule, addressKey)))
    .map((rule) => addTo(body, addressesPointer, rule, addressKey));
}

function keysOf(body: JsonObject): string[] {
  const list = valueAt(body, addressesPointer);
  return isArray(list) ? list.map((item) => elementKey(item, addressKey)) : [];
}

export const storageIpRulesLegal = defineRule({
  id: 'storage.ip-rules-legal',
  title: 'IP rules are valid and narrow',
  problem: 'IP rule is invalid or too broad',
  severity: 'high',
  explain: {
    why: 'An invalid IP rule makes every later write of the firewall fail. A firewall whose IP rules cover most of the Internet is effectively open.',
    fix: 'Writes a /32 as its address and a /31 as two addresses, and removes private and invalid values. Ranges that are too broad are removed at the end of the plan, after your IP addresses are allowed.',
    breaks:
      'Clients in a removed range that no other rule allows lose access. An undo cannot restore values that the service now rejects.',
    links: [links.storageFirewall, links.storageLimits],
  },
  undo: 'equivalent',
  subjects: storageFirewalls,
  check,
  fix: repair,
});

export const keyvaultIpRulesLegal = defineRule({
  id: 'keyvault.ip-rules-legal',
  title: 'Key vault IP rules are valid and narrow',
  problem: 'Key vault IP rule is invalid or too broad',
  severity: 'high',
  explain: {
    why: 'An invalid IP rule makes every later write of the firewall fail. A firewall whose IP rules cover most of the Internet is effectively open.',
    fix: 'Removes values that the service rejects. Ranges that are too broad are removed at the end of the plan, after your IP addresses are allowed.',
    breaks:
      'Clients in a removed range that no other rule allows lose access. An undo cannot restore values that the service rejects.',
    links: [links.vaultFirewall],
  },
  undo: 'equivalent',
  subjects: vaultFirewalls,
  check,
  fix: repair,
});
