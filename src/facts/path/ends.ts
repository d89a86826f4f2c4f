// What the two ends of a path can be, once their names are resolved.
import type { PathEnd } from '../../model/path.ts';
import type { Resource } from '../../model/resource.ts';

/** A network interface whose body is in the snapshot. */
export interface NicDetails {
  readonly id: string;
  /** Its own address; undefined where none is shown. */
  readonly address: string | undefined;
  readonly subnet: string;
  /** Id of its security group. */
  readonly group: string | undefined;
  /** Id of its public address. */
  readonly publicAddress: string | undefined;
}

/** Inside a network: a subnet, a NIC in it, or the nodes of a compute. */
export interface SubnetEnd extends PathEnd {
  readonly kind: 'subnet';
  readonly subnet: string;
  readonly nic: NicDetails | undefined;
  /** The compute that was named. */
  readonly compute: Resource | undefined;
  /** The public address that leads to it, where that was named. */
  readonly front?: string;
}

/** A storage account, vault, registry or workspace, by one of its names. */
export interface ServiceEnd extends PathEnd {
  readonly kind: 'service';
  readonly resource: string;
  /** Group id of private endpoints, in lower case: `blob`, `vault`, `registry`, `amlworkspace`. */
  readonly group: string;
  /** The private endpoint whose address was given. */
  readonly through: string | undefined;
}

/**
 * Outside every network of the snapshot: the Internet, addresses, a service tag, a host known only to DNS, nodes that Azure
 * hosts.
 */
export interface OutsideEnd extends PathEnd {
  readonly kind: 'outside';
  readonly scope: 'public' | 'private' | 'tag' | 'host' | 'managed';
  /** Region of nodes that Azure hosts. */
  readonly location?: string | undefined;
}

/** Nodes in a network that Azure manages, or in none of the customer's. */
export interface ManagedEnd extends PathEnd {
  readonly kind: 'managed';
  readonly compute: Resource;
}

export type ResolvedEnd = SubnetEnd | ServiceEnd | OutsideEnd | ManagedEnd;

/** `candidates`: possible meanings, in the form they are typed. */
export interface Refused {
  readonly reason: string;
  readonly candidates: readonly string[];
}
export const isRefused = (value: object): value is Refused => 'candidates' in value;
