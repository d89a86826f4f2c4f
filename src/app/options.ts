// What the screen is handed by the composition root: it opens nothing and knows no environment of its own.
import type { CommandContext } from '../command/definition.ts';
import type { ProfileChoice } from '../model/assumption.ts';
import type { Json } from '../model/json.ts';
import type { RecentWorkspace } from '../model/recent.ts';
import type { Session } from '../session/session.ts';
import type { Theme } from '../theme/theme.ts';

export interface AppOptions {
  readonly session: Session;
  /** Context for palette commands; the app supplies its own `ask`. */
  readonly context: Omit<CommandContext, 'ask' | 'signal'>;
  readonly theme: Theme;
  readonly themes: readonly Theme[];
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly ascii: boolean;
  /** The terminal shows links (OSC 8), or at least does nothing strange with them. */
  readonly links?: boolean;
  readonly readOnly: boolean;
  /** The wheel scrolls, a click selects, or presses what it is on; the terminal then selects text only with Shift. */
  readonly mouse?: boolean;
  readonly profile: ProfileChoice;
  /** What is to be said at the start. */
  readonly notices?: readonly string[];
  /** The operator's own keys, checked: by the name of a binding. */
  readonly keys?: Json;
  /** Command lines typed before, the newest last, and a way to keep another. */
  readonly lines?: readonly string[];
  addLine?(line: string): void;
  /** Name of the screen to begin with. */
  readonly screen?: string;
  /** Demo worlds that can be started instead; `start` takes hold once the screen is left. */
  readonly demos?: {
    list(): Promise<readonly { readonly name: string; readonly title: string }[]>;
    start(world: string): void;
  };
  /** Workspaces opened before, the newest first; `open` takes hold once the screen is left. */
  readonly workspaces?: {
    readonly recent: readonly RecentWorkspace[];
    open(workspace: Pick<RecentWorkspace, 'id' | 'source'>): void;
  };
  readonly now: () => Date;
  /** Stops the job; returns when it goes on. */
  suspend(): void;
}
