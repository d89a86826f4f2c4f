// Outbound rules of a managed network: host names, service tags, private endpoints in Microsoft's network (rules-catalogue,
// P-MNET). Written whole; the service has no etags here, so a rule that is to be new was seen not to be there.
import type { JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { nameOf, parentId } from '../model/resource-id.ts';
import { defineResourceType, unseen } from './define.ts';
import type { Consequence, Seen } from './kind.ts';
import { outboundRuleType, outboundRuleView, withOutboundRule } from './managed-network-view.ts';
import { edited, groupOf, isUnder, twinSpelling, withoutComputed } from './parts/bodies.ts';
import { line } from './parts/shell.ts';
import { objectAt, textAt } from './read.ts';
import { workspaceView } from './workspace-view.ts';

const outboundRuleVersion = '2024-04-01';
const computed = ['status', 'errorInformation', 'parentRuleNames'];

export const outboundRule = defineResourceType({
  type: outboundRuleType,
  label: 'outbound rule',
  plural: 'outbound rules',
  apiVersion: outboundRuleVersion,
  computed,
  columns: [
    { title: 'Type', value: (resource) => outboundRuleView(resource).type ?? '' },
    { title: 'To', value: ({ body }) => destinationText(body) },
    { title: 'Status', value: (resource) => outboundRuleView(resource).status ?? '' },
    { title: 'Category', value: (resource) => outboundRuleView(resource).category ?? '' },
  ],
  references(body) {
    const target = textAt(body, '/properties/destination/serviceResourceId');
    return target === undefined ? [] : [target];
  },
  follows: ({ kind, resource }, seen) => (kind === 'delete' ? ruleGone : ruleMade)(resource, seen),
  write(change, current) {
    const at = { id: change.resource, apiVersion: outboundRuleVersion };
    if (change.kind === 'delete') return { method: 'DELETE', ...at, body: null };
    if (change.kind === 'create') return { method: 'PUT', ...at, body: sent(change.body) };
    if (current === null) return unseen('outbound rule');
    const strange = change.edits.find((edit) => !isUnder(edit, '/properties'));
    if (strange) return `Bastide does not write ${strange.pointer} of an outbound rule.`;
    const twin = twinSpelling(current.body, change.edits);
    return twin ?? { method: 'PUT', ...at, body: sent(edited(current.body, change.edits)) };
  },
  az(change) {
    const workspace = nameOf(parentId(change.resource) ?? '');
    const at = ['-w', workspace, '-g', groupOf(change.resource), '--rule', nameOf(change.resource)];
    if (change.kind === 'delete') return line('az', 'ml', 'workspace', 'outbound-rule', 'remove', at, '--yes');
    if (change.kind === 'create')
      return line('az', 'ml', 'workspace', 'outbound-rule', 'set', at, ruleWords(change.body));
    const sets = change.edits.map((edit) => {
      const after = edit.op === 'remove' ? null : (edit.after ?? null);
      const path = edit.pointer.slice(1).replaceAll('/', '.');
      return `${path}=${typeof after === 'string' ? after : JSON.stringify(after)}`;
    });
    return line('az', 'resource', 'update', '--ids', change.resource, '--api-version', outboundRuleVersion, [
      '--set',
      ...sets,
    ]);
  },
});

function destinationText(body: JsonObject): string {
  const target = textAt(body, '/properties/destination/serviceResourceId');
  const group = textAt(body, '/properties/destination/subresourceTarget') ?? '';
  if (target !== undefined) return `${nameOf(target)} ${group}`.trimEnd();
  return textAt(body, '/properties/destination') ?? textAt(body, '/properties/destination/serviceTag') ?? '';
}

/** `--type private_endpoint --service-resource-id … --subresource-target …`: the words of the CLI's extension. */
function ruleWords(body: JsonObject): string[] {
  const at = (name: string) => textAt(body, `/properties/destination${name}`) ?? '';
  switch (outboundRuleView({ id: '', type: outboundRuleType, apiVersion: '', body }).type) {
    case 'PrivateEndpoint':
      return [
        ...['--type', 'private_endpoint', '--service-resource-id', at('/serviceResourceId')],
        ...['--subresource-target', at('/subresourceTarget')],
      ];
    case 'ServiceTag':
      return [
        ...['--type', 'service_tag', '--service-tag', at('/serviceTag')],
        ...['--protocol', at('/protocol'), '--port-ranges', at('/portRanges')],
      ];
    default:
      return ['--type', 'fqdn', '--destination', at('')];
  }
}

const sent = (body: JsonObject): JsonObject => withoutComputed(body, computed);

/**
 * A rule stands in its workspace's body as well: Active once the network is. What an endpoint rule makes at its target lies in
 * Microsoft's network, and no verdict is drawn from it.
 */
function ruleMade(id: string, seen: Seen): Consequence {
  const [rule, workspace] = [seen.resource(id), seen.resource(parentId(id) ?? '')];
  const properties = rule && objectAt(rule.body, '/properties');
  if (!rule || !workspace || !properties) return { put: [], gone: [] };
  const active = workspaceView(workspace).managedNetwork.status === 'Active';
  const after = { ...properties, status: active ? 'Active' : 'Inactive' };
  const own: Resource = { ...rule, body: { ...rule.body, properties: after } };
  return { put: [own, withOutboundRule(workspace, nameOf(id), after)], gone: [] };
}

function ruleGone(id: string, seen: Seen): Consequence {
  const workspace = seen.resource(parentId(id) ?? '');
  return { put: workspace ? [withOutboundRule(workspace, nameOf(id), null)] : [], gone: [] };
}
