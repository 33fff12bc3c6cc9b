import type { CSSProperties } from 'react';

/** What colours are shown on: `--surface` of the styles. */
export const SURFACES = { light: [255, 255, 255], dark: [29, 36, 41] } as const;
const ENOUGH = 3; // WCAG 2.2, 1.4.11: what is not text

type Rgb = readonly [number, number, number];

/** Style for what shows a tracker's colour: shaded until it stands out, whatever it is, in light and in dark. */
export function shaded(hex: string): CSSProperties {
  const colour = parsed(hex);
  const light = css(standingOut(colour, SURFACES.light, [0, 0, 0]));
  const dark = css(standingOut(colour, SURFACES.dark, [255, 255, 255]));
  const style: Record<`--${string}`, string> = { '--colour': `light-dark(${light}, ${dark})` };
  return style;
}

export function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

export function standingOut(colour: Rgb, surface: Rgb, towards: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(colour, towards, share);
    if (contrast(mixed, surface) >= ENOUGH) return mixed;
  }
  return towards;
}

export function parsed(hex: string): Rgb {
  const number = Number.parseInt(hex.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

function mix(colour: Rgb, towards: Rgb, share: number): Rgb {
  const part = (index: 0 | 1 | 2) => Math.round(colour[index] + (towards[index] - colour[index]) * share);
  return [part(0), part(1), part(2)];
}

function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const css = (colour: Rgb) => `rgb(${colour.join(' ')})`;
