// Grend's colours: spruce, paper, window light and berry, as Designsystemet's tokens for day and night.
//
// Each family is one hue with a chroma; the sixteen steps have the same lightness in every family, so that contrast
// holds whichever is used. What identity demands exactly (the spruce, the paper, the window) is set by name.

import { oklch } from "./oklch.mjs";

// [token, lightness by day, by night, share of the family's chroma by day, by night]
const STEPS = [
  ["background-default", 0.985, 0.2, 0.1, 0.2],
  ["background-tinted", 0.965, 0.225, 0.16, 0.22],
  ["surface-default", 0.995, 0.255, 0.05, 0.24],
  ["surface-tinted", 0.95, 0.295, 0.22, 0.3],
  ["surface-hover", 0.92, 0.335, 0.32, 0.36],
  ["surface-active", 0.885, 0.375, 0.42, 0.42],
  ["border-subtle", 0.9, 0.36, 0.3, 0.45],
  ["border-default", 0.6, 0.62, 0.8, 0.7],
  ["border-strong", 0.47, 0.78, 1, 0.7],
  ["text-subtle", 0.44, 0.8, 1, 0.6],
  ["text-default", 0.28, 0.95, 0.7, 0.25],
  ["base-default", 0.42, 0.8, 1, 0.8],
  ["base-hover", 0.36, 0.85, 1, 0.75],
  ["base-active", 0.3, 0.89, 0.9, 0.7],
  ["base-contrast-subtle", 0.94, 0.3, 0.3, 0.6],
  ["base-contrast-default", 1, 0.2, 0, 0.5],
];

const FAMILIES = {
  accent: { hue: 168, chroma: 0.065 },
  neutral: { hue: 165, chroma: 0.022 },
  window: { hue: 82, chroma: 0.13 },
  success: { hue: 152, chroma: 0.09 },
  warning: { hue: 72, chroma: 0.1 },
  danger: { hue: 5, chroma: 0.15 },
  info: { hue: 238, chroma: 0.09 },
};

const BY_NAME = {
  light: {
    "accent-base-default": "#1f4a3d",
    "accent-base-hover": "#2a5c4c",
    "accent-base-active": "#173a2f",
    "accent-text-subtle": "#2b5f4f",
    "accent-surface-tinted": "#e7f0e9",
    "accent-surface-hover": "#dae7de",
    "accent-surface-active": "#ccddd2",
    "neutral-background-default": "#faf7f0",
    "neutral-background-tinted": "#f3efe4",
    "neutral-surface-default": "#fffefb",
    "neutral-surface-tinted": "#f1eee5",
    "neutral-surface-hover": "#e9e6dc",
    "neutral-surface-active": "#dfdcd1",
    "neutral-border-subtle": "#e4e1d7",
    "neutral-border-default": "#7f8983",
    "neutral-border-strong": "#59655f",
    "neutral-text-subtle": "#53605a",
    "neutral-text-default": "#1d2724",
    "window-base-default": "#ffcf5c",
    "window-base-hover": "#ffc641",
    "window-base-active": "#f5b82e",
    "window-base-contrast-default": "#3f2a00",
    "window-base-contrast-subtle": "#5a3d00",
    "window-surface-tinted": "#fff4d9",
    "window-surface-hover": "#ffebbd",
    "window-surface-active": "#ffe2a0",
    "danger-surface-tinted": "#fae8eb",
    "danger-base-default": "#9c2f4b",
    "danger-base-hover": "#84243d",
    "danger-base-active": "#6d1b31",
  },
  dark: {
    "accent-surface-tinted": "#22382f",
    "accent-surface-hover": "#2b443a",
    "accent-surface-active": "#355146",
    "danger-base-default": "#e893a8",
    "danger-base-hover": "#efa8b9",
    "danger-base-active": "#f4bccb",
    "neutral-background-default": "#101b17",
    "neutral-background-tinted": "#15221d",
    "neutral-surface-default": "#1a2823",
    "neutral-surface-tinted": "#22322c",
    "neutral-surface-hover": "#2a3c35",
    "neutral-surface-active": "#33473f",
    "neutral-border-subtle": "#2d3e37",
    "neutral-border-default": "#7b8d85",
    "neutral-border-strong": "#a9b8b1",
    "neutral-text-subtle": "#b3c0ba",
    "neutral-text-default": "#f2efe6",
    "window-base-default": "#ffcf5c",
    "window-base-hover": "#ffd877",
    "window-base-active": "#ffe29a",
    "window-base-contrast-default": "#2e1f00",
    "window-base-contrast-subtle": "#4a3300",
    "window-surface-tinted": "#3a311a",
    "window-surface-hover": "#483c1e",
    "window-surface-active": "#564823",
  },
};

// What lies outside Designsystemet's families: focus, visited links, and the side bar, which is dark by day too.
const ALONE = {
  light: {
    "--ds-color-focus-inner": "#ffffff",
    "--ds-color-focus-outer": "#12342b",
    "--ds-link-color-visited": "#5c4a80",
    "--g-side": "#1f4a3d",
    "--g-side-text": "#f4f1e8",
    "--g-side-text-subtle": "#c6d5cd",
    "--g-side-on": "#3a6254",
  },
  dark: {
    "--ds-color-focus-inner": "#101b17",
    "--ds-color-focus-outer": "#ffd877",
    "--ds-link-color-visited": "#c3b3dd",
    "--g-side": "#0b1411",
    "--g-side-text": "#f2efe6",
    "--g-side-text-subtle": "#a9b8b1",
    "--g-side-on": "#22322c",
  },
};

export const SCHEMES = ["light", "dark"];
export const FAMILY_NAMES = Object.keys(FAMILIES);
export const STEP_NAMES = STEPS.map(([name]) => name);

// Every colour of a scheme as { "--ds-color-accent-base-default": "#1f4a3d", … }.
export function colours(scheme) {
  const night = scheme === "dark";
  const all = {};
  for (const [family, { hue, chroma }] of Object.entries(FAMILIES)) {
    for (const [step, day, dark, share, shareDark] of STEPS) {
      const drawn = oklch(night ? dark : day, chroma * (night ? shareDark : share), hue);
      all[`--ds-color-${family}-${step}`] = BY_NAME[scheme][`${family}-${step}`] ?? drawn;
    }
  }
  return { ...all, ...ALONE[scheme] };
}
