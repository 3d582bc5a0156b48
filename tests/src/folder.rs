//! A folder of files served on this machine, compressed where there is a compressed copy: for what is no relay's.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    thread,
};

/// A folder that is served until the program ends.
pub struct Folder {
    port: u16,
}

impl Folder {
    /// Serves the files of a folder; `/` is its `index.html`.
    ///
    /// # Panics
    /// When no port is to be had.
    #[must_use]
    pub fn serve(folder: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it listens").port();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let folder = folder.clone();
                // A browser that goes away in the middle wants no answer.
                thread::spawn(move || drop(answer(&folder, stream)));
            }
        });
        Self { port }
    }

    /// Its address.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

fn answer(folder: &Path, mut stream: TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    let headers = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).count();
    let address = request.split(' ').nth(1).unwrap_or("/");
    let name = if address == "/" { "index.html" } else { address.trim_start_matches('/') };
    let compressed = fs::read(folder.join(format!("{name}.br")));
    let encoding = if compressed.is_ok() { "content-encoding: br\r\n" } else { "" };
    let found = compressed.or_else(|_| fs::read(folder.join(name)));
    let (status, bytes) = match found {
        Ok(bytes) if headers > 0 => ("200 OK", bytes),
        _ => ("404 Not Found", Vec::new()),
    };
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    };
    let length = bytes.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n{encoding}content-length: {length}\r\nconnection: close\r\n\r\n"
    )?;
    stream.write_all(&bytes)
}
