// What Azure says is in effect, as tables: effective rules and routes at the NIC that was asked, its VM and its subnet; the rules of
// an NSG at the NSG too. Reads only; never throws.
import { isObject, type Json } from '../../model/json.ts';
import type { LiveNic } from '../../model/live.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf, sameId } from '../../model/resource-id.ts';
import type { ResourceTable, TableRow } from '../../model/table.ts';
import { listAt } from '../read.ts';
import { cellOf, nameAt, ruleFields, ruleOrder, shortId, tableOf } from './table-fields.ts';

const effectiveRules = ruleFields('');

export function effectiveTables({ id }: Resource, nic: LiveNic): ResourceTable[] {
  const isAsked = [nic.card, nic.machine, nic.subnet].some((one) => sameId(one, id));
  const at = `NIC ${nameOf(nic.card)}, ${nic.at.slice(0, 16).replace('T', ' ')} UTC`;
  const rules = listAt(nic.groups ?? undefined, '/value').flatMap((group) => {
    const groupId = cellOf(valueAt(group, '/networkSecurityGroup/id'));
    if (!isAsked && !sameId(groupId, id)) return [];
    const manager = cellOf(valueAt(group, '/association/networkManager/id'));
    const of = groupId === '' ? `network manager ${shortId(manager)}` : shortId(groupId);
    const named = listAt(group, '/effectiveSecurityRules').map((rule) => ({ rule, name: nameAt(rule) }));
    const items = named.map(({ rule, name }) =>
      isObject(rule) ? { ...rule, name: name.slice(name.lastIndexOf('/') + 1) } : rule,
    );
    const isDefault = (item: Json) => fold(named[items.indexOf(item as never)]?.name ?? '').startsWith('default');
    const role = (item: Json): Partial<TableRow> => (isDefault(item) ? { role: 'dim' } : {});
    return [tableOf(`Effective security rules of ${of} (${at})`, 2, effectiveRules, ruleOrder(items, ''), role)];
  });
  const routes = listAt(nic.routes ?? undefined, '/value');
  if (!isAsked || nic.routes === null) return rules;
  const isActive = (item: Json) => fold(cellOf(valueAt(item, '/state'))) !== 'invalid';
  return [
    ...rules,
    tableOf(
      `Effective routes (${at})`,
      1,
      [
        { title: 'Address prefix', keep: 6, at: '/addressPrefix' },
        { title: 'Next hop type', keep: 5, at: '/nextHopType' },
        { title: 'Next hop address', keep: 4, at: '/nextHopIpAddress' },
        { title: 'Source', keep: 3, at: '/source' },
        { title: 'State', keep: 2, at: '/state' },
        { title: 'Name', keep: 1, at: '/name' },
      ],
      [...routes].sort((a, b) => Number(isActive(b)) - Number(isActive(a))),
      (item) => (isActive(item) ? {} : { role: 'dim' }),
    ),
  ];
}
