// Every command, in the order of help.
import type { Command } from '../src/command/definition.ts';
import { accept } from './accept.ts';
import { apply } from './apply.ts';
import { assertScopes } from './assert.ts';
import { assume } from './assume.ts';
import { audit } from './audit.ts';
import { completion } from './completion.ts';
import { config } from './config.ts';
import { create } from './create.ts';
import { diff } from './diff.ts';
import { drift } from './drift.ts';
import { explain } from './explain.ts';
import { exportPlan } from './export.ts';
import { findings } from './findings.ts';
import { fix } from './fix.ts';
import { fleet } from './fleet.ts';
import { guide } from './guide.ts';
import { help } from './help.ts';
import { history } from './history.ts';
import { map } from './map.ts';
import { mcp } from './mcp.ts';
import { path } from './path.ts';
import { plan } from './plan.ts';
import { preflight } from './preflight.ts';
import { prove } from './prove.ts';
import { redo } from './redo.ts';
import { restore } from './restore.ts';
import { resume } from './resume.ts';
import { rules } from './rules.ts';
import { run } from './run.ts';
import { scan } from './scan.ts';
import { show } from './show.ts';
import { simulate } from './simulate.ts';
import { theme } from './theme.ts';
import { undo } from './undo.ts';
import { verify } from './verify.ts';
import { version } from './version.ts';
import { watch } from './watch.ts';
import { whatIf } from './what-if.ts';
import { whoami } from './whoami.ts';

export const verbs: readonly Command[] = [
  scan,
  audit,
  fleet,
  findings,
  show,
  explain,
  rules,
  prove,
  path,
  assertScopes,
  preflight,
  map,
  plan,
  whatIf,
  exportPlan,
  apply,
  fix,
  guide,
  create,
  resume,
  undo,
  redo,
  restore,
  history,
  verify,
  watch,
  diff,
  drift,
  accept,
  assume,
  run,
  simulate,
  mcp,
  whoami,
  theme,
  config,
  completion,
  help,
  version,
];
