// What Ink does not put back by itself: autowrap, which is off while full screen so that a quarrel about the width of a
// character cannot scroll the screen.
const autowrapOff = '\x1b[?7l';
const autowrapOn = '\x1b[?7h';

export interface Modes {
  enter(): void;
  leave(): void;
}

export function createModes(stdout: NodeJS.WriteStream): Modes {
  let on = false;
  return {
    enter() {
      if (!on) stdout.write(autowrapOff);
      on = true;
    },
    leave() {
      if (on) stdout.write(autowrapOn);
      on = false;
    },
  };
}
