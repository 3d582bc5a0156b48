//! One socket of the browser's and the one to the relay that stands for it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use futures_util::{SinkExt, StreamExt};
use grend_shared::protocol::{self, FromDevice, FromRelay};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    accept_async, client_async,
    tungstenite::{Error, Message},
};

use super::{Shared, guard};

/// Passes frames on until one of the two hangs up.
pub(super) async fn pass_on(browser: TcpStream, relay: SocketAddr, shared: &Arc<Mutex<Shared>>) {
    let Ok(stream) = TcpStream::connect(relay).await else { return };
    let Ok((mut relay, _)) = client_async(format!("ws://{relay}/sync"), stream).await else { return };
    let Ok(mut browser) = accept_async(browser).await else { return };
    loop {
        let passed = tokio::select! {
            said = browser.next() => match altered(said, |frame: FromDevice| guard(shared).outwards(frame)) {
                Some(message) => relay.send(message).await,
                None => return,
            },
            heard = relay.next() => match altered(heard, |frame: FromRelay| guard(shared).inwards(frame)) {
                Some(message) => browser.send(message).await,
                None => return,
            },
        };
        if passed.is_err() {
            return;
        }
    }
}

/// A message with other frames; `None` when there will be no more.
fn altered<T>(message: Option<Result<Message, Error>>, alter: impl FnMut(T) -> Vec<T>) -> Option<Message>
where
    T: minicbor::Encode<()> + for<'b> minicbor::Decode<'b, ()>,
{
    match message?.ok()? {
        Message::Binary(bytes) => {
            let frames = protocol::decode::<T>(&bytes).expect("both send frames");
            let frames: Vec<T> = frames.into_iter().flat_map(alter).collect();
            Some(Message::Binary(protocol::encode(&frames).into()))
        }
        Message::Close(_) => None,
        other => Some(other),
    }
}
