//! What was on the screen last time, read from the encrypted store before the engine has loaded anything.

use grend_shared::projection::Room;

/// The stored projections; none on a new device, or where they cannot be read (the engine then says why).
#[expect(clippy::unused_async, reason = "the store, which is being written, reads IndexedDB")]
pub(crate) async fn stored_rooms() -> Vec<Room> {
    Vec::new()
}
