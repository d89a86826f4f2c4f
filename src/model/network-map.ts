// The network around a workspace as it would be drawn: networks, their subnets, who sits where, what guards each, and what the
// computes there reach. Plain data.
import type { HopKind, PathVerdict } from './path.ts';

/** Something that stands at a subnet or network, by its name and id. */
export interface MapLink {
  readonly id: string;
  readonly name: string;
}

/** What computes want to reach; `resource` is null for the Internet. */
export interface MapTarget {
  readonly resource: string | null;
  readonly name: string;
  /** `storage account`, `the Internet`. */
  readonly is: string;
}

export interface MapReach {
  /** Place in {@link NetworkMap.targets}. */
  readonly target: number;
  readonly verdict: PathVerdict;
  /** Where it is cut, or left open; null where all passes. */
  readonly stoppedBy: HopKind | null;
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
  /** Addresses that resources can have; null where it cannot be told. */
  readonly usable: number | null;
  /** Counted from the body, for want of Azure's own count. */
  readonly approximate: boolean;
}

export interface MapSubnet {
  readonly id: string;
  readonly name: string;
  readonly prefixes: readonly string[];
  /** Null where its room cannot be told. */
  readonly room: MapCapacity | null;
  readonly sitters: readonly MapOccupant[];
  readonly securityGroup: MapLink | null;
  readonly routeTable: MapLink | null;
  readonly natGateway: MapLink | null;
  /** Services, as Azure names them: `Microsoft.Storage`. */
  readonly serviceEndpoints: readonly string[];
  readonly endpointPolicies: readonly MapLink[];
  readonly delegations: readonly string[];
  /** What computes here reach at TCP 443, in the order of the targets; [] where no compute sits. */
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
  /** Computes in a network of Azure's own, which no network of the customer shows. */
  readonly outside: readonly MapOccupant[];
  /** Why it is not known what sits where; null where it is. */
  readonly unread: string | null;
}
