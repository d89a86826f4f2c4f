// The inputs of the screen from the composition root: the screen opens nothing and reads no environment.
import type { CommandContext } from '../command/definition.ts';
import type { ProfileChoice } from '../model/assumption.ts';
import type { Json } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { RecentWorkspace } from '../model/recent.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Session } from '../session/session.ts';
import type { BrokenTheme, Theme } from '../theme/theme.ts';
import type { FleetKept } from './state/fleet-shown.ts';
import type { RecordingFile } from './terminal/recording.ts';

/** A plan as the text of a file. */
export interface PlanFiles {
  /** What `apply` takes. */
  text(plan: Plan): Promise<string>;
  /** As `export --as`. Throws Failure where the plan no longer fits what was read. */
  exported(
    plan: Plan,
    snapshot: Snapshot,
    as: string,
  ): Promise<{ readonly text: string; readonly notes: readonly string[] }>;
}

export interface AppOptions {
  readonly session: Session;
  /** Context for palette commands; the app supplies its own `ask`. */
  readonly context: Omit<CommandContext, 'ask' | 'signal'>;
  readonly theme: Theme;
  /** Read when they are needed: they change with the operator's files. */
  readonly themes: readonly Theme[];
  /** Calls with the operator's themes, in the colours of this terminal, after each change of their files; returns how to end. */
  watchThemes?(
    onChange: (found: { readonly themes: readonly Theme[]; readonly broken: readonly BrokenTheme[] }) => void,
  ): () => void;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly ascii: boolean;
  /** The terminal supports links (OSC 8), or ignores them. */
  readonly links?: boolean;
  /** A command line with the flags that make it act here when it is run in a shell. */
  withSource?(line: string): string;
  readonly readOnly: boolean;
  /** The wheel scrolls, a click selects or presses its target; the terminal then selects text only with Shift. */
  readonly mouse?: boolean;
  readonly profile: ProfileChoice;
  /** Messages at the start. */
  readonly notices?: readonly string[];
  /** The operator's own keys, checked: by the name of a binding. */
  readonly keys?: Json;
  /** Previous command lines, the newest last, and a function that stores another. */
  readonly lines?: readonly string[];
  addLine?(line: string): void;
  /** Name of the first screen. */
  readonly screen?: string;
  /** The tour is offered, or begun. */
  readonly tour?: 'offered' | 'begun';
  /** Demo worlds that can be started instead; `start` takes effect after the screen is closed. */
  readonly demos?: {
    list(): Promise<readonly { readonly name: string; readonly title: string }[]>;
    /** `tour`: with the tour begun. */
    start(world: string, tour?: boolean): void;
  };
  /** Recently opened workspaces, the newest first; `open` takes effect after the screen is closed. */
  readonly workspaces?: {
    readonly recent: readonly RecentWorkspace[];
    open(workspace: Pick<RecentWorkspace, 'id' | 'source'>): void;
  };
  /** The fleet as it was left to open a workspace; `keep` stores it for the next screen of this run. */
  readonly fleet?: { readonly kept: FleetKept | null; keep(fleet: FleetKept): void };
  /** Milliseconds between scans that start by themselves. */
  readonly every?: number | null;
  readonly plans?: PlanFiles;
  /** Records what is shown. `redact`: with names, ids and addresses replaced, those of `own` too. */
  readonly recording?: { readonly file: RecordingFile; readonly redact: boolean; readonly own: readonly string[] };
  /** Opens an address in a browser; false where there is none. */
  openPage?(url: string): Promise<boolean>;
  readonly now: () => Date;
  /** The shell that copied commands are for. */
  readonly shell?: 'sh' | 'pwsh';
  /** Suspends the job; returns when it continues. Absent where the system cannot. */
  suspend?(): void;
}
