//! `scalerctl aws` in a process of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
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
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

/// Starts `scalerctl aws` with these arguments, on a free port.
pub fn serve(arguments: &[String]) -> Server {
    let mut child = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
        .args(["aws", "--port", "0"])
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
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
