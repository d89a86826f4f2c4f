// The network around a workspace, ready to be drawn: networks, their subnets, their occupants and security settings, and what
// the computes there reach. Plain data.
import type { HopKind, PathVerdict } from './path.ts';

/** A resource associated with a subnet or network, by its name and id. */
export interface MapLink {
  readonly id: string;
  readonly name: string;
}

/** A target of computes; `resource` is null for the Internet. */
export interface MapTarget {
  readonly resource: string | null;
  readonly name: string;
  /** `storage account`; empty for the Internet. */
  readonly is: string;
}

export interface MapReach {
  /** Place in {@link NetworkMap.targets}. */
  readonly target: number;
  readonly verdict: PathVerdict;
  /** The hop that denies it or leaves it unknown; null where all is allowed. */
  readonly stoppedBy: HopKind | null;
  /** Every hop that certainly denies some of it. */
  readonly blockedAt: readonly HopKind[];
  /** One sentence. */
  readonly because: string;
}

export interface MapOccupant {
  /** Null for addresses whose holder was not read. */
  readonly resource: string | null;
  readonly name: string;
  /** `compute cluster`, `private endpoint to stmlsim`. */
  readonly is: string;
}

export interface MapCapacity {
  readonly free: number;
  /** Addresses that resources can have; null where unknown. */
  readonly usable: number | null;
  /** Counted from the body where Azure's own count is missing. */
  readonly approximate: boolean;
}

export interface MapSubnet {
  readonly id: string;
  readonly name: string;
  readonly prefixes: readonly string[];
  /** Null where its capacity is unknown. */
  readonly room: MapCapacity | null;
  readonly occupants: readonly MapOccupant[];
  readonly securityGroup: MapLink | null;
  readonly routeTable: MapLink | null;
  readonly natGateway: MapLink | null;
  /** Services, as Azure names them: `Microsoft.Storage`. */
  readonly serviceEndpoints: readonly string[];
  readonly endpointPolicies: readonly MapLink[];
  readonly delegations: readonly string[];
  /** What computes here reach at TCP 443, in the order of the targets; [] without computes. */
  readonly reach: readonly MapReach[];
}

export interface MapNetwork {
  readonly id: string;
  readonly name: string;
  readonly location: string | null;
  readonly prefixes: readonly string[];
  /** `state` as Azure gives it; null where it was not read. */
  readonly peers: readonly (MapLink & { readonly state: string | null })[];
  readonly subnets: readonly MapSubnet[];
  /** Why its subnets are not shown; null where they are. */
  readonly unread: string | null;
}

export interface NetworkMap {
  readonly networks: readonly MapNetwork[];
  readonly targets: readonly MapTarget[];
  /** Computes in a network that Azure manages, outside the customer's networks. */
  readonly outside: readonly MapOccupant[];
  /** Why occupants are unknown; null where they are known. */
  readonly unread: string | null;
}
