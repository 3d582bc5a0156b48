//! A database together with its key.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbRequest;

use crate::{
    database::{Database, Mode, Refusal, Transaction},
    keys,
    sealing::StoreKey,
};

/// Records as a transaction reads them.
pub(crate) struct Sealed {
    keys: IdbRequest,
    values: IdbRequest,
}

impl Sealed {
    /// Queues the reading of a range; all there is if it is undefined.
    pub(crate) fn queue(reading: &Transaction, range: &JsValue) -> Result<Self, Refusal> {
        let records = reading.records();
        Ok(Self { keys: records.get_all_keys_with_key(range)?, values: records.get_all_with_key(range)? })
    }

    /// Keys and sealed values, in ascending order of key. Call when the transaction is complete.
    pub(crate) fn read(self) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
        let (keys, values): (Array, Array) =
            (self.keys.result()?.unchecked_into(), self.values.result()?.unchecked_into());
        let pairs = keys.iter().zip(values.iter());
        Ok(pairs.filter_map(|(key, value)| Some((key.as_string()?, Uint8Array::new(&value).to_vec()))).collect())
    }
}

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

    /// Opens what there is and reads these records, all at once; makes no key. Without one there is nothing to read.
    pub(crate) async fn open_existing(range: &JsValue) -> Result<Option<(Self, Sealed)>, Refusal> {
        let database = Database::open().await?;
        let reading = database.begin(Mode::Read)?;
        let (key, sealed) = (keys::Reading::queue(&reading)?, Sealed::queue(&reading, range)?);
        reading.committed().await?;
        let Some(key) = key.key().await? else { return Ok(None) };
        Ok(Some((Self { database, key }, sealed)))
    }
}
