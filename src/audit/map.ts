// The map of the network in a snapshot, for commands and the screen.
import type { NetworkMap } from '../model/network-map.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { worldOf } from '../model/world.ts';
import { networkMap } from '../posture/map/map.ts';

/** Pure. */
export const mapOf = (snapshot: Snapshot): NetworkMap => networkMap(worldOf(snapshot));
