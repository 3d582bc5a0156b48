//! The page around the app: its template, manifest and icons.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::dist::{Dist, Use};
use crate::workspace::Workspace;

/// Icons a page without the net shows; the others are fetched once, by whoever installs the app.
const OFFLINE_ICONS: [&str; 1] = ["icon-192.png"];

/// A file with places to fill, written as `{{name}}`.
pub(super) struct Template(String);

impl Template {
    pub(super) fn read(path: &Path) -> Result<Self> {
        fs::read_to_string(path).map(Self).with_context(|| format!("could not read {}", path.display()))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Fills every place; a place that is not there or a value without one is an error.
    pub(super) fn fill(&self, values: &[(&str, &str)]) -> Result<String> {
        let mut text = self.0.clone();
        for (name, value) in values {
            let place = format!("{{{{{name}}}}}");
            ensure!(text.contains(&place), "the template has no {place}");
            text = text.replace(&place, value);
        }
        ensure!(!text.contains("{{"), "the template has a place that nothing fills");
        Ok(text)
    }
}

/// Whether the first words a reader sees need this file of the style sheet. Fonts are split by letters; the part with
/// letters that Norwegian and English seldom use has `-ext` in its name.
pub(super) fn in_first_paint(name: &str) -> bool {
    name.ends_with(".woff2") && !name.contains("-ext.")
}

/// Lets a font load beside the style sheet that names it.
pub(super) fn font_preload(url: &str) -> String {
    format!(r#"<link rel="preload" href="{url}" as="font" type="font/woff2" crossorigin>"#)
}

pub(super) fn add_manifest_and_icons(workspace: &Workspace, dist: &mut Dist) -> Result<()> {
    dist.add("manifest.webmanifest", fs::read(workspace.path("app/manifest.webmanifest"))?, Use::Precached);
    let folder = workspace.path("app/icons");
    for entry in walkdir::WalkDir::new(&folder).min_depth(1).max_depth(1).sort_by_file_name() {
        let entry = entry?;
        let name = entry.file_name().to_str().context("an icon has a name that is no text")?;
        let usage = if OFFLINE_ICONS.contains(&name) { Use::Precached } else { Use::OnDemand };
        if name.ends_with(".svg") || name.ends_with(".png") {
            dist.add(&format!("icons/{name}"), fs::read(entry.path())?, usage);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn every_place_is_filled_or_the_build_fails() {
        let template = Template("<a href=\"{{link}}\">{{link}}</a>".to_owned());
        assert_eq!(template.fill(&[("link", "/x")]).expect("fits"), "<a href=\"/x\">/x</a>");
        assert!(template.fill(&[]).is_err(), "a place is left");
        assert!(template.fill(&[("link", "/x"), ("more", "y")]).is_err(), "a value has no place");
    }
}
