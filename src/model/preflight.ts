// Whether a job or deployment will run in this network: one verdict a leg, from submission to telemetry. Plain data.

export const legNames = [
  'submit',
  'upload',
  'compute',
  'build',
  'packages',
  'image',
  'data',
  'service',
  'tracking',
  'telemetry',
] as const;
export type LegName = (typeof legNames)[number];

export const legTitles: Readonly<Record<LegName, string>> = {
  submit: 'Submit',
  upload: 'Upload',
  compute: 'Compute',
  build: 'Image build',
  packages: 'Packages',
  image: 'Image pull',
  data: 'Data',
  service: 'Workspace service',
  tracking: 'Metrics',
  telemetry: 'Telemetry',
};

/** `notNeeded`: the file asks for nothing there. */
export type LegVerdict = 'ok' | 'fails' | 'unknown' | 'notNeeded';

export interface LegCheck {
  /** The step of a pipeline; null for a job of one task and for what concerns the whole. */
  readonly task: string | null;
  /** What is checked: `cpu-cluster → acrmlsim.azurecr.io`. */
  readonly subject: string;
  readonly verdict: Exclude<LegVerdict, 'notNeeded'>;
  /** One sentence. */
  readonly because: string;
  /** The traffic, as `bastide path` takes it; null where no packet decides. */
  readonly path: {
    readonly source: string;
    readonly destination: string;
    readonly ports: readonly string[];
    /** The hop that decides; null where all packets pass. */
    readonly stoppedBy: string | null;
  } | null;
  /** Ids of failing findings that say the same, worst first. */
  readonly findings: readonly string[];
  /** Ids of what was not read. */
  readonly gaps: readonly string[];
}

export interface Leg {
  readonly leg: LegName;
  readonly verdict: LegVerdict;
  /** The job runs without it: it only loses what the leg carries. */
  readonly optional: boolean;
  readonly because: string;
  readonly checks: readonly LegCheck[];
}

export interface Preflight {
  readonly verdict: 'willRun' | 'willFail' | 'unknown';
  /** One sentence: where it fails, or what is not known. */
  readonly because: string;
  readonly legs: readonly Leg[];
  /** What the file names and does not show. */
  readonly unseen: readonly string[];
}
