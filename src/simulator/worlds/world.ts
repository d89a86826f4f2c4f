// What a world is: a starting state in ARM's own words, with the list of what was planted in it.
import type { Grant } from '../store/store.ts';

export interface WorldFault {
  /** Id of a rule. */
  readonly rule: string;
  /** Full id of the resource the finding is about. */
  readonly resource: string;
  /** The second subject of a finding about a pair, or the value meant. */
  readonly where?: string;
  /** One sentence. */
  readonly says: string;
  /** Shows only once the operator has answered this intent. */
  readonly needsIntent?: string;
  /** Shows only where this profile is asked alone: today's rules supersede it. */
  readonly needsProfile?: 'seed-2020';
}

export interface World {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly faults: readonly WorldFault[];
  /** What the operator of this world has answered. */
  readonly intents: Readonly<Record<string, unknown>>;
}

export interface WorldFile extends World {
  /** JSON text of an array of ARM resources: text, because it holds numbers and names that objects would spoil. */
  readonly resources: () => string;
  /** What the caller may do, by scope; whatever no scope covers is allowed. Everything unless said. */
  readonly permissions?: readonly Grant[];
  /** Namespaces that the subscription is not registered for. */
  readonly unregistered?: readonly string[];
  /** How its lists are cut; plainly unless said. */
  readonly pages?: 'plain' | 'ragged';
}
