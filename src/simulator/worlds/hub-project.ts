// World "hub-project": the workspace is a project of a hub with a managed network. Azure answers about each project in another way,
// and none of it counts: the settings are the hub's. A second, private hub has a project too.
import { closedByManagedNetwork } from './bases.ts';
import { account, inGroup, registry, vault, workspace } from './names.ts';
import { endpointRule, projectBody } from './workspace-bodies.ts';
import { faultsOf, type Plant, world } from './world.ts';

const machineLearning = 'Microsoft.MachineLearningServices/workspaces';
export const hub = inGroup(machineLearning, 'hub-sim');
const project = (name: string): string => inGroup(machineLearning, name);
const privateHub = project('hub-private');

const links = [
  `"storageAccount": "${account('stmlsim')}"`,
  `"keyVault": "${vault}"`,
  `"containerRegistry": "${registry}"`,
];

/** The workspace becomes a project; what was its own is the hub's, and endpoints and outbound rules lead there. */
const inHub: Plant = (draft) => {
  const moved = (target: string): string => (target === workspace ? hub : target);
  draft.workspace.hub = hub;
  draft.workspace.imageBuildCompute = undefined;
  draft.workspace.managedEndpoints = (draft.workspace.managedEndpoints ?? []).map(([target, ...groups]) => [
    moved(target),
    ...groups,
  ]);
  draft.endpoints = draft.endpoints.map((spec) => ({ ...spec, target: moved(spec.target) }));
  if (draft.managedNetwork) {
    const rules = draft.managedNetwork.rules.map((rule) =>
      rule.properties.includes(`"${workspace}"`) ? endpointRule(hub, 'amlworkspace', true) : rule,
    );
    draft.managedNetwork = { ...draft.managedNetwork, rules };
  }
  draft.computes = { 'ci-anna': draft.compute('ci-anna') };
  draft.projects = [
    projectBody(workspace, hub, ['"storageAccount": null', '"keyVault": null', '"publicNetworkAccess": "Enabled"']),
    projectBody(project('mlw-copy'), hub, [...links, '"publicNetworkAccess": "Disabled"', '"managedNetwork": null']),
    projectBody(project('mlw-bare'), hub, ['"privateEndpointConnections": []']),
    projectBody(project('mlw-private'), privateHub, links),
  ];
  draft.bodies = [
    ...draft.bodies,
    `{"id": "${privateHub}", "name": "hub-private", "type": "${machineLearning}", "location": "westeurope", "kind": "Hub",
      "identity": {"type": "SystemAssigned"}, "properties": {"provisioningState": "Succeeded", ${links.join(', ')},
        "publicNetworkAccess": "Disabled", "managedNetwork": {"isolationMode": "Disabled"}}}`,
  ];
};

const ofHub = faultsOf(hub);

export const hubProject = world({
  name: 'hub-project',
  title: 'Project of a hub whose settings are at fault',
  base: closedByManagedNetwork,
  setup: inHub,
  faults: [
    ofHub('workspace.public-network-access', 'The hub is reachable from the Internet.', (draft) => {
      draft.workspace.publicNetworkAccess = 'Enabled';
    }),
    ofHub('workspace.v1-legacy-mode', 'The hub refuses the v2 API.', (draft) => {
      draft.workspace.v1LegacyMode = true;
    }),
  ],
});

export const closedHubProject = world({
  name: 'closed-hub-project',
  title: 'Project of a hub with a managed network, no faults',
  base: closedByManagedNetwork,
  setup: inHub,
});
