// The worlds, in the order they are listed.
import { closed, closedManagedNetwork, closedPrivateEndpoint } from './closed.ts';
import { containersWorld } from './containers.ts';
import { crowded } from './crowded.ts';
import { databricksWorld } from './databricks.ts';
import { drifted } from './drifted.ts';
import { everything } from './everything.ts';
import { firewalled } from './firewalled.ts';
import { fleet } from './fleet.ts';
import { foreign } from './foreign.ts';
import { governed } from './governed.ts';
import { closedHubProject, hubProject } from './hub-project.ts';
import { closedHubSpoke, hubSpoke } from './hub-spoke.ts';
import { kubernetes, scoring } from './kubernetes.ts';
import { large } from './large.ts';
import { limited } from './limited.ts';
import { machinesWorld } from './machines.ts';
import { managedWorld } from './managed.ts';
import { mixed } from './mixed.ts';
import { neglected } from './neglected.ts';
import { open } from './open.ts';
import { closedPerimeter, perimeterWorld } from './perimeter.ts';
import { closedRecords, records } from './records.ts';
import { refused } from './refused.ts';
import { registryWorld } from './registry.ts';
import { closedShared, shared } from './shared.ts';
import { tunnelled } from './tunnelled.ts';
import type { WorldFile } from './world.ts';

export const worldFiles: readonly WorldFile[] = [
  open,
  mixed,
  closed,
  closedPrivateEndpoint,
  closedManagedNetwork,
  closedHubSpoke,
  neglected,
  drifted,
  managedWorld,
  limited,
  tunnelled,
  firewalled,
  hubSpoke,
  governed,
  registryWorld,
  kubernetes,
  scoring,
  machinesWorld,
  crowded,
  databricksWorld,
  containersWorld,
  perimeterWorld,
  closedPerimeter,
  hubProject,
  closedHubProject,
  everything,
  foreign,
  records,
  closedRecords,
  shared,
  closedShared,
  refused,
  large,
  fleet,
];
