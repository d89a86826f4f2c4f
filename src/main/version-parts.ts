// What `version` needs, and nothing else: the build makes one file of it, so that Node loads one and not forty.
import { version } from '../../commands/version.ts';

export { themes } from '../../themes/index.ts';
export { runCli } from '../cli/cli.ts';
export { openSettings } from '../settings/settings.ts';
export { ownThemes } from '../settings/themes.ts';
export const verbs = [version];
