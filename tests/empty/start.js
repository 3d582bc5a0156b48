import init from "grend-empty";

init({ module_or_path: EMPTY_WASM });
