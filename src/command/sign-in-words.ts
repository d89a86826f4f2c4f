// What the operator has to do for a sign-in by code, the same in every host that speaks in lines.
import { clean, counted } from '../model/text.ts';
import type { SignInCode } from '../session/session.ts';

/** Page and code each alone on a line, to be copied. */
export function codeLines({ code, expiresIn, page }: SignInCode): string[] {
  return [
    'To sign in, open this page on any machine:',
    clean(page, 500),
    'and enter this code:',
    clean(code, 100),
    `The code expires in ${counted(Math.ceil(expiresIn / 60), 'minute')}. Enter it only if you started this sign-in yourself.`,
  ];
}
