//! The store key and the WebCrypto key that wraps it. The wrapping key cannot be exported: whoever copies single values
//! out of the browser has nothing; whoever copies the whole disk has.

use grend_shared::secret::{Secret, SecretBytes};
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Crypto, CryptoKey, IdbRequest, SubtleCrypto};

use crate::{
    database::{Database, Mode, Refusal, Transaction},
    sealing::{StoreKey, random},
};

const WRAPPING: &str = "key/wrapping";
const STORE: &str = "key/store";
const IV_LEN: usize = 12;

/// The keys as a transaction reads them.
pub(crate) struct Reading {
    wrapping: IdbRequest,
    wrapped: IdbRequest,
}

impl Reading {
    /// Queues the reading.
    pub(crate) fn queue(reading: &Transaction) -> Result<Self, Refusal> {
        let get = |key: &str| reading.records().get(&key.into());
        Ok(Self { wrapping: get(WRAPPING)?, wrapped: get(STORE)? })
    }

    /// The store key, if one has been made. Call when the transaction is complete.
    pub(crate) async fn key(self) -> Result<Option<StoreKey>, Refusal> {
        let (wrapping, wrapped) = (self.wrapping.result()?, self.wrapped.result()?);
        if wrapping.is_undefined() || wrapped.is_undefined() {
            return Ok(None);
        }
        unwrap(&wrapping.unchecked_into(), &Uint8Array::new(&wrapped).to_vec()).await.map(Some)
    }
}

/// The store key, if one has been made.
async fn find(database: &Database) -> Result<Option<StoreKey>, Refusal> {
    let transaction = database.begin(Mode::Read)?;
    let reading = Reading::queue(&transaction)?;
    transaction.committed().await?;
    reading.key().await
}

/// The store key; makes one if there is none. Screen and worker may both try at once: whoever comes second uses what
/// the first has made.
pub(crate) async fn find_or_make(database: &Database) -> Result<StoreKey, Refusal> {
    if let Some(key) = find(database).await? {
        return Ok(key);
    }
    let wrapping = make_wrapping_key().await?;
    let key = Secret::new(random::<{ StoreKey::LEN }>());
    let wrapped = wrap(&wrapping, &key).await?;
    let writing = database.begin(Mode::Write)?;
    // `add` ends the transaction with an error if the record is there.
    writing.records().add_with_key(&wrapping, &WRAPPING.into())?;
    writing.records().add_with_key(&Uint8Array::from(wrapped.as_slice()), &STORE.into())?;
    match writing.committed().await {
        Ok(()) => Ok(StoreKey::new(&key)),
        Err(refusal) if refusal.is_taken() => find(database).await?.ok_or(refusal),
        Err(refusal) => Err(refusal),
    }
}

async fn make_wrapping_key() -> Result<CryptoKey, Refusal> {
    let algorithm = object(&[("name", "AES-GCM".into()), ("length", 256.into())])?;
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    let made = subtle()?.generate_key_with_object(&algorithm, false, &usages)?;
    Ok(JsFuture::from(made).await?.unchecked_into())
}

async fn wrap(wrapping: &CryptoKey, key: &Secret<{ StoreKey::LEN }>) -> Result<Vec<u8>, Refusal> {
    let iv: [u8; IV_LEN] = random();
    let sealed = subtle()?.encrypt_with_object_and_u8_array(&aes_gcm(&iv)?, wrapping, key.expose())?;
    let sealed = Uint8Array::new(&JsFuture::from(sealed).await?).to_vec();
    Ok([iv.as_slice(), &sealed].concat())
}

async fn unwrap(wrapping: &CryptoKey, wrapped: &[u8]) -> Result<StoreKey, Refusal> {
    let broken = || Refusal("OperationError".to_owned());
    let (iv, sealed) = wrapped.split_first_chunk::<IV_LEN>().ok_or_else(broken)?;
    let opened = subtle()?.decrypt_with_object_and_u8_array(&aes_gcm(iv)?, wrapping, sealed)?;
    let opened = SecretBytes::from(Uint8Array::new(&JsFuture::from(opened).await?).to_vec());
    Ok(StoreKey::new(&Secret::new(opened.expose().try_into().map_err(|_| broken())?)))
}

fn aes_gcm(iv: &[u8; IV_LEN]) -> Result<Object, Refusal> {
    let bytes = |bytes: &[u8]| JsValue::from(Uint8Array::from(bytes));
    object(&[("name", "AES-GCM".into()), ("iv", bytes(iv)), ("additionalData", bytes(STORE.as_bytes()))])
}

fn object(fields: &[(&str, JsValue)]) -> Result<Object, Refusal> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object)
}

/// Not there on pages that did not come over https.
fn subtle() -> Result<SubtleCrypto, Refusal> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into())?.unchecked_into::<Crypto>();
    let subtle = Reflect::get(&crypto, &"subtle".into())?;
    subtle.dyn_into().map_err(|_| Refusal("SecurityError".to_owned()))
}
