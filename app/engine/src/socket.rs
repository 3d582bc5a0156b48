//! The socket to the relay. Hears nothing any more once it is dropped, so a stale socket cannot speak into the next
//! connection.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BinaryType, MessageEvent, WebSocket};

/// What a socket tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    Opened,
    Message(Vec<u8>),
    /// Once at most; also when it could not be opened.
    Closed,
}

/// An open socket, or one being opened. Dropping it closes it silently.
pub(crate) struct Socket {
    inner: WebSocket,
    _opened: Closure<dyn Fn()>,
    _message: Closure<dyn Fn(MessageEvent)>,
    _closed: Closure<dyn Fn()>,
}

impl Socket {
    /// Begins to open a socket; `None` if the address is none.
    pub(crate) fn open(address: &str, hear: impl Fn(Heard) + Clone + 'static) -> Option<Self> {
        let inner = WebSocket::new(address).ok()?;
        inner.set_binary_type(BinaryType::Arraybuffer);
        let opened = listener(&hear, || Heard::Opened);
        let closed = listener(&hear, || Heard::Closed);
        let message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| hear(message(&event.data())));
        inner.set_onopen(Some(opened.as_ref().unchecked_ref()));
        inner.set_onmessage(Some(message.as_ref().unchecked_ref()));
        // An error is always followed by this.
        inner.set_onclose(Some(closed.as_ref().unchecked_ref()));
        Some(Self { inner, _opened: opened, _message: message, _closed: closed })
    }

    /// Sends one message. If the socket is closing that is heard in its turn, and what was to be sent is sent again.
    pub(crate) fn send(&self, message: &[u8]) {
        let _closing = self.inner.send_with_u8_array(message);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.inner.set_onopen(None);
        self.inner.set_onmessage(None);
        self.inner.set_onclose(None);
        // Without a code nothing can be wrong with it.
        let _closed = self.inner.close();
    }
}

fn listener(hear: &(impl Fn(Heard) + Clone + 'static), what: impl Fn() -> Heard + 'static) -> Closure<dyn Fn()> {
    let hear = hear.clone();
    Closure::new(move || hear(what()))
}

/// Text is no message of ours; as an empty one it does not decode, and the engine hangs up.
fn message(data: &JsValue) -> Heard {
    let bytes = data.is_object().then(|| Uint8Array::new(data).to_vec());
    Heard::Message(bytes.unwrap_or_default())
}
