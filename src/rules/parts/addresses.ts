// Verdicts and repairs over IP rules: is a client's address admitted, is each value legal, are they together the Internet
// (rules-catalogue 3.2). Knows no single rule.
import { addTo, type Edit, elementKey, removeFrom } from '../../model/edit.ts';
import type { Evidence } from '../../model/finding.ts';
import { isArray, type Json, type JsonObject } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import { fold } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { World } from '../../model/world.ts';
import {
  legalizeStorageIp,
  parseClientAddress,
  reservedFamilies,
  storageIpLegality,
  vaultIpLegality,
} from '../../net/ip-rules.ts';
import { contains, coveredBy, overlaps, parseRange, type Range, sizeOf, sizeOfUnion } from '../../net/ipv4.ts';
import { regionalTag } from '../../net/service-tags.ts';
import { serviceTagsOf } from '../../posture/service-tags.ts';
import type { Judgement, Proposal, Verdict } from '../rule.ts';
import { addressesPointer, unclear, unreadableOf, type Wall } from './firewall.ts';
import { addressKey, addressRule, admitAddresses, editsInTurn, wallProposal } from './proposals.ts';
import { fail, listed, notApplicable, noted, pass, quoted, seen, unknown } from './verdict.ts';

/** From so many addresses on (a /8) a denying firewall is closed in name only. */
export const TOO_MANY = 2 ** 24;

interface Sized {
  readonly value: string;
  readonly pointer: string;
  readonly raw: Json;
  readonly range: Range | undefined;
}
const rangesOf = (wall: Wall): Sized[] =>
  wall.acls.ipRules.map(({ value, pointer }) => {
    const parsed = parseRange(value);
    return {
      value,
      pointer,
      raw: valueAt(wall.resource.body, pointer) ?? null,
      range: parsed.ok && !value.includes('-') ? parsed.value : undefined,
    };
  });
const known = (rules: readonly Sized[]): Range[] => rules.flatMap((rule) => rule.range ?? []);

/** Are the operator's machines admitted? The verdict of `storage.dev-client-ip` and `keyvault.operator-access`. */
export function admitsClients(wall: Wall, judgement: Judgement, strategyIsSubnets: boolean): Verdict {
  const { name, resource } = wall;
  const odd = unclear(wall);
  if (odd) return odd;
  if (wall.door === 'open') return notApplicable(`The ${name} is open, so no address needs a rule.`);
  if (wall.view.publicNetworkAccess === 'Disabled') {
    return notApplicable(
      `Public access to the ${name} is off, so IP rules are dead: come through the virtual network or a VPN.`,
    );
  }
  const clients = judgement.world.snapshot.intents.devClientIps;
  if (clients === undefined) {
    const ask = `Whether you work from outside the virtual network is not known: set the intent devClientIps to your address, or to none.`;
    return strategyIsSubnets ? unknown(ask) : notApplicable(ask);
  }
  if (clients.length === 0)
    return notApplicable('You answered that no machine outside the virtual network needs access.');
  const unread = unreadableOf(wall, addressesPointer);
  const rules = rangesOf(wall);
  const region = wall.service === 'storage' ? cloudRanges(judgement.world, wall.view.location) : undefined;
  const answers = clients.map((client) => judgeClient(wall, client, rules, region));
  const evidence = answers.flatMap((answer) => answer.evidence);
  const refused = answers.flatMap((answer) => answer.refused ?? []);
  if (refused.length > 0 && unread !== undefined) {
    return unknown(`The IP rules of the ${name} hold something that cannot be understood.`, [
      seen(resource, unread, 'not an IP rule'),
    ]);
  }
  if (refused.length > 0) return fail(`${refused.join(' ')}`, evidence);
  return pass(`The ${name} admits ${listed(clients.map((client) => clean(client, 60)))}.`, evidence);
}

interface ClientAnswer {
  readonly refused?: string;
  readonly evidence: readonly Evidence[];
}
function judgeClient(
  wall: Wall,
  client: string,
  rules: readonly Sized[],
  region: readonly Range[] | undefined,
): ClientAnswer {
  const { name, resource } = wall;
  const shown = clean(client, 60);
  const none = [noted(resource.id, client, 'address of your machine'), seen(resource, addressesPointer, 'IP rules')];
  if (client.includes(':')) {
    const held = wall.acls.ipv6Rules.find((rule) => fold(rule.value) === fold(client));
    if (held) return { evidence: [seen(resource, held.pointer, `admits ${shown}`)] };
    return { refused: `${shown} is an IPv6 address, which no IP rule of the ${name} takes.`, evidence: none };
  }
  const parsed = parseRange(client.trim());
  if (!parsed.ok) return { refused: `${shown} is no address: ${parsed.reason}`, evidence: none };
  const range = parsed.value;
  const family = reservedFamilies.find((one) => one.blocks.some((block) => overlaps(block, range)));
  if (family) {
    return {
      refused: `${shown} is ${family.name}, which no service firewall ever sees: use a VPN or a private endpoint, or name your public address.`,
      evidence: none,
    };
  }
  if (region && coveredBy(range, region)) {
    return {
      refused: `${shown} lies in Azure's own range of the account's region, where storage IP rules do not apply: admit the subnet instead.`,
      evidence: none,
    };
  }
  if (!coveredBy(range, known(rules))) return { refused: `The ${name} does not admit ${shown}.`, evidence: none };
  const holding = rules.find((rule) => rule.range && contains(rule.range, range));
  return { evidence: [seen(resource, holding?.pointer ?? addressesPointer, `admits ${shown}`)] };
}

/** Azure's own addresses of a region, when service tags were read; undefined otherwise, and then there is no such test. */
function cloudRanges(world: World, location: string | undefined): Range[] | undefined {
  const tags = serviceTagsOf(world);
  const tag = location === undefined ? undefined : tags?.get(regionalTag(tags, 'AzureCloud', location));
  return tag?.prefixes.flatMap((prefix) => {
    const range = parseRange(prefix);
    return range.ok ? [range.value] : [];
  });
}

const caps = {
  storage: { addresses: Number.POSITIVE_INFINITY, subnets: Number.POSITIVE_INFINITY },
  vault: { addresses: 1000, subnets: 200 },
  registry: { addresses: 200, subnets: 100 },
};

/** Are the IP rules ones the service takes, and not the Internet in pieces? */
export function addressRulesLegal(wall: Wall): Verdict {
  const { name, resource, service } = wall;
  if (wall.rules === 'hidden') return unknown(`The rules of the ${name} may be hidden while its public access is off.`);
  if (wall.rules === 'malformed') return unclear(wall) ?? unknown(`The rules of the ${name} cannot be judged.`);
  const unread = unreadableOf(wall, addressesPointer);
  const rules = rangesOf(wall);
  if (rules.length === 0 && unread === undefined) return notApplicable(`The ${name} has no IP rules.`);
  const sum = sizeOfUnion(known(rules));
  if (wall.denies && sum >= TOO_MANY) {
    const widest = rules.toSorted((a, b) => (b.range ? sizeOf(b.range) : 0) - (a.range ? sizeOf(a.range) : 0))[0];
    return fail(
      `The IP rules of the ${name} together admit ${sum} addresses, the widest being ${quoted(widest?.value ?? '')}: it is closed in name only.`,
      rules
        .filter((rule) => rule.range && sizeOf(rule.range) >= 2 ** 16)
        .map((rule) => seen(resource, rule.pointer, 'a wide range')),
    );
  }
  const illegal = rules.flatMap((rule) => {
    const verdict = service === 'vault' ? vaultIpLegality(rule.value) : storageIpLegality(rule.value);
    return verdict.legal ? [] : [{ rule, reason: verdict.reason }];
  });
  if (illegal.length > 0) {
    const [first] = illegal;
    return fail(
      `The ${name} holds ${illegal.length} IP rule${illegal.length === 1 ? '' : 's'} the service refuses, ${quoted(first?.rule.value ?? '')} first: ${first?.reason ?? ''}`,
      illegal.map(({ rule, reason }) => seen(resource, rule.pointer, reason)),
      'low',
    );
  }
  if (unread !== undefined) {
    return unknown(`The IP rules of the ${name} hold something that cannot be understood.`, [
      seen(resource, unread, 'not an IP rule'),
    ]);
  }
  const cap = caps[service];
  const subnets = wall.acls.subnetRules.length;
  if (rules.length > cap.addresses || subnets > cap.subnets) {
    return fail(
      `The ${name} holds ${rules.length} IP and ${subnets} subnet rules, more than ${cap.addresses} and ${cap.subnets}.`,
      [seen(resource, addressesPointer, 'IP rules')],
      'low',
    );
  }
  return pass(`Every IP rule of the ${name} is one the service takes.`, [seen(resource, addressesPointer, 'IP rules')]);
}

/** Rewrites or drops what the service refuses; takes wide ranges out last, the operator's own addresses going in first. */
export function repairAddressRules(wall: Wall, judgement: Judgement): Proposal[] | string {
  const { service, resource } = wall;
  const rules = rangesOf(wall);
  const legal = (value: string) => (service === 'vault' ? vaultIpLegality(value) : storageIpLegality(value)).legal;
  const bad = rules.filter((rule) => !legal(rule.value));
  const proposals: (Proposal | string)[] = [];
  const wide = wall.denies ? tooWide(rules) : [];
  const rewritten = bad.filter((rule) => !wide.includes(rule));
  if (rewritten.length > 0) {
    proposals.push(
      wallProposal(
        wall,
        2,
        (body) => rewriteEdits(wall, body, rewritten),
        'Values the service refuses never worked; what is legal in them stays admitted.',
      ),
    );
  }
  if (wide.length > 0) {
    const clients = judgement.world.snapshot.intents.devClientIps ?? [];
    const remaining = known(rules.filter((rule) => !wide.includes(rule)));
    const outside = clients.filter((client) => {
      const range = parseRange(client.trim());
      return range.ok && !coveredBy(range.value, remaining) && parseClientAddress(client).ok;
    });
    const own = outside.length > 0 ? wallProposal(wall, 2, (body) => outsideEdits(wall, body, outside)) : [];
    proposals.push(
      ...(Array.isArray(own) ? [] : [own as Proposal | string]),
      wallProposal(
        wall,
        5,
        (body) =>
          editsInTurn(
            body,
            wide.map((rule) => takeOut(rule)),
          ),
        'Everybody who came through the wide range and is named by no other rule is cut off.',
      ),
    );
  }
  const refused = proposals.find((one) => typeof one === 'string');
  if (refused !== undefined) return refused as string;
  return proposals.length > 0
    ? (proposals as Proposal[])
    : `No IP rule of the ${wall.name} (${clean(resource.id, 300)}) needs a repair that an edit can make.`;
}

/** The fewest of the widest rules whose loss brings the union under the limit. */
function tooWide(rules: readonly Sized[]): Sized[] {
  const widest = rules.filter((rule) => rule.range).toSorted((a, b) => span(b) - span(a));
  const out: Sized[] = [];
  for (const rule of widest) {
    if (sizeOfUnion(known(rules.filter((one) => !out.includes(one)))) < TOO_MANY) break;
    out.push(rule);
  }
  return out;
}
const span = (rule: Sized) => (rule.range ? sizeOf(rule.range) : 0);

/** Where a rule stands moves as others go, so it is found again by its element. */
const takeOut = (rule: Sized) => (body: JsonObject) => [removeFrom(body, addressesPointer, rule.raw, addressKey)];

function rewriteEdits(wall: Wall, body: JsonObject, bad: readonly Sized[]): readonly Edit[] {
  const rewrite = (rule: Sized) => (here: JsonObject) => {
    const there = keysOf(here);
    const instead = wall.service === 'storage' ? legalizeStorageIp(rule.value) : [];
    const fresh = instead.filter((value) => !there.includes(value));
    return [
      ...takeOut(rule)(here),
      ...fresh.map((value) => addTo(here, addressesPointer, addressRule(wall, value), addressKey)),
    ];
  };
  return editsInTurn(body, bad.map(rewrite));
}
function outsideEdits(wall: Wall, body: JsonObject, clients: readonly string[]): Edit[] {
  const there = new Set(keysOf(body));
  return clients
    .flatMap((client) => {
      const parsed = parseClientAddress(client);
      return parsed.ok ? parsed.value : [];
    })
    .map((value) => addressRule(wall, value))
    .filter((rule) => !there.has(elementKey(rule, addressKey)))
    .map((rule) => addTo(body, addressesPointer, rule, addressKey));
}
const keysOf = (body: JsonObject): string[] => {
  const list: Json | undefined = valueAt(body, addressesPointer);
  return isArray(list) ? list.map((item) => elementKey(item, addressKey)) : [];
};

/** The fix of `storage.dev-client-ip` and `keyvault.operator-access`: the address given, else the intent's. */
export function admitClients(wall: Wall, judgement: Judgement, ip: string | undefined): Proposal[] | string {
  const clients = ip === undefined ? judgement.world.snapshot.intents.devClientIps : [ip];
  if (clients === undefined || clients.length === 0) {
    return 'Say which address to admit: --ip ADDRESS or CIDR, or the intent devClientIps.';
  }
  return admitAddresses(wall, clients);
}
