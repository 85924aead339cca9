//! A program `sam` that records how it is called, and waits until it may end.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

/// It writes its arguments, one a line, and prints the text of a file when that exists. `sam list stack-outputs` fails as
/// the SAM CLI does if there is no stack.
const SAM: &str = "#!/bin/sh
folder=$(dirname \"$0\")
if [ \"$1\" = list ]; then
    [ -e \"$folder/exists\" ] && exit 0
    echo \"Error: The input stack $4 does not exist on Cloudformation in the region x\" >&2
    exit 1
fi
for word; do echo \"$word\"; done > \"$folder/arguments.new\"
mv \"$folder/arguments.new\" \"$folder/arguments\"
while [ ! -e \"$folder/answer\" ]; do sleep 0.05; done
cat \"$folder/answer\"
exit \"$(cat \"$folder/code\")\"
";

/// The longest wait for a call.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program in a folder of its own.
pub struct FakeSam {
    pub folder: PathBuf,
}

impl Drop for FakeSam {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl FakeSam {
    /// One that waits for [`Self::end`].
    pub fn waiting() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sam-{}-{number}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("code"), "0").unwrap();
        let program = folder.join("sam");
        fs::write(&program, SAM).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    /// One that prints this text and ends with this code.
    pub fn ending(text: &str, code: i32) -> Self {
        let sam = Self::waiting();
        fs::write(sam.folder.join("code"), code.to_string()).unwrap();
        sam.end(text);
        sam
    }

    /// Lets it end with this output.
    pub fn end(&self, text: &str) {
        let file = self.folder.join("answer");
        fs::write(file.with_extension("new"), text).unwrap();
        fs::rename(file.with_extension("new"), file).unwrap();
    }

    /// `PATH` with it, and with what the script needs.
    pub fn path(&self) -> String {
        format!("{}:/usr/bin:/bin", self.folder.display())
    }

    /// A packaged template.
    pub fn template(&self) -> String {
        let file = self.folder.join("template.yaml");
        fs::write(&file, "Resources: {}\n").unwrap();
        file.display().to_string()
    }

    /// Lets `sam list stack-outputs` find a stack.
    pub fn let_stack_exist(&self) {
        fs::write(self.folder.join("exists"), "").unwrap();
    }

    /// The arguments of its last `deploy` or `delete`. `None`: it was not called.
    pub fn arguments(&self) -> Option<Vec<String>> {
        let text = fs::read_to_string(self.folder.join("arguments")).ok()?;
        Some(text.lines().map(str::to_owned).collect())
    }

    /// Waits for a call.
    pub async fn called(&self) -> Vec<String> {
        let begin = Instant::now();
        loop {
            if let Some(arguments) = self.arguments() {
                return arguments;
            }
            assert!(begin.elapsed() < PATIENCE, "sam is not called");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
