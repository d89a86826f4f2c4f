// Finds the interface to ask in a subnet: one that a running machine of the customer's has there. Nodes of clusters have
// interfaces that are not the customer's to read.
import type { ArmClient } from '../azure/arm-client.ts';
import type { Json } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { distinctIds, fold, nameOf, sameId, subscriptionOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { clean, counted } from '../model/text.ts';
import { listAt, textAt } from '../resource-types/index.ts';

/** An interface that answers. */
export interface NicFound {
  readonly subnet: string;
  readonly card: string;
  readonly machine: string;
  readonly address: string;
  /** Of the machine, as ARM names it. */
  readonly region: string;
  /** Body of the interface's own security group. */
  readonly group: Json | null;
}

/** The most interfaces that are read in one subnet. */
const mostCards = 12;

/** The interface, or the sentence why there is none. */
export async function findNic(
  arm: ArmClient,
  snapshot: Snapshot,
  subnet: string,
  signal: AbortSignal,
): Promise<NicFound | string> {
  const name = clean(nameOf(subnet), 80);
  const body = snapshot.resources.find(({ id }) => sameId(id, subnet))?.body;
  if (body === undefined) return `${name} was not read, so its NICs are not known.`;
  const shown = listAt(body, '/properties/ipConfigurations').flatMap((item) => configuredNic(textAt(item, '/id')));
  const own = (id: string): boolean => sameId(subscriptionOf(id), subscriptionOf(subnet));
  const cards = distinctIds(shown).toSorted((a, b) => Number(own(b)) - Number(own(a)));
  if (cards.length === 0) return `${name} has no NIC.`;
  const stopped: string[] = [];
  let unread = 0;
  for (const id of cards.slice(0, mostCards)) {
    const read = await arm.read(id, { signal });
    if (!read.ok) {
      unread += 1;
      continue;
    }
    const machine = textAt(read.resource.body, '/properties/virtualMachine/id');
    if (machine === undefined) continue;
    const found = await runningAt(arm, subnet, read.resource, machine, signal);
    if (typeof found !== 'string') return found;
    stopped.push(found);
  }
  const beyond =
    cards.length > mostCards
      ? ` ${counted(cards.length - mostCards, 'other NIC')} ${cards.length - mostCards === 1 ? 'was' : 'were'} not checked.`
      : '';
  if (stopped.length > 0) return `No machine runs in ${name}: ${stopped.join('; ')}.${beyond}`;
  const others = unread === 0 ? '' : ` ${unread} of its NICs cannot be read: Azure manages them.`;
  return `${name} has no NIC of a virtual machine that can be checked.${others}${beyond}`;
}

/** `…/networkInterfaces/N` of `…/networkInterfaces/N/ipConfigurations/C`. */
function configuredNic(configuration: string | undefined): string[] {
  const found = /^(.*\/providers\/microsoft\.network\/networkinterfaces\/[^/]+)\/ipconfigurations\/[^/]+$/i.exec(
    configuration ?? '',
  );
  return found?.[1] === undefined ? [] : [found[1]];
}

async function runningAt(
  arm: ArmClient,
  subnet: string,
  card: Resource,
  machine: string,
  signal: AbortSignal,
): Promise<NicFound | string> {
  const name = clean(nameOf(machine), 80);
  const address = addressIn(card, subnet);
  if (address === undefined) return `${name} has no IPv4 address there`;
  const [view, body] = await Promise.all([
    arm.read(`${machine}/instanceView`, { signal }),
    arm.read(machine, { signal }),
  ]);
  if (!view.ok) return `the power state of ${name} is not known (${view.gap.reason})`;
  const power = listAt(view.resource.body, '/statuses')
    .flatMap((status) => textAt(status, '/code') ?? [])
    .find((code) => fold(code).startsWith('powerstate/'));
  if (fold(power ?? '') !== 'powerstate/running')
    return `${name} is ${clean(power?.slice('powerstate/'.length) ?? 'in an unknown state', 40)}`;
  const groupId = textAt(card.body, '/properties/networkSecurityGroup/id');
  const group = groupId === undefined ? undefined : await arm.read(groupId, { signal });
  return {
    subnet,
    card: card.id,
    machine,
    address,
    region: (body.ok ? textAt(body.resource.body, '/location') : undefined) ?? textAt(card.body, '/location') ?? '',
    group: group?.ok ? group.resource.body : null,
  };
}

function addressIn({ body }: Resource, subnet: string): string | undefined {
  return listAt(body, '/properties/ipConfigurations')
    .filter((item) => sameId(textAt(item, '/properties/subnet/id'), subnet))
    .flatMap((item) => textAt(item, '/properties/privateIPAddress') ?? [])
    .find((address) => /^\d+\.\d+\.\d+\.\d+$/.test(address));
}
