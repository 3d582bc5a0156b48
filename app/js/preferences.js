// Language and colours as chosen on this device, read before the first paint. The app writes them with gloo-storage,
// which keeps JSON; nothing chosen means what the browser asks for.

const LANGUAGES = ["nb", "nn", "en"];
const SCHEMES = ["auto", "light", "dark"];

export function applyPreferences() {
  const root = document.documentElement;
  root.lang = language();
  root.dataset.colorScheme = stored("grend.colour_scheme", SCHEMES) ?? "auto";
}

// The language to speak: nb, nn or en.
export function language() {
  return stored("grend.language", LANGUAGES) ?? navigator.languages.map(ours).find(Boolean) ?? "nb";
}

// "no" is what some phones say for bokmål. Neighbours read bokmål more easily than English.
function ours(tag) {
  const primary = tag.toLowerCase().split("-")[0];
  if (["nb", "no", "da", "sv"].includes(primary)) return "nb";
  return LANGUAGES.find((known) => known === primary);
}

function stored(key, allowed) {
  try {
    const value = JSON.parse(localStorage.getItem(key));
    return allowed.includes(value) ? value : undefined;
  } catch {
    // Storage may be closed to us, or hold what somebody else wrote: then there is no choice to follow.
    return undefined;
  }
}
