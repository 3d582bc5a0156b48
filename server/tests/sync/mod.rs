//! `/sync`, frame by frame.

mod begin;
mod content;
mod disk;
mod limits;
mod live;
mod malformed;
mod membership;
mod open;
mod peek;
mod refound;
mod removal;
mod restart;
mod restored;
mod seen;
mod sign_in;
