// How colours look to people who see them otherwise, and how far two are from each other to the eye.
import { channels } from '../../src/theme/depth.ts';

export const visions = ['usual', 'protanopia', 'deuteranopia', 'tritanopia'] as const;
export type Vision = (typeof visions)[number];
type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

// Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (IEEE TVCG 15-6,
// 2009), table of the matrices at severity 1.0, for linear RGB.
const machado: Readonly<Record<Exclude<Vision, 'usual'>, Matrix>> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

// Björn Ottosson, "A perceptual color space for image processing" (2020): from linear sRGB to Oklab.
const toCones: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const toLab: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];

const times = (matrix: Matrix, [x, y, z]: Triple): Triple =>
  matrix.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Triple;
const each = ([x, y, z]: Triple, change: (value: number) => number): Triple => [change(x), change(y), change(z)];
const linear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

function lab(colour: string, vision: Vision): Triple {
  const rgb = channels(colour);
  if (rgb === undefined) throw new RangeError(`not a colour of the form #rrggbb: ${colour}`);
  const light = each(rgb, (value) => linear(value / 255));
  const seen =
    vision === 'usual' ? light : each(times(machado[vision], light), (value) => Math.max(0, Math.min(1, value)));
  return times(toLab, each(times(toCones, seen), Math.cbrt));
}

/** How far two colours `#rrggbb` look from each other, in hundredths of Oklab: 2 is just noticed side by side, black to white 100. */
export function distance(a: string, b: string, vision: Vision): number {
  const [first, second] = [lab(a, vision), lab(b, vision)];
  return 100 * Math.hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]);
}
