//! The suites that need browsers, in one program: what one test leaves of the machine's cores another takes, and there
//! is one program to link.

mod access;
mod blind;
mod devices;
mod durability;
mod home;
mod hostile;
mod install;
mod journey;
mod loading;
mod members;
mod mending;
mod refusals;
mod restored;
mod sample;
mod storage;
mod update;
