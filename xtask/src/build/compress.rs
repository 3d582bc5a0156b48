//! Brotli copies beside the files, kept between builds by the hash of what they compress.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Result, anyhow};

use super::Quality;
use super::dist::{Dist, DistFile, write_if_changed};
use super::sizes::FileSize;
use crate::stamp;
use crate::workspace::Workspace;

/// What is not compressed already by its own format.
const COMPRESSIBLE: [&str; 7] = ["css", "html", "js", "json", "svg", "wasm", "webmanifest"];

/// The largest window every browser accepts: 16 MiB.
const WINDOW_BITS: u32 = 24;

/// Writes a `.br` beside each file in `folder` that gains from it and tells the sizes.
pub(super) fn write_beside(
    workspace: &Workspace,
    folder: &Path,
    quality: Quality,
    dist: &Dist,
) -> Result<Vec<FileSize>> {
    let level = match quality {
        Quality::Fast => 4,
        Quality::Release => 11,
    };
    let kept = Kept {
        folder: workspace.scratch().join(format!("brotli-{level}")).join(folder.file_name().unwrap_or_default()),
        level,
    };
    fs::create_dir_all(&kept.folder)?;

    let compressed = compress_all(dist.files(), &kept)?;
    let mut sizes = Vec::new();
    for (file, compressed) in dist.files().iter().zip(compressed) {
        let beside = folder.join(format!("{}.br", file.path));
        match &compressed {
            Some(bytes) => write_if_changed(&beside, bytes)?,
            None if beside.exists() => fs::remove_file(&beside)?,
            None => {}
        }
        sizes.push(FileSize::new(file, compressed.as_deref()));
    }
    kept.forget_all_but(dist.files())?;
    Ok(sizes)
}

/// On a thread for each file: the two Wasm files take nearly all of the time.
fn compress_all(files: &[DistFile], kept: &Kept) -> Result<Vec<Option<Vec<u8>>>> {
    thread::scope(|scope| {
        let tasks: Vec<_> = files.iter().map(|file| scope.spawn(|| kept.compress(file))).collect();
        tasks.into_iter().map(|task| task.join().map_err(|_| anyhow!("compressing panicked"))?).collect()
    })
}

/// Compressed copies of earlier builds.
struct Kept {
    folder: PathBuf,
    level: u32,
}

impl Kept {
    /// Nothing, when the file does not become smaller.
    fn compress(&self, file: &DistFile) -> Result<Option<Vec<u8>>> {
        let extension = Path::new(&file.path).extension().and_then(|extension| extension.to_str());
        if !extension.is_some_and(|extension| COMPRESSIBLE.contains(&extension)) {
            return Ok(None);
        }
        let place = self.folder.join(stamp::sha256(&file.bytes));
        let compressed = match fs::read(&place) {
            Ok(earlier) => earlier,
            Err(_) => {
                let compressed = brotli(&file.bytes, self.level)?;
                fs::write(&place, &compressed)?;
                compressed
            }
        };
        Ok(Some(compressed).filter(|compressed| compressed.len() < file.bytes.len()))
    }

    fn forget_all_but(&self, files: &[DistFile]) -> Result<()> {
        let wanted: HashSet<_> = files.iter().map(|file| stamp::sha256(&file.bytes)).collect();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if !entry.file_name().to_str().is_some_and(|name| wanted.contains(name)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

fn brotli(bytes: &[u8], level: u32) -> Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, level, WINDOW_BITS);
    writer.write_all(bytes)?;
    Ok(writer.into_inner())
}
