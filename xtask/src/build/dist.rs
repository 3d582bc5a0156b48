//! The files that browsers may ask for, collected in memory and written as the folder the server embeds.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::stamp::{self, Inputs};

/// Hexadecimal digits of the content's hash in a name: 64 bits, enough to never meet twice.
const NAME_HASH: usize = 16;

/// The folder of files that are named by their content.
const ASSETS: &str = "assets/";

/// When a browser needs a file; this decides the budget it counts against.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Use {
    /// Before anything of the app can be seen; kept for use without the net.
    FirstPaint,
    /// Besides, before the page can be seen to which an invitation or a set-up link leads; kept too.
    FirstPaintByLink,
    /// The same, but kept only by who was shown it: what begins with a link needs the net.
    OnlyByLink,
    /// Later, but also without the net.
    Precached,
    /// With the net; an asset is kept from when it was first shown.
    OnDemand,
}

impl Use {
    /// Whether everybody keeps it for use without the net.
    pub(crate) const fn is_kept(self) -> bool {
        match self {
            Self::FirstPaint | Self::FirstPaintByLink | Self::Precached => true,
            Self::OnlyByLink | Self::OnDemand => false,
        }
    }
}

/// One file of the app.
pub(super) struct DistFile {
    /// Relative to the origin, without a leading slash.
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
    pub(super) usage: Use,
}

#[derive(Default)]
pub(super) struct Dist {
    files: Vec<DistFile>,
}

impl Dist {
    /// Adds a file under its own name.
    pub(super) fn add(&mut self, path: &str, bytes: Vec<u8>, usage: Use) {
        self.files.push(DistFile { path: path.to_owned(), bytes, usage });
    }

    /// Adds a file under `/assets/`, named by its content; gives back its address.
    pub(super) fn add_asset(&mut self, stem: &str, extension: &str, bytes: Vec<u8>, usage: Use) -> String {
        let hash = stamp::sha256(&bytes);
        self.add_named(&format!("{stem}.{}.{extension}", &hash[..NAME_HASH]), bytes, usage)
    }

    /// Adds a file under `/assets/` whose name already carries a hash of its content; gives back its address.
    pub(super) fn add_named(&mut self, name: &str, bytes: Vec<u8>, usage: Use) -> String {
        let path = format!("{ASSETS}{name}");
        self.add(&path, bytes, usage);
        format!("/{path}")
    }

    pub(super) fn files(&self) -> &[DistFile] {
        &self.files
    }

    /// The name of this build: a hash over all files so far and what the rest will be made of.
    pub(super) fn build_id(&self, more: &[&[u8]]) -> String {
        let files = self.files.iter().fold(Inputs::new(), |sum, file| sum.add(&file.path).add(&file.bytes));
        let all = more.iter().fold(files, |sum, bytes| sum.add(bytes));
        all.hash()[..NAME_HASH].to_owned()
    }

    /// Address → integrity of all that must work without the net. The page itself is kept under `/`.
    pub(super) fn precache(&self) -> BTreeMap<String, String> {
        let kept = self.files.iter().filter(|file| file.usage.is_kept());
        kept.map(|file| (address(&file.path), integrity(&file.bytes))).collect()
    }

    /// The same of what is kept by whoever was shown it: its name says what is in it.
    pub(super) fn kept_when_shown(&self) -> BTreeMap<String, String> {
        let assets = self.files.iter().filter(|file| !file.usage.is_kept() && file.path.starts_with(ASSETS));
        assets.map(|file| (address(&file.path), integrity(&file.bytes))).collect()
    }

    /// Makes `folder` hold exactly these files; one that is already right is not touched, so that what embeds it need
    /// not be rebuilt.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        for file in &self.files {
            write_if_changed(&folder.join(&file.path), &file.bytes)?;
        }
        for entry in walkdir::WalkDir::new(folder) {
            let entry = entry?;
            if entry.file_type().is_file() && !self.wants(entry.path().strip_prefix(folder)?) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// One of the files, or the compressed copy of one.
    fn wants(&self, path: &Path) -> bool {
        let plain = if path.extension().is_some_and(|extension| extension == "br") {
            path.with_extension("")
        } else {
            path.to_owned()
        };
        self.files.iter().any(|file| Path::new(&file.path) == plain)
    }
}

pub(super) fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes).with_context(|| format!("could not write {}", path.display()))
}

fn address(path: &str) -> String {
    if path == "index.html" { "/".to_owned() } else { format!("/{path}") }
}

/// As in the `integrity` attribute: <https://www.w3.org/TR/SRI/>.
fn integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use super::{Dist, Use};

    #[test]
    fn the_page_is_kept_under_its_address_and_what_needs_the_net_is_not_kept() {
        let mut dist = Dist::default();
        dist.add("index.html", b"page".to_vec(), Use::FirstPaint);
        dist.add("icons/icon-512.png", b"icon".to_vec(), Use::OnDemand);
        let address = dist.add_asset("ui", "js", b"script".to_vec(), Use::Precached);
        assert_eq!(dist.precache().into_keys().collect::<Vec<_>>(), ["/".to_owned(), address]);
        let sample = dist.add_asset("sample", "wasm", b"hamlet".to_vec(), Use::OnDemand);
        assert_eq!(dist.kept_when_shown().into_keys().collect::<Vec<_>>(), [sample]);
    }

    #[test]
    fn writing_leaves_exactly_these_files_and_their_compressed_copies() {
        let folder = std::env::temp_dir().join(format!("grend-dist-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("temporary folder");
        for name in ["old.js", "old.js.br", "new.js.br"] {
            std::fs::write(folder.join(name), name).expect("temporary file");
        }
        let mut dist = Dist::default();
        dist.add("new.js", b"new".to_vec(), Use::Precached);
        dist.write(&folder).expect("writes");
        let mut left: Vec<_> = std::fs::read_dir(&folder)
            .expect("temporary folder")
            .map(|entry| entry.expect("entry").file_name().into_string().expect("UTF-8"))
            .collect();
        left.sort();
        std::fs::remove_dir_all(&folder).expect("temporary folder");
        assert_eq!(left, ["new.js", "new.js.br"]);
    }
}
