//! What was on the screen last time, read from the encrypted store before the engine has loaded anything.

use grend_shared::projection::Room;

/// The stored projections; none on a new device, or where they cannot be read (the engine then says why).
pub(crate) async fn stored_rooms() -> Vec<Room> {
    grend_store::screen::stored_rooms().await
}
