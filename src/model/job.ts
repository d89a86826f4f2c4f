// What a job or deployment file of Azure Machine Learning (CLI v2) asks of the network: where it runs, which image it needs, what it
// reads and writes. Source: the YAML schemas of the CLI (v2), Microsoft Learn, read 2026-11.

export type JobKind =
  | 'command'
  | 'sweep'
  | 'pipeline'
  | 'parallel'
  | 'spark'
  | 'automl'
  | 'import'
  | 'onlineDeployment'
  | 'kubernetesDeployment'
  | 'batchDeployment';

export const jobKindWords: Readonly<Record<JobKind, string>> = {
  command: 'command job',
  sweep: 'sweep job',
  pipeline: 'pipeline job',
  parallel: 'parallel job',
  spark: 'Spark job',
  automl: 'AutoML job',
  import: 'data import',
  onlineDeployment: 'managed online deployment',
  kubernetesDeployment: 'Kubernetes online deployment',
  batchDeployment: 'batch deployment',
};

/** Where a task runs. `name`: a compute of the workspace. `managed`: nodes of a managed online endpoint. */
export type ComputeTarget =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'serverless' | 'managed' | 'local' | 'default' }
  | { readonly kind: 'unknown'; readonly text: string };

/** What a file names in the workspace: `azureml:NAME:VERSION`, `azureml:NAME@LABEL`, or an id. */
export interface AssetName {
  /** As written. */
  readonly reference: string;
  readonly kind: 'data' | 'models' | 'environments' | 'components';
  readonly name: string;
  /** Null for the latest. */
  readonly version: string | null;
  /** A label other than `latest`, which only the service can resolve; null elsewhere. */
  readonly label: string | null;
  /** Id of another workspace; null for the one in question. */
  readonly workspace: string | null;
}

/** Where data lies. */
export type DataPlace =
  | { readonly kind: 'datastore'; readonly name: string; readonly workspace: string | null }
  /** A data asset or model of the workspace, whose place only the workspace knows. */
  | { readonly kind: 'asset'; readonly asset: AssetName }
  | { readonly kind: 'registry'; readonly registry: string }
  | {
      readonly kind: 'host';
      readonly host: string;
      readonly ports: readonly string[];
      /** Of an address in a storage account: its container or share. */
      readonly container?: string;
      /** What signed the shared access signature in the address; absent where there is none. */
      readonly signature?: 'key' | 'user';
    }
  /** A file of this machine: uploaded to the default datastore, and read from there. */
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'unknown'; readonly text: string };

export interface DataUse {
  /** `input training_data`, `output model`. */
  readonly name: string;
  readonly direction: 'in' | 'out';
  readonly place: DataPlace;
}

export interface EnvironmentNeed {
  /** As the file names it. */
  readonly name: string;
  /** Registry that the image is pulled from: a host, or `workspace` for the registry of the workspace. */
  readonly from: string;
  /** Whether an image is built: where conda packages or a Dockerfile are added, `maybe` for an environment of the workspace. */
  readonly builds: 'yes' | 'no' | 'maybe';
  /** The environment of the workspace that was not read yet; null where all is known. */
  readonly asset: AssetName | null;
  /** Hosts that the build installs from, each with what it is for. */
  readonly hosts: readonly { readonly host: string; readonly use: string }[];
}

/** What came of reading something that the file names in the workspace: it is not there, or it could not be read. */
export interface JobNote {
  readonly about: 'environment' | 'component' | 'data';
  readonly subject: string;
  readonly verdict: 'fails' | 'unknown';
  readonly because: string;
  /** Ids of what could not be read. */
  readonly gaps: readonly string[];
}

export interface JobTask {
  /** The step of a pipeline; null for a job of one task. */
  readonly name: string | null;
  readonly kind: JobKind;
  readonly compute: ComputeTarget;
  readonly environment: EnvironmentNeed | null;
  /** A component of the workspace that was not read yet. */
  readonly component: AssetName | null;
  readonly data: readonly DataUse[];
  /** What the task itself installs from while it runs. */
  readonly hosts: readonly { readonly host: string; readonly use: string }[];
  /** Whether data is read with the identity of the user or the compute instead of a key. */
  readonly identity: 'user' | 'managed' | null;
  readonly notes: readonly JobNote[];
}

export interface JobFile {
  readonly kind: JobKind;
  /** `display_name` or `name`; '' where the file has neither. */
  readonly name: string;
  readonly tasks: readonly JobTask[];
  /** Local files and folders that are uploaded when it is submitted. */
  readonly uploads: readonly string[];
  /** Of a managed online deployment: the name of its endpoint, whose identity it runs as; null where it names none. */
  readonly endpoint: string | null;
  /** Of an online deployment: `egress_public_network_access`. */
  readonly egress: 'enabled' | 'disabled' | null;
  /** What the file names and does not show: files that could not be read, components of the workspace. */
  readonly unseen: readonly string[];
}
