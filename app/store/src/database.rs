//! IndexedDB as futures. A transaction closes by itself as soon as nothing is queued in it, so everything here queues
//! first and waits afterwards. web-sys has neither `durability` nor promises of requests; crate `idb` brings tokio and
//! loses the reason of an abort.

use std::{cell::Cell, rc::Rc};

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction};

const DATABASE: &str = "grend";
const VERSION: u32 = 1;
const OBJECT_STORE: &str = "kv";

/// What a transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Read.
    Read,
    /// Read and write; complete only when the disk has it.
    Write,
}

/// Why the database did not do what it was asked: a `DOMException`'s name, as the IndexedDB specification has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) String);

impl Refusal {
    /// The connection is dead, as it is on iOS after some time in the background. Opening it anew helps.
    pub(crate) fn is_dead_connection(&self) -> bool {
        matches!(self.0.as_str(), "InvalidStateError" | "UnknownError")
    }

    /// The disk or the quota is full.
    pub(crate) fn is_full(&self) -> bool {
        self.0 == "QuotaExceededError"
    }

    /// The record was there already.
    pub(crate) fn is_taken(&self) -> bool {
        self.0 == "ConstraintError"
    }
}

impl From<JsValue> for Refusal {
    fn from(thrown: JsValue) -> Self {
        Self(thrown.dyn_ref::<DomException>().map(DomException::name).unwrap_or_default())
    }
}

impl From<Option<DomException>> for Refusal {
    fn from(error: Option<DomException>) -> Self {
        Self(error.map(|error| error.name()).unwrap_or_default())
    }
}

#[wasm_bindgen]
extern "C" {
    /// The database, with the options that web-sys holds to be unstable.
    #[wasm_bindgen(extends = IdbDatabase)]
    type DatabaseWithOptions;

    #[wasm_bindgen(method, catch, js_name = transaction)]
    fn transaction(
        this: &DatabaseWithOptions,
        store: &str,
        mode: &str,
        options: &Object,
    ) -> Result<IdbTransaction, JsValue>;
}

/// An open connection. Closes itself when somebody wants to delete or upgrade the database.
pub(crate) struct Database {
    inner: DatabaseWithOptions,
    closed: Rc<Cell<bool>>,
    _asked_to_close: Closure<dyn Fn()>,
    _was_closed: Closure<dyn Fn()>,
}

impl Database {
    /// Opens the database, and makes an empty one where there is none. Nobody asks only whether it is there: the one way
    /// to learn that everywhere is to abort its making, and if another thread opens it just then, Chromium (seen in 156)
    /// now and then answers that one never.
    pub(crate) async fn open() -> Result<Self, Refusal> {
        let factory = Reflect::get(&js_sys::global(), &"indexedDB".into())?;
        let factory = factory.dyn_into::<IdbFactory>().map_err(|_| Refusal(String::new()))?;
        let request = factory.open_with_u32(DATABASE, VERSION)?;
        let upgrade = {
            let request = request.clone();
            Closure::once(move || make_object_store(&request))
        };
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        Ok(Self::from(answer(&request).await?.unchecked_into::<DatabaseWithOptions>()))
    }

    /// Begins a transaction.
    pub(crate) fn begin(&self, mode: Mode) -> Result<Transaction, Refusal> {
        if self.closed.get() {
            return Err(Refusal("InvalidStateError".to_owned()));
        }
        let options = Object::new();
        let word = match mode {
            Mode::Read => "readonly",
            Mode::Write => {
                Reflect::set(&options, &"durability".into(), &"strict".into())?;
                "readwrite"
            }
        };
        let inner = self.inner.transaction(OBJECT_STORE, word, &options)?;
        Ok(Transaction { records: inner.object_store(OBJECT_STORE)?, inner })
    }
}

impl From<DatabaseWithOptions> for Database {
    fn from(inner: DatabaseWithOptions) -> Self {
        let closed = Rc::new(Cell::new(false));
        let asked_to_close = {
            let (inner, closed) = (inner.clone().unchecked_into::<IdbDatabase>(), Rc::clone(&closed));
            Closure::<dyn Fn()>::new(move || {
                closed.set(true);
                inner.close();
            })
        };
        let was_closed = {
            let closed = Rc::clone(&closed);
            Closure::<dyn Fn()>::new(move || closed.set(true))
        };
        inner.set_onversionchange(Some(asked_to_close.as_ref().unchecked_ref()));
        inner.set_onclose(Some(was_closed.as_ref().unchecked_ref()));
        Self { inner, closed, _asked_to_close: asked_to_close, _was_closed: was_closed }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.inner.set_onversionchange(None);
        self.inner.set_onclose(None);
        // Transactions under way are finished first.
        self.inner.close();
    }
}

fn make_object_store(request: &IdbOpenDbRequest) {
    if let Ok(database) = request.result() {
        // If it is refused, the first transaction says so.
        let _refused = database.unchecked_into::<IdbDatabase>().create_object_store(OBJECT_STORE);
    }
}

/// A transaction under way. Queue everything before awaiting anything.
pub(crate) struct Transaction {
    inner: IdbTransaction,
    records: IdbObjectStore,
}

impl Transaction {
    /// The object store.
    pub(crate) const fn records(&self) -> &IdbObjectStore {
        &self.records
    }

    /// Looks at a value in its turn, and aborts the whole transaction if `unfit` says so. Keep what is returned until
    /// the transaction has ended.
    pub(crate) fn abort_if(
        &self,
        key: &str,
        unfit: impl FnOnce(JsValue) -> bool + 'static,
    ) -> Result<Closure<dyn FnMut()>, Refusal> {
        let request = self.records.get(&key.into())?;
        let (inner, read) = (self.inner.clone(), request.clone());
        let look = Closure::once(move || {
            if unfit(read.result().unwrap_or(JsValue::UNDEFINED)) {
                // It can only be over already, and then it has ended with an error of its own.
                let _over = inner.abort();
            }
        });
        request.set_onsuccess(Some(look.as_ref().unchecked_ref()));
        Ok(look)
    }

    /// Undoes everything queued.
    pub(crate) fn abort(self) {
        // It can only be over already.
        let _over = self.inner.abort();
    }

    /// Waits until everything queued is committed; for writes: until the disk has it.
    pub(crate) async fn committed(self) -> Result<(), Refusal> {
        let ended = Promise::new(&mut |resolve, reject| {
            self.inner.set_oncomplete(Some(&resolve));
            self.inner.set_onabort(Some(&reject));
        });
        JsFuture::from(ended).await.map(|_complete| ()).map_err(|_abort| Refusal::from(self.inner.error()))
    }
}

async fn answer(request: &IdbRequest) -> Result<JsValue, Refusal> {
    let answered = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match JsFuture::from(answered).await {
        Ok(_event) => Ok(request.result()?),
        Err(_event) => Err(Refusal::from(request.error().ok().flatten())),
    }
}
