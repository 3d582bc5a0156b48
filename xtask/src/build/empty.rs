//! The empty page beside which the app is measured: built, made small and compressed as the app is.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::json;

use super::dist::{Dist, Use};
use super::esbuild::{Esbuild, Format};
use super::{Quality, compress, wasm};
use crate::workspace::Workspace;

/// The page: it fetches its Wasm at once, as the app's does.
const PAGE: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Empty</title>
<link rel=\"preload\" href=\"{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>
<script type=\"module\" src=\"{js}\"></script>
</html>
";

/// Builds it into `target/empty` and gives back that folder.
pub(super) fn build(workspace: &Workspace) -> Result<PathBuf> {
    let built = wasm::build(workspace, Quality::Release, &wasm::EMPTY)?;
    let mut dist = Dist::default();
    let wasm = dist.add_asset("empty", "wasm", built.wasm, Use::FirstPaint);
    let script = Esbuild::new(workspace).script(
        &workspace.path("tests/empty/start.js"),
        Format::Module,
        &[("EMPTY_WASM", json!(wasm))],
        &[("grend-empty", &built.script)],
    )?;
    let js = dist.add_asset("empty", "js", script, Use::FirstPaint);
    let page = PAGE.replace("{wasm}", &wasm).replace("{js}", &js);
    dist.add("index.html", page.into_bytes(), Use::FirstPaint);
    let folder = workspace.target().join("empty");
    dist.write(&folder)?;
    compress::write_beside(workspace, &folder, Quality::Release, &dist)?;
    Ok(folder)
}
