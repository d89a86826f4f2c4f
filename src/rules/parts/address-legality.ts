// Is each IP rule one that the service takes, and are they together the Internet in pieces (rules-catalogue 3.2)?
import { storageIpLegality, vaultIpLegality } from '../../net/ip-rules.ts';
import { sizeOfUnion } from '../../net/ipv4.ts';
import type { Verdict } from '../rule.ts';
import { known, rangesOf, span, TOO_MANY } from './address-rules.ts';
import { addressesPointer, unclear, unreadableOf, type Wall } from './firewall.ts';
import { fail, notApplicable, pass, quoted, seen, unknown } from './verdict.ts';

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
    const [widest] = rules.toSorted((a, b) => span(b) - span(a));
    return fail(
      `The IP rules of the ${name} together admit ${sum} addresses, the widest being ${quoted(widest?.value ?? '')}: it is closed in name only.`,
      rules.filter((rule) => span(rule) >= 2 ** 16).map((rule) => seen(resource, rule.pointer, 'a wide range')),
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
