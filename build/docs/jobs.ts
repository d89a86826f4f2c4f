// The jobs that an operator does with the keys of the screen, each from the overview on. `docs/keys.md` prints them, and a test walks
// them at two sizes.

export interface Job {
  readonly name: string;
  /** The demo world that it is walked in. */
  readonly world: string;
  /** Keys by name, one a word; what is in quotes is typed. */
  readonly keys: string;
  /** Keys before it, for the state that it starts from. */
  readonly first?: string;
  /** What the screen says then. */
  readonly shows: RegExp;
}

/** The keys one by one, as the keyboard names them. */
export const keystrokes = (keys: string): string[] =>
  [...keys.matchAll(/"([^"]*)"|\S+/g)].flatMap(([word, typed]) =>
    typed === undefined ? [word === 'space' ? ' ' : word] : [...typed],
  );

export const jobs: readonly Job[] = [
  {
    name: 'See what is wrong first, and why',
    world: 'mixed',
    keys: 'enter enter',
    shows: /Findings of acrmlsim.*Compute subnet blocked by registry firewall.*critical · fail/,
  },
  {
    name: 'Allow my IP address in the firewall of `stmlsim`',
    world: 'mixed',
    keys: '4 / "stmlsim" enter i enter tab enter',
    shows: /Applied and verified: 1 finding resolved/,
  },
  {
    name: 'Allow trusted Azure services in the firewall of `stmlsim`',
    world: 'mixed',
    keys: '3 / "bypass stmlsim" enter f tab enter',
    shows: /Applied and verified: 3 findings resolved.* storage\.bypass-azure-services stmlsim/,
  },
  {
    name: 'Allow the service tag that `nsg-gpu` denies',
    world: 'limited',
    keys: '2 / "nsg-gpu" enter f tab enter',
    shows: /Applied and verified: 1 finding resolved \(1 of/,
  },
  {
    name: 'Fix all but one step',
    world: 'mixed',
    keys: 'F G space tab enter "mlw-sim" enter',
    shows: /8 of 8 · .*Applied and verified: \d+ findings resolved/,
  },
  {
    name: 'Undo the second of three changes',
    world: 'mixed',
    first:
      '3 / "bypass stmlsim" enter f tab enter esc esc 3 / "bypass kv" enter f tab enter esc esc 3 / "dev-client lakemlsim" enter f tab enter esc esc',
    keys: '6 / "kv" enter u tab enter "mlw-sim" enter',
    shows: /Undone and verified.*fail again: 1 keyvault\.bypass-azure-services kv-mlsim/,
  },
  {
    name: 'Find one of 2,000 resources and its findings',
    world: 'large',
    keys: '3 / "compute-17 stmldata02" enter',
    shows: /stmldata02 and snet-compute-17/,
  },
  {
    name: 'Follow the network path of a finding',
    world: 'mixed',
    keys: '3 / "snet-dev stmlsim" enter p enter',
    shows: /vnet-ml\/snet-dev to storage account stmlsim.*denied.*Service firewall/,
  },
  {
    name: 'Accept a finding until a day',
    world: 'mixed',
    keys: '3 / "build-cluster-cpu" enter x "Builds need a GPU" tab "2099-03-31" enter',
    shows: /acr\.build-cluster-cpu.*until 2099-03-31/,
  },
  {
    name: 'Switch to another workspace, here to the world `open`',
    world: 'mixed',
    keys: ': "ws open" enter',
    shows: /./,
  },
];
