// The state of a storage account's or vault's door, over the shared firewall view.
import { type Door, doorOf, type Firewall } from '../kinds/network-acls.ts';

export type { Door };
export { doorOf };

export const isOpen = (firewall: Firewall, asIfClosed = false): boolean => doorOf(firewall, asIfClosed) === 'open';
export const isClosed = (firewall: Firewall, asIfClosed = false): boolean => doorOf(firewall, asIfClosed) === 'closed';
/** A network security perimeter decides: rules about it answer `unknown`. */
export const perimeter = (firewall: Firewall): boolean => firewall.publicNetworkAccess === 'SecuredByPerimeter';
