//! An HTTP proxy with tunnels (`CONNECT`) and plain requests with an absolute URL.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// A running proxy. It ends with the process.
pub struct Proxy {
    /// Its address for `HTTPS_PROXY`.
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

/// How it responds to `CONNECT`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tunnels {
    /// Connects.
    Open,
    /// Answers 403.
    Refused,
}

impl Proxy {
    pub fn start(tunnels: Tunnels) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let remembered = asked.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let asked = remembered.clone();
                // Ignores errors: the program can end during a connection.
                thread::spawn(move || serve(client, tunnels, &asked));
            }
        });
        Self { url, asked }
    }

    /// The first line of each connection, without the version: `CONNECT host:443`.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The hosts of all `CONNECT` requests.
    pub fn tunnels(&self) -> Vec<String> {
        let host = |line: String| Some(line.strip_prefix("CONNECT ")?.to_owned());
        self.asked().into_iter().filter_map(host).collect()
    }
}

fn serve(client: TcpStream, tunnels: Tunnels, asked: &Mutex<Vec<String>>) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut reader = BufReader::new(client.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let line = head.lines().next().unwrap_or_default().to_owned();
    let (asked_for, _version) = line.rsplit_once(' ').unwrap_or_default();
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked_for.to_owned());
    let (method, target) = asked_for.split_once(' ').unwrap_or_default();
    let mut client = client;
    if method == "CONNECT" {
        if tunnels == Tunnels::Refused {
            return client.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
        }
        let server = TcpStream::connect(target)?;
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
        return join(reader, client, server);
    }
    let authority = target.trim_start_matches("http://").split('/').next().unwrap_or_default();
    let mut server = TcpStream::connect(authority)?;
    server.write_all(head.as_bytes())?;
    join(reader, client, server)
}

fn join(
    mut from: BufReader<TcpStream>,
    mut client: TcpStream,
    server: TcpStream,
) -> io::Result<()> {
    server.set_nodelay(true)?;
    let mut upstream = server.try_clone()?;
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut upstream);
        let _ = upstream.shutdown(Shutdown::Write);
    });
    let mut answers = server;
    io::copy(&mut answers, &mut client)?;
    client.shutdown(Shutdown::Write)
}
