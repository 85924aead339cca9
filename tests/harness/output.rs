//! The output of a child process. It goes to an unnamed file, so that it can be read as soon as the
//! process has answered.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::Path,
    process::Stdio,
    sync::atomic::{AtomicU64, Ordering},
};

/// One stream of a child process.
pub struct Output {
    file: File,
    read_up_to: u64,
}

impl Output {
    /// An empty stream.
    pub fn new() -> Self {
        static FILES: AtomicU64 = AtomicU64::new(0);
        let number = FILES.fetch_add(1, Ordering::Relaxed);
        // In memory if possible, because a function does not log to a disk either.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { memory } else { env!("CARGO_TARGET_TMPDIR").as_ref() };
        let path = folder.join(format!("output-{}-{number}", std::process::id()));
        let file = File::options().read(true).append(true).create_new(true).open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        Self { file, read_up_to: 0 }
    }

    /// The end of the stream for the child process.
    pub fn end(&self) -> Stdio {
        self.file.try_clone().unwrap().into()
    }

    /// The lines since the last call.
    pub fn new_lines(&mut self) -> Vec<String> {
        let text = self.from(self.read_up_to);
        self.read_up_to += text.len() as u64;
        text.lines().map(str::to_owned).collect()
    }

    /// All output.
    pub fn all(&self) -> String {
        self.from(0)
    }

    /// Reads at a position. This does not move the position of the child process, which shares the
    /// file.
    fn from(&self, start: u64) -> String {
        let end = self.file.metadata().unwrap().len();
        let mut bytes = vec![0; (end - start) as usize];
        self.file.read_exact_at(&mut bytes, start).unwrap();
        String::from_utf8(bytes).expect("the function writes UTF-8")
    }
}
