//! `scalerctl aws` in a process of its own.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    thread::JoinHandle,
};

/// The server. It ends with this value.
pub struct Server {
    child: Child,
    /// Its address.
    pub url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Ends it with SIGTERM, and returns its exit code.
    pub fn terminate(mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.wait().unwrap().code()
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }
}

/// Starts `scalerctl aws` with these arguments, on a free port.
pub fn serve(arguments: &[String]) -> Server {
    started(&mut command(arguments))
}

/// The same, and what it writes to the standard error until its end.
pub fn serve_and_read(arguments: &[String]) -> (Server, JoinHandle<String>) {
    let mut server = started(command(arguments).stderr(Stdio::piped()));
    let mut stderr = server.child.stderr.take().unwrap();
    let read = move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).unwrap();
        text
    };
    (server, std::thread::spawn(read))
}

fn command(arguments: &[String]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scalerctl"));
    command.args(["aws", "--port", "0"]).args(arguments).stdout(Stdio::piped());
    // A killed process leaves its folder of objects behind.
    command.env("TMPDIR", env!("CARGO_TARGET_TMPDIR"));
    command
}

fn started(command: &mut Command) -> Server {
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = lines.find_map(|line| {
        let line = line.unwrap();
        let (_, rest) = line.split_once("AWS_ENDPOINT_URL=")?;
        Some(rest.split(' ').next().unwrap().to_owned())
    });
    // The calls are printed as they arrive; an unread pipe would block the server.
    std::thread::spawn(move || lines.for_each(drop));
    Server { child, url: url.unwrap() }
}
