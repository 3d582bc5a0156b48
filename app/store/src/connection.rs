//! A database together with its key.

use crate::{
    database::{Database, Refusal},
    keys,
    sealing::StoreKey,
};

pub(crate) struct Connection {
    pub(crate) database: Database,
    pub(crate) key: StoreKey,
}

impl Connection {
    /// Opens what there is, or makes it.
    pub(crate) async fn open() -> Result<Self, Refusal> {
        let database = Database::open().await?;
        let key = keys::find_or_make(&database).await?;
        Ok(Self { database, key })
    }

    /// Opens what there is; makes no key. Without one there is nothing to read.
    pub(crate) async fn open_existing() -> Result<Option<Self>, Refusal> {
        let database = Database::open().await?;
        let key = keys::find(&database).await?;
        Ok(key.map(|key| Self { database, key }))
    }
}
