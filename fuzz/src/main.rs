//! What `cargo xtask soak` runs: with `--cfg fuzzing` libFuzzer's entry, else the keeper of what it finds.
#![cfg_attr(fuzzing, no_main)]

// `GREND_FUZZ` says which target.
#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(
    init: chosen().warm_up(),
    |input: &[u8]| chosen().check(input)
);

#[cfg(fuzzing)]
fn chosen() -> &'static grend_fuzz::Target {
    use std::sync::LazyLock;
    static CHOSEN: LazyLock<&grend_fuzz::Target> = LazyLock::new(|| {
        let name = std::env::var("GREND_FUZZ").expect("GREND_FUZZ names a target");
        grend_fuzz::Target::named(&name).expect("a target of this name")
    });
    *CHOSEN
}

/// `grend-fuzz names`, `grend-fuzz lay-out TARGET FOLDER` and `grend-fuzz keep TARGET FOLDER`.
#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    use grend_fuzz::{TARGETS, Target, corpus};
    use std::{fs, io::Write as _};
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let target = |name| Target::named(name).ok_or_else(|| std::io::Error::other(format!("no target {name}")));
    match arguments.as_slice() {
        ["names"] => {
            let names = TARGETS.map(|target| target.name).join("\n");
            writeln!(std::io::stdout(), "{names}")
        }
        ["lay-out", name, folder] => {
            fs::create_dir_all(folder)?;
            let inputs = corpus::of(target(name)?);
            inputs.iter().enumerate().try_for_each(|(at, input)| fs::write(format!("{folder}/known-{at}"), input))
        }
        ["keep", name, folder] => {
            let found = fs::read_dir(folder)?.map(|file| fs::read(file?.path())).collect::<Result<Vec<_>, _>>()?;
            corpus::keep(target(name)?, found)
        }
        _ => Err(std::io::Error::other("names, lay-out TARGET FOLDER or keep TARGET FOLDER")),
    }
}
