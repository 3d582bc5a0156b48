//! The encrypted store.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbKeyRange;

use crate::{
    connection::Connection,
    database::{Mode, Refusal, Transaction},
    sealing::random,
};

const OWNER: &str = "key/owner";
const FAULT: &str = "test/fault";
/// Keys that are not the engine's.
const NOT_THE_ENGINES: [&str; 3] = ["key/", "draft/", "test/"];

/// One write; `None` deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The key.
    pub key: String,
    /// The value, plain.
    pub value: Option<Vec<u8>>,
}

/// The browser lends no storage, or the stored key does not open any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the browser lends no storage")]
pub struct NoStorage;

/// Why writes were not committed. Nothing of them was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The disk or the quota is full.
    #[error("the disk is full")]
    Full,
    /// Another engine has taken the store over, or it was deleted. Trying again is no use.
    #[error("the store has another owner")]
    TakenOver,
    /// Anything else: the transaction was aborted, the connection died.
    #[error("the transaction failed")]
    Failed,
}

/// Why nothing could be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The database did not answer.
    #[error("the database did not answer")]
    Failed,
    /// A value does not open under the store key. Names the record's key only.
    #[error("the stored value `{0}` does not open")]
    DoesNotOpen(String),
}

/// The open store.
pub struct Store {
    connection: RefCell<Rc<Connection>>,
    mark: Option<Vec<u8>>,
}

impl Store {
    /// Opens the store; makes the database and its key the first time.
    ///
    /// # Errors
    /// [`NoStorage`].
    pub async fn open() -> Result<Self, NoStorage> {
        Connection::open().await.map(Self::over).map_err(|_| NoStorage)
    }

    /// Opens the store if it has a key yet; makes none.
    ///
    /// # Errors
    /// [`NoStorage`].
    pub async fn open_existing() -> Result<Option<Self>, NoStorage> {
        Connection::open_existing().await.map(|found| found.map(Self::over)).map_err(|_| NoStorage)
    }

    fn over(connection: Connection) -> Self {
        Self { connection: RefCell::new(Rc::new(connection)), mark: None }
    }

    /// Marks the store as this engine's own. From then on no engine that marked it before can commit. On a full disk
    /// the mark that is there is taken over, so that at least everything can be read.
    ///
    /// # Errors
    /// [`Fault`]; the mark is as it was.
    pub async fn claim(&mut self) -> Result<(), Fault> {
        let mark = random::<16>().to_vec();
        let mark = match self.write_mark(&mark).await {
            Ok(()) => mark,
            Err(refusal) if refusal.is_full() => self.read_mark().await.ok().flatten().ok_or(Fault::Full)?,
            Err(refusal) => return Err(fault(&refusal)),
        };
        self.mark = Some(mark);
        Ok(())
    }

    async fn write_mark(&self, mark: &[u8]) -> Result<(), Refusal> {
        let connection = Rc::clone(&self.connection.borrow());
        let writing = connection.database.begin(Mode::Write)?;
        writing.records().put_with_key(&Uint8Array::from(mark), &OWNER.into())?;
        writing.committed().await
    }

    async fn read_mark(&self) -> Result<Option<Vec<u8>>, Refusal> {
        let connection = Rc::clone(&self.connection.borrow());
        let reading = connection.database.begin(Mode::Read)?;
        let found = reading.records().get(&OWNER.into())?;
        reading.committed().await?;
        let found = found.result()?;
        Ok((!found.is_undefined()).then(|| Uint8Array::new(&found).to_vec()))
    }

    /// All of the engine's keys and plain values, in ascending order of key.
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn load_all(&self) -> Result<Vec<(String, Vec<u8>)>, LoadError> {
        self.load(&JsValue::UNDEFINED, |key| !NOT_THE_ENGINES.iter().any(|prefix| key.starts_with(prefix))).await
    }

    /// The keys that begin so and their plain values, in ascending order.
    pub(crate) async fn load_under(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, LoadError> {
        let range = IdbKeyRange::bound(&prefix.into(), &format!("{prefix}\u{ffff}").into());
        self.load(&range.map_err(|_| LoadError::Failed)?.into(), |_| true).await
    }

    async fn load(&self, range: &JsValue, wanted: impl Fn(&str) -> bool) -> Result<Vec<(String, Vec<u8>)>, LoadError> {
        let (keys, values) = match self.read(range).await {
            Err(refusal) if refusal.is_dead_connection() => {
                self.open_anew().await.map_err(|_| LoadError::Failed)?;
                self.read(range).await
            }
            read => read,
        }
        .map_err(|_| LoadError::Failed)?;
        let connection = Rc::clone(&self.connection.borrow());
        let mut loaded = Vec::new();
        for (key, value) in keys.iter().zip(values.iter()) {
            let Some(key) = key.as_string().filter(|key| wanted(key)) else { continue };
            match connection.key.open(&key, &Uint8Array::new(&value).to_vec()) {
                Some(plain) => loaded.push((key, plain)),
                None => return Err(LoadError::DoesNotOpen(key)),
            }
        }
        Ok(loaded)
    }

    async fn read(&self, range: &JsValue) -> Result<(Array, Array), Refusal> {
        let connection = Rc::clone(&self.connection.borrow());
        let reading = connection.database.begin(Mode::Read)?;
        let keys = reading.records().get_all_keys_with_key(range)?;
        let values = reading.records().get_all_with_key(range)?;
        reading.committed().await?;
        Ok((keys.result()?.unchecked_into(), values.result()?.unchecked_into()))
    }

    async fn open_anew(&self) -> Result<(), Refusal> {
        let anew = Connection::open().await?;
        *self.connection.borrow_mut() = Rc::new(anew);
        Ok(())
    }

    /// Commits all writes in one transaction, or none. Answers when the disk has them. A connection that has died, as
    /// they do on iOS in the background, is opened anew once.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn commit(&self, writes: &[Write]) -> Result<(), Fault> {
        let refusal = match self.try_commit(writes).await? {
            Ok(()) => return Ok(()),
            Err(refusal) if !refusal.is_dead_connection() => refusal,
            Err(_) => {
                self.open_anew().await.map_err(|refusal| fault(&refusal))?;
                match self.try_commit(writes).await? {
                    Ok(()) => return Ok(()),
                    Err(refusal) => refusal,
                }
            }
        };
        Err(fault(&refusal))
    }

    /// The outer result is ours, the inner one the database's.
    async fn try_commit(&self, writes: &[Write]) -> Result<Result<(), Refusal>, Fault> {
        let connection = Rc::clone(&self.connection.borrow());
        let sealed: Vec<_> = writes
            .iter()
            .map(|write| (&write.key, write.value.as_ref().map(|value| connection.key.seal(&write.key, value))))
            .collect();
        let verdict = Rc::new(Cell::new(None));
        let queued = connection.database.begin(Mode::Write).and_then(|writing| {
            let guards = self.guard(&writing, &verdict);
            match guards.and_then(|guards| queue(&writing, &sealed).map(|()| guards)) {
                Ok(guards) => Ok((writing, guards)),
                Err(refusal) => {
                    writing.abort();
                    Err(refusal)
                }
            }
        });
        let ended = match queued {
            Ok((writing, guards)) => {
                let ended = writing.committed().await;
                drop(guards);
                ended
            }
            Err(refusal) => Err(refusal),
        };
        verdict.get().map_or(Ok(ended), Err)
    }

    /// Looks at the owner's mark and at the journeys' seam within the transaction itself.
    fn guard(&self, writing: &Transaction, verdict: &Rc<Cell<Option<Fault>>>) -> Result<impl Sized + use<>, Refusal> {
        let found = Rc::clone(verdict);
        let seam = writing.abort_if(FAULT, move |value| {
            found.set(match value.as_string().as_deref() {
                Some("full") => Some(Fault::Full),
                Some("abort") => Some(Fault::Failed),
                _ => None,
            });
            found.get().is_some()
        })?;
        let Some(mark) = self.mark.clone() else { return Ok((seam, None)) };
        let found = Rc::clone(verdict);
        let owner = writing.abort_if(OWNER, move |value| {
            let other = value.is_undefined() || Uint8Array::new(&value).to_vec() != mark;
            if other {
                found.set(Some(Fault::TakenOver));
            }
            other
        })?;
        Ok((seam, Some(owner)))
    }
}

fn queue(writing: &Transaction, sealed: &[(&String, Option<Vec<u8>>)]) -> Result<(), Refusal> {
    for (key, value) in sealed {
        let key = JsValue::from_str(key);
        match value {
            Some(value) => writing.records().put_with_key(&Uint8Array::from(value.as_slice()), &key)?,
            None => writing.records().delete(&key)?,
        };
    }
    Ok(())
}

fn fault(refusal: &Refusal) -> Fault {
    if refusal.is_full() { Fault::Full } else { Fault::Failed }
}
