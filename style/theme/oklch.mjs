// The little colour science that the theme needs: OKLCH to sRGB (Ottosson 2020) and WCAG 2.2 contrast.

// An in-gamut "#rrggbb". Where the wished chroma does not exist at this lightness, it is lowered until it does.
export function oklch(lightness, chroma, hue) {
  for (let c = chroma; c > 0; c -= 0.002) {
    const channels = linear(lightness, c, hue);
    if (channels.every((v) => v >= -0.0005 && v <= 1.0005)) return hex(channels);
  }
  return hex(linear(lightness, 0, hue));
}

// Relative luminance contrast of two "#rrggbb", from 1 to 21.
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function linear(lightness, chroma, hue) {
  const angle = (hue * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function hex(channels) {
  const encode = (v) => (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);
  const byte = (v) => Math.round(255 * Math.min(1, Math.max(0, encode(Math.min(1, Math.max(0, v))))));
  return `#${channels.map((v) => byte(v).toString(16).padStart(2, "0")).join("")}`;
}

function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const v = parseInt(colour.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
