// What container instances leave bound to a subnet: a service association link, shown in the subnet's body under one name and
// deleted by another (rules-catalogue, `aci.delegation-removable`, E24). Only its service makes one.
import type { Edit } from '../../model/edit.ts';
import type { Json } from '../../model/json.ts';
import { fold } from '../../model/resource-id.ts';
import type { WriteRequest } from '../kind.ts';
import { textAt } from '../read.ts';
import { line } from './shell.ts';

export const associationLinks = '/properties/serviceAssociationLinks';
export const linkKey = { member: 'name', fold: true };
const version = '2023-05-01';

/** Is it a link of container instances? Other services bind themselves to subnets as well. */
export const isContainerLink = (link: Json): boolean =>
  fold(textAt(link, '/properties/linkedResourceType') ?? '') === 'microsoft.containerinstance/containergroups';

const removesLink = (edit: Edit): boolean =>
  edit.op === 'remove' && edit.pointer === associationLinks && isContainerLink(edit.before);
export const touchesLinks = (edits: readonly Edit[]): boolean =>
  edits.some(({ pointer }) => pointer === associationLinks || pointer.startsWith(`${associationLinks}/`));

const idIn = (subnet: string): string =>
  `${subnet}/providers/Microsoft.ContainerInstance/serviceAssociationLinks/default`;

/** The request that takes the link out, or why there is none: it is deleted by a call of its own, and nobody else can make it. */
export function unlinkRequest(subnet: string, edits: readonly Edit[]): WriteRequest | string {
  const [edit] = edits;
  return edits.length === 1 && edit && removesLink(edit)
    ? { method: 'DELETE', id: idIn(subnet), apiVersion: version, body: null }
    : 'Service association links are made by their service; only that of container instances is deleted, by itself.';
}

export const unlinkLine = (subnet: string): string =>
  line('az', 'resource', 'delete', '--ids', idIn(subnet), '--api-version', version);

/** Why an edit of the links cannot be written. */
export const refusesLink = (edit: Edit): string | null =>
  touchesLinks([edit]) && !removesLink(edit)
    ? 'the link is made by the service, once a container group is deployed.'
    : null;
export const linkIsOneWay = (edit: Edit): string | null =>
  removesLink(edit)
    ? 'the service association link does not come back by an undo; a new container group makes one.'
    : null;
