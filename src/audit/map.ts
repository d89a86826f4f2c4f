// The map of the network in a snapshot, for commands and the screen.

import { networkMap } from '../facts/map/map.ts';
import type { NetworkMap } from '../model/network-map.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';

/** Pure. */
export const mapOf = (snapshot: Snapshot): NetworkMap => networkMap(indexSnapshot(snapshot));
