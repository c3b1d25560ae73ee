// The look of each role that a chart's series may have, fixed once: the same hue and point shape in every chart of
// every report. Hues follow Okabe and Ito's colour-blind-safe set, darkened where they must carry a thin line on
// white and lightened for a dark page; shapes and dashes repeat the distinction for readers without colour.
import { sha256Hex } from '../../../core/hash.ts';
import type { ChartSpec } from '../../findings/charts/chartSpec.ts';
import type { CostPart } from '../../findings/charts/costs.ts';
import type { OperatorClass } from '../../findings/operatorClasses.ts';

interface Color {
  readonly light: string;
  readonly dark: string;
}

interface Look extends Color {
  readonly shape: 'circle' | 'rect' | 'triangle' | 'rectRot' | 'rectRounded' | 'star' | 'cross' | 'crossRot';
}

export const METHOD_LOOK = {
  dense: { light: '#1f2328', dark: '#f0f3f6', shape: 'crossRot' },
  'dense-padded': { light: '#6e7781', dark: '#9da7b1', shape: 'star' },
  ltp: { light: '#0072b2', dark: '#56b4e9', shape: 'circle' },
  threshold: { light: '#b36200', dark: '#f0a93b', shape: 'rectRot' },
  topk: { light: '#00795a', dark: '#2fc79a', shape: 'rect' },
  transkimmer: { light: '#a2277f', dark: '#ee8fca', shape: 'triangle' },
  graph: { light: '#8a5a00', dark: '#d8b25c', shape: 'rectRounded' },
  peer: { light: '#5b5f97', dark: '#b8b8ff', shape: 'cross' },
} as const satisfies Readonly<Record<string, Look>>;

/** For methods that nobody has chosen a look for: those of files, and new ones. */
export const SPARE_LOOKS: readonly Look[] = [
  { light: '#c0302b', dark: '#ff8a80', shape: 'rectRounded' },
  { light: '#6a3fb5', dark: '#b89cf5', shape: 'triangle' },
  { light: '#4b7a12', dark: '#a5d65a', shape: 'rectRot' },
  { light: '#007a8a', dark: '#4fd3e0', shape: 'rect' },
  { light: '#7a4b3a', dark: '#d7a78f', shape: 'circle' },
  { light: '#3b5b78', dark: '#9fc0dc', shape: 'cross' },
];

/** The spare look that a name leads to, so that the method looks alike in all reports. */
export function spareOf(method: string): number {
  return Number.parseInt(sha256Hex(method).slice(0, 8), 16) % SPARE_LOOKS.length;
}

/** Whether somebody has chosen a look for the method. */
export function hasLook(method: string): boolean {
  return Object.hasOwn(METHOD_LOOK, method);
}

/** How a page or a picture is coloured, apart from the series. */
export interface Theme {
  readonly name: 'light' | 'dark';
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly background: string;
  /** Fill of the noise-floor band. */
  readonly band: string;
  readonly font: string;
  /** Colour of each series role: a method, an operator class or a part of the costs. */
  readonly colors: Readonly<Record<string, string>>;
  /** Shape of a method's points. */
  readonly shapes: Readonly<Record<string, string>>;
}

const CLASS_COLORS: Readonly<Record<OperatorClass, Color>> = {
  linear: { light: '#4477aa', dark: '#6f9fd0' },
  attention: { light: '#cc5566', dark: '#f08090' },
  elementwise: { light: '#9a8a1f', dark: '#d6c454' },
  selection: { light: '#7a4a9a', dark: '#c39be0' },
  movement: { light: '#2b93ad', dark: '#66ccee' },
  other: { light: '#8c959f', dark: '#b4bcc4' },
};

const COST_COLORS: Readonly<Record<CostPart, Color>> = {
  process: { light: '#8c959f', dark: '#b4bcc4' },
  added: { light: '#2b93ad', dark: '#66ccee' },
  load: { light: '#7a4a9a', dark: '#c39be0' },
  firstCall: { light: '#9a8a1f', dark: '#d6c454' },
};

function colorsOf(name: 'light' | 'dark'): Record<string, string> {
  const looks = Object.entries({ ...METHOD_LOOK, ...CLASS_COLORS, ...COST_COLORS });
  return Object.fromEntries(looks.map(([role, look]) => [role, look[name]]));
}

const SHAPES = Object.fromEntries(Object.entries(METHOD_LOOK).map(([role, { shape }]) => [role, shape]));

const FONT = "'Bench Sans', system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif";

export const LIGHT: Theme = {
  name: 'light',
  text: '#1f2328',
  muted: '#57606a',
  grid: '#d8dee4',
  background: '#ffffff',
  band: 'rgba(110, 119, 129, 0.18)',
  font: FONT,
  colors: colorsOf('light'),
  shapes: SHAPES,
};

export const DARK: Theme = {
  name: 'dark',
  text: '#e6edf3',
  muted: '#9da7b1',
  grid: '#343b44',
  background: '#0f1419',
  band: 'rgba(157, 167, 177, 0.20)',
  font: FONT,
  colors: colorsOf('dark'),
  shapes: SHAPES,
};

/**
 * The theme with looks for those roles of the charts that have none: each the spare one that its name leads to, or the next
 * that is free, so that two methods of a report do not look alike.
 */
export function withSpareLooks(theme: Theme, specs: readonly Pick<ChartSpec, 'series'>[]): Theme {
  const roles = specs.flatMap(({ series }) => series.map(({ role }) => role));
  const free = new Set(SPARE_LOOKS.keys());
  const strange = [...new Set(roles)].filter((role) => theme.colors[role] === undefined).sort();
  const looks = strange.map((role): [string, Look] => {
    const wanted = spareOf(role);
    const inTurn = SPARE_LOOKS.map((_, step) => (wanted + step) % SPARE_LOOKS.length);
    const place = inTurn.find((one) => free.has(one)) ?? wanted;
    free.delete(place);
    return [role, SPARE_LOOKS[place] ?? METHOD_LOOK.graph];
  });
  const part = (field: 'light' | 'dark' | 'shape'): Record<string, string> =>
    Object.fromEntries(looks.map(([role, look]) => [role, look[field]]));
  return {
    ...theme,
    colors: { ...theme.colors, ...part(theme.name) },
    shapes: { ...theme.shapes, ...part('shape') },
  };
}
