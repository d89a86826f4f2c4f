// The worlds, in the order they are listed.
import { fleet } from './fleet.ts';
import { foreign } from './foreign.ts';
import { large } from './large.ts';
import { type WorldFile, worldFile } from './world.ts';

export const worldFiles: readonly WorldFile[] = [
  worldFile('open', 'New workspace, everything public'),
  worldFile('mixed', 'Half closed'),
  worldFile('closed-service-endpoint', 'Closed by service endpoints, no faults', 'closed'),
  worldFile('closed-private-endpoint', 'Closed by private endpoints, no faults', 'private'),
  worldFile('closed-managed-network', 'Closed by a managed network, no faults'),
  worldFile('closed-hub-spoke', 'Private endpoints behind a hub, no faults'),
  worldFile('neglected', 'Closed once, not maintained since'),
  worldFile('drifted', 'Private endpoints, partly maintained'),
  worldFile('managed', 'Managed network, not finished'),
  worldFile('limited', 'Limited outbound traffic, half configured'),
  worldFile('tunnelled', 'Internet traffic forced through an appliance'),
  worldFile('firewalled', 'Behind firewalls that allow half of it', 'firewall'),
  worldFile('hub-spoke', 'Private endpoints behind a hub, with blocked paths'),
  worldFile('governed', 'Security admin rules of a network manager', 'network-manager'),
  worldFile('registry', 'Closed registry, no compute to build images'),
  worldFile('kubernetes', 'Kubernetes cluster for models, nothing prepared', 'aks'),
  worldFile('scoring', 'Models called from outside, callers blocked'),
  worldFile('machines', 'Attached machines, half of them unreachable'),
  worldFile('crowded', 'Too little room for its computes'),
  worldFile('databricks', 'Databricks next to a closed workspace'),
  worldFile('containers', 'Models in container instances'),
  worldFile('perimeter', 'Network security perimeter without access rules'),
  worldFile('closed-perimeter', 'Private endpoints and a network security perimeter, no faults'),
  worldFile('hub-project', 'Project of a hub whose settings are at fault'),
  worldFile('closed-hub-project', 'Project of a hub with a managed network, no faults'),
  worldFile('everything', 'All systems of the article, all open', 'all'),
  foreign,
  worldFile('records', 'Private endpoints with missing, old and overwritten DNS records'),
  worldFile('closed-records', 'DNS records made by hand, and a zone for each network, no faults'),
  worldFile('shared', 'Two workspaces on one account, vault and registry'),
  worldFile('closed-shared', 'Two workspaces on one set of dependencies in peered networks, no faults'),
  worldFile('refused', 'Missing permissions, a lock and a policy'),
  large,
  fleet,
];
