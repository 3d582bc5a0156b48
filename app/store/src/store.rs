//! The encrypted store.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use grend_shared::secret::SecretBytes;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::IdbKeyRange;

use crate::{
    connection::{Connection, Sealed},
    database::{Mode, Refusal, Transaction},
    sealing::random,
};

const OWNER: &str = "key/owner";
const FAULT: &str = "test/fault";
/// Keys that are not the engine's.
const NOT_THE_ENGINES: [&str; 3] = ["key/", "draft/", "test/"];

/// One write; `None` deletes, under a key that ends in `/` all that begins so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The key.
    pub key: String,
    /// The value, plain.
    pub value: Option<SecretBytes>,
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

impl From<Refusal> for LoadError {
    fn from(_refusal: Refusal) -> Self {
        Self::Failed
    }
}

impl From<Refusal> for NoStorage {
    fn from(_refusal: Refusal) -> Self {
        Self
    }
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
        Ok(Self::over(Connection::open().await?))
    }

    /// Opens the store if it has a key yet, and reads what is kept under a prefix; makes none. What is read is empty if
    /// it cannot be.
    ///
    /// # Errors
    /// [`NoStorage`].
    pub(crate) async fn open_existing(prefix: &str) -> Result<Option<(Self, Vec<(String, Vec<u8>)>)>, NoStorage> {
        let found = Connection::open_existing(&under(prefix)?).await?;
        Ok(found.map(|(connection, sealed)| {
            let read = sealed.read().map_err(LoadError::from).and_then(|sealed| open(&connection, sealed, |_| true));
            (Self::over(connection), read.unwrap_or_default())
        }))
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
        self.load(&under(prefix)?, |_| true).await
    }

    async fn load(&self, range: &JsValue, wanted: impl Fn(&str) -> bool) -> Result<Vec<(String, Vec<u8>)>, LoadError> {
        let sealed = match self.read(range).await {
            Err(refusal) if refusal.is_dead_connection() => {
                self.open_anew().await?;
                self.read(range).await
            }
            read => read,
        }?;
        let connection = Rc::clone(&self.connection.borrow());
        open(&connection, sealed, wanted)
    }

    async fn read(&self, range: &JsValue) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
        let connection = Rc::clone(&self.connection.borrow());
        let reading = connection.database.begin(Mode::Read)?;
        let sealed = Sealed::queue(&reading, range)?;
        reading.committed().await?;
        sealed.read()
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
            .map(|write| {
                (&write.key, write.value.as_ref().map(|value| connection.key.seal(&write.key, value.expose())))
            })
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

/// The keys that begin so.
fn under(prefix: &str) -> Result<JsValue, Refusal> {
    Ok(IdbKeyRange::bound(&prefix.into(), &format!("{prefix}\u{ffff}").into())?.into())
}

/// The records that are wanted, opened.
fn open(
    connection: &Connection,
    sealed: Vec<(String, Vec<u8>)>,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<(String, Vec<u8>)>, LoadError> {
    let wanted = sealed.into_iter().filter(|(key, _)| wanted(key));
    let opened = wanted.map(|(key, value)| match connection.key.open(&key, &value) {
        Some(plain) => Ok((key, plain)),
        None => Err(LoadError::DoesNotOpen(key)),
    });
    opened.collect()
}

fn queue(writing: &Transaction, sealed: &[(&String, Option<Vec<u8>>)]) -> Result<(), Refusal> {
    for (key, value) in sealed {
        let records = writing.records();
        match value {
            Some(value) => records.put_with_key(&Uint8Array::from(value.as_slice()), &JsValue::from_str(key))?,
            None if key.ends_with('/') => records.delete(&under(key)?)?,
            None => records.delete(&JsValue::from_str(key))?,
        };
    }
    Ok(())
}

fn fault(refusal: &Refusal) -> Fault {
    if refusal.is_full() { Fault::Full } else { Fault::Failed }
}
