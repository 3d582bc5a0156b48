//! Makes sure the folder of the built app exists, so that the relay compiles without it, and is built again when it
//! changes.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/dist");
    fs::create_dir_all(&dist)?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../target/dist");
    Ok(())
}
