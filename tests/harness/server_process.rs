//! An HTTP server as a child process on a free port.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Mutex, Once},
    time::{Duration, Instant},
};

/// Much longer than a start takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// The time between two checks.
const PAUSE: Duration = Duration::from_millis(50);

/// The number of attempts to start. Another process can take the port before the server uses it.
const STARTS: usize = 5;

/// A running server. Dropping it ends the process.
pub struct ServerProcess {
    child: Child,
    address: SocketAddr,
}

impl ServerProcess {
    /// Starts the program with the arguments for a port. It is up when it answers HTTP at this path.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn start(program: &Path, arguments: impl Fn(u16) -> Vec<String>, path: &str) -> Self {
        let started = (0..STARTS).find_map(|_| Self::start_once(program, &arguments, path));
        started.unwrap_or_else(|| panic!("{} ends at once", program.display()))
    }

    /// The socket address of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    fn start_once(
        program: &Path,
        arguments: impl Fn(u16) -> Vec<String>,
        path: &str,
    ) -> Option<Self> {
        let address = unused_address();
        let child = Command::new(program)
            .args(arguments(address.port()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let mut server = Self { child, address };
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answers = server.answers(path);
            // Another process might answer on this port.
            if server.child.try_wait().unwrap().is_some() {
                return None;
            }
            if answers {
                return Some(server);
            }
            assert!(Instant::now() < deadline, "{} does not come up", program.display());
            std::thread::sleep(PAUSE);
        }
    }

    /// Whether it answers HTTP.
    fn answers(&self, path: &str) -> bool {
        let Ok(mut stream) = TcpStream::connect_timeout(&self.address, PATIENCE) else {
            return false;
        };
        let request = format!("GET {path} HTTP/1.0\r\n\r\n");
        let mut begin = [0; 5];
        stream.set_read_timeout(Some(PATIENCE)).is_ok()
            && stream.write_all(request.as_bytes()).is_ok()
            && stream.read_exact(&mut begin).is_ok()
            && begin == *b"HTTP/"
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // It might have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says that tests are skipped. This bypasses the test runner, which hides the output of tests that pass.
pub fn say_once(message: &str) {
    static SAID: Once = Once::new();
    SAID.call_once(|| std::io::stderr().write_all(message.as_bytes()).unwrap());
}

/// An address on a free port that this process has not given to another server. Otherwise, that
/// server could answer.
fn unused_address() -> SocketAddr {
    static GIVEN: Mutex<Vec<SocketAddr>> = Mutex::new(Vec::new());
    let mut given = GIVEN.lock().unwrap();
    loop {
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        if !given.contains(&address) {
            given.push(address);
            return address;
        }
    }
}
