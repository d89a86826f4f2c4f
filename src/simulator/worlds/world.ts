// What a world is: a starting state in ARM's own words, with the list of what is wrong in it. A world is a base and faults, and a
// fault says how it is planted in the base.
import type { Grant, LazyDocument } from '../store/store.ts';
import type { WorldDraft } from './draft.ts';

export interface WorldFault {
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
  readonly needsProfile?: 'article-2020';
}

/** A change of a base. */
export type Plant = (draft: WorldDraft) => unknown;

/** A fault and the change of the base that plants it; none where another fault, or what the world is built of, brings it about. */
export interface PlantedFault extends WorldFault {
  readonly plant?: Plant;
}

export type FaultsOf = (rule: string, says: string, plant?: Plant) => PlantedFault;

/** Shows only where the article of 2020 is held to. */
export const in2020 = (fault: PlantedFault): PlantedFault => ({ ...fault, needsProfile: 'article-2020' });

/** Faults of one resource, and of one second subject. */
export const faultsOf =
  (resource: string, where?: string): FaultsOf =>
  (rule, says, plant) => ({
    ...{ rule, resource, says },
    ...(where === undefined ? {} : { where }),
    ...(plant === undefined ? {} : { plant }),
  });

export interface World {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly faults: readonly WorldFault[];
  /** What the operator of this world has answered. */
  readonly intents: Readonly<Record<string, unknown>>;
}

interface Restrictions {
  /** What the caller may do, by scope; whatever no scope covers is allowed. Everything unless said. */
  readonly permissions?: readonly Grant[];
  /** Namespaces that the subscription is not registered for. */
  readonly unregistered?: readonly string[];
  /** How its lists are cut; plainly unless said. */
  readonly pages?: 'plain' | 'ragged';
}

export interface WorldFile extends World, Restrictions {
  /** JSON text of an array of ARM resources: text, because it holds numbers and names that objects would spoil. */
  readonly resources: () => string;
  /** The same, document by document, in the size that is asked for. */
  readonly documents?: (size: Partial<FleetWorldSize>) => Iterable<LazyDocument>;
}

export interface FleetWorldSize {
  readonly workspaces: number;
  readonly seed: number;
  /** Workspaces of one subscription; 25 unless it is said. */
  readonly perSubscription?: number;
}

interface WorldSpec extends Restrictions {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly title: string;
  readonly base: () => WorldDraft;
  /** What this world has that its base has not, before anything is wrong. */
  readonly setup?: Plant;
  /** A function where there are so many that they are made when they are asked for. */
  readonly faults?: readonly PlantedFault[] | (() => readonly PlantedFault[]);
  /** Unless said, the operator answered that there are no client addresses. */
  readonly intents?: Readonly<Record<string, unknown>>;
}

export function world({ base, setup, faults = [], ...spec }: WorldSpec): WorldFile {
  const planted = () => (typeof faults === 'function' ? faults() : faults);
  return {
    ...{ aliases: [], intents: { devClientIps: [] }, ...spec },
    get faults() {
      return planted().map(({ plant: _, ...fault }) => fault);
    },
    resources: () => {
      const draft = base();
      setup?.(draft);
      for (const { plant } of planted()) plant?.(draft);
      return draft.text();
    },
  };
}
