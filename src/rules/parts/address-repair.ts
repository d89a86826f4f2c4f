// The repair of IP rules: what the service refuses rewritten or dropped, what is too wide taken out last.
import { addTo, type Edit, elementKey, removeFrom } from '../../model/edit.ts';
import { isArray, type Json, type JsonObject } from '../../model/json.ts';
import { valueAt } from '../../model/pointer.ts';
import { clean } from '../../model/text.ts';
import { legalizeStorageIp, parseClientAddress, storageIpLegality, vaultIpLegality } from '../../net/ip-rules.ts';
import { coveredBy, parseRange, sizeOfUnion } from '../../net/ipv4.ts';
import type { Judgement, Proposal } from '../rule.ts';
import { known, rangesOf, type Sized, span, TOO_MANY } from './address-rules.ts';
import { addressesPointer, type Wall } from './firewall.ts';
import { addressKey, addressRule, editsInTurn, wallProposal } from './proposals.ts';

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
