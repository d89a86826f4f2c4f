// Public network access of a storage account or vault, over the shared firewall view.
import { type Firewall, publicAccessOf } from '../resource-types/network-acls.ts';

export const isPubliclyOpen = (firewall: Firewall, assumeDenyByDefault = false): boolean =>
  publicAccessOf(firewall, assumeDenyByDefault) === 'open';
export const isPubliclyClosed = (firewall: Firewall, assumeDenyByDefault = false): boolean =>
  publicAccessOf(firewall, assumeDenyByDefault) === 'closed';
/** A network security perimeter decides: rules about it answer `unknown`. */
export const perimeter = (firewall: Firewall): boolean => firewall.publicNetworkAccess === 'SecuredByPerimeter';
