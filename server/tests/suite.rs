//! The relay's tests. Folders mirror what is tested: `sync` the frames of `/sync`, one file for each; `http` the other
//! routes; `storage` the conformance suite; `process` the real binary, killed and stopped.

mod common;
mod http;
mod process;
mod storage;
mod sync;
