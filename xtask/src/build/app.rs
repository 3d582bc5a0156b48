//! The order in which the app is put together. What is named by its hash comes before what names it: Wasm, then its
//! script, then the boot script, then the page, and last the service worker with the list of all.

use anyhow::{Result, ensure};
use serde_json::json;

use super::dist::{Dist, Use};
use super::esbuild::{Esbuild, Format};
use super::sizes::FileSize;
use super::{Quality, compress, page, wasm};
use crate::progress::Progress;
use crate::workspace::{VERSION, Workspace};

/// Builds `target/dist` and tells how large each file became.
pub(super) fn build(workspace: &Workspace, quality: Quality, progress: &mut Progress) -> Result<Vec<FileSize>> {
    let ui = progress.step("UI: Wasm", || wasm::build(workspace, quality, &wasm::UI))?;
    let engine = progress.step("Engine: Wasm", || wasm::build(workspace, quality, &wasm::ENGINE))?;
    progress.step("Style, scripts and page", || {
        let mut dist = Dist::default();
        let links = add_assets(workspace, &mut dist, &ui, &engine)?;
        add_page(workspace, &mut dist, &links)?;
        dist.write(&workspace.dist())?;
        compress::write_beside(workspace, &workspace.dist(), quality, &dist)
    })
}

/// The addresses the page names.
struct Links {
    css: String,
    fonts: Vec<String>,
    boot: String,
    ui_js: String,
    ui_wasm: String,
}

/// Everything that goes under `/assets/`, named by its hash.
fn add_assets(workspace: &Workspace, dist: &mut Dist, ui: &wasm::Built, engine: &wasm::Built) -> Result<Links> {
    let esbuild = Esbuild::new(workspace);

    let style = esbuild.css(&workspace.path("style/src/main.css"))?;
    let mut fonts = Vec::new();
    for file in style.files {
        // Letters that few names have are kept by whoever has been shown one.
        let usage = if page::in_first_paint(&file.name) { Use::FirstPaint } else { Use::OnDemand };
        let url = dist.add_named(&file.name, file.bytes, usage);
        if usage == Use::FirstPaint {
            fonts.push(url);
        }
    }
    let css = dist.add_asset("style", "css", style.css, Use::FirstPaint);

    let ui_wasm = dist.add_asset("ui", "wasm", ui.wasm.clone(), Use::FirstPaint);
    let ui_js = esbuild.script(&ui.script, Format::Module, &[], &[])?;
    let ui_js = add_later(dist, ui_js, ui, |module| match module {
        "joining" => Use::OnlyByLink,
        // What several modules share.
        chunk if chunk.starts_with("chunk_") => Use::FirstPaintByLink,
        _ => Use::Precached,
    })?;
    let ui_js = dist.add_asset("ui", "js", ui_js, Use::FirstPaint);

    let engine_wasm = dist.add_asset("engine", "wasm", engine.wasm.clone(), Use::Precached);
    let worker = esbuild.script(
        &workspace.path("app/js/engine-worker.js"),
        Format::Module,
        &[("GREND_ENGINE_WASM", json!(engine_wasm))],
        &[("grend-engine", &engine.script)],
    )?;
    // Only who has shown the sample hamlet keeps it.
    let worker = add_later(dist, worker, engine, |_| Use::OnDemand)?;
    let worker = dist.add_asset("engine", "js", worker, Use::Precached);

    let boot = esbuild.script(
        &workspace.path("app/js/boot.js"),
        Format::Classic,
        &[
            ("GREND_VERSION", json!(VERSION)),
            ("GREND_UI_JS", json!(ui_js)),
            ("GREND_UI_WASM", json!(ui_wasm)),
            ("GREND_ENGINE_WORKER", json!(worker)),
        ],
        &[],
    )?;
    let boot = dist.add_asset("boot", "js", boot, Use::FirstPaint);
    Ok(Links { css, fonts, boot, ui_js, ui_wasm })
}

/// Adds the modules that a script loads later; gives back the script with their addresses in it.
fn add_later(dist: &mut Dist, script: Vec<u8>, built: &wasm::Built, usage: impl Fn(&str) -> Use) -> Result<Vec<u8>> {
    let mut script = String::from_utf8(script)?;
    for module in &built.later {
        let url = dist.add_asset(&module.name, "wasm", module.wasm.clone(), usage(&module.name));
        let written = format!("./{}", module.file);
        ensure!(script.contains(&written), "the script does not load {written}");
        script = script.replace(&written, &url);
    }
    let unserved = script.split('"').find(|text| text.starts_with("./") && text.ends_with(".wasm"));
    ensure!(unserved.is_none(), "a script loads {unserved:?}, which is not served");
    Ok(script.into_bytes())
}

/// What keeps its name: the page, its icons and manifest, the service worker and the version.
fn add_page(workspace: &Workspace, dist: &mut Dist, links: &Links) -> Result<()> {
    page::add_manifest_and_icons(workspace, dist)?;
    let template = page::Template::read(&workspace.path("app/index.html"))?;
    let worker = workspace.path("app/sw.js");
    let build = dist.build_id(&[template.bytes(), &std::fs::read(&worker)?]);

    let fonts: String = links.fonts.iter().map(|url| page::font_preload(url)).collect();
    let html = template.fill(&[
        ("build", &build),
        ("css", &links.css),
        ("font_preloads", &fonts),
        ("boot", &links.boot),
        ("ui_js", &links.ui_js),
        ("ui_wasm", &links.ui_wasm),
    ])?;
    dist.add("index.html", html.into_bytes(), Use::FirstPaint);

    let (precache, later) = (dist.precache(), dist.kept_when_shown());
    let script = Esbuild::new(workspace).script(
        &worker,
        Format::Classic,
        &[("GREND_BUILD", json!(build)), ("GREND_PRECACHE", json!(precache)), ("GREND_LATER", json!(later))],
        &[],
    )?;
    dist.add("sw.js", script, Use::OnDemand);
    let version = json!({ "version": VERSION, "build": build });
    dist.add("version.json", format!("{version}\n").into_bytes(), Use::OnDemand);
    Ok(())
}
