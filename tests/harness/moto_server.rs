//! `moto_server` as a child process on a free port.

use std::{
    env,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
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

const MISSING: &str = "\nskipped: moto_server not found (to install it: python3 -m venv .venv-moto \
                       && .venv-moto/bin/pip install 'moto[server]==5.2.*'; or set MOTO_SERVER to \
                       one)\n";

/// A running server. Dropping it ends the process.
pub struct MotoServer {
    child: Child,
    address: SocketAddr,
}

impl MotoServer {
    /// Starts an empty server. Prints a message and returns `None` if moto is not installed.
    ///
    /// # Panics
    ///
    /// If moto is installed and does not start.
    pub fn start() -> Option<Self> {
        let Some(program) = program() else {
            static SAID: Once = Once::new();
            // Bypasses the test runner, which hides the output of tests that pass.
            SAID.call_once(|| std::io::stderr().write_all(MISSING.as_bytes()).unwrap());
            return None;
        };
        let started = (0..STARTS).find_map(|_| Self::start_once(&program));
        Some(started.unwrap_or_else(|| panic!("{} ends at once", program.display())))
    }

    /// The URL of the server.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The socket address of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    fn start_once(program: &Path) -> Option<Self> {
        let address = unused_address();
        let child = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &address.port().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let mut server = Self { child, address };
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answers = server.answers();
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
    fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect_timeout(&self.address, PATIENCE) else {
            return false;
        };
        let request = b"GET /moto-api/data.json HTTP/1.0\r\n\r\n";
        let mut begin = [0; 5];
        stream.set_read_timeout(Some(PATIENCE)).is_ok()
            && stream.write_all(request).is_ok()
            && stream.read_exact(&mut begin).is_ok()
            && begin == *b"HTTP/"
    }
}

impl Drop for MotoServer {
    fn drop(&mut self) {
        // It might have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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

fn program() -> Option<PathBuf> {
    if let Some(named) = env::var_os("MOTO_SERVER").filter(|named| !named.is_empty()) {
        return Some(named.into());
    }
    // In a folder next to the manifest of the package or of the workspace. A moto on the PATH can
    // have any version, and older versions answer differently.
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().take(2);
    let mut ours = folders.map(|folder| folder.join(".venv-moto/bin/moto_server"));
    ours.find(|program| program.is_file())
}
