//! The share of a processor that Lambda gives a function of 128 MB, by a control group: version 1 or 2,
//! whichever the machine has, and may be written.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

/// 1,769 MB have one processor's worth (Lambda Developer Guide, "Configure Lambda function memory"):
/// 128 MB have 7.25 % of it, here in slices of 20 ms.
const PERIOD_US: u32 = 20_000;
const QUOTA_US: u32 = 1_450;

/// A new control group. Dropping it removes it.
#[derive(Debug)]
pub struct Quota {
    folder: PathBuf,
}

impl Quota {
    /// # Errors
    /// If control groups cannot be created on this machine.
    pub fn new() -> io::Result<Self> {
        let (version_1, version_2) = (Path::new("/sys/fs/cgroup/cpu"), Path::new("/sys/fs/cgroup"));
        let is_1 = version_1.join("cpu.cfs_quota_us").exists();
        let parent = if is_1 { version_1 } else { version_2 };
        let quota = Self { folder: parent.join(format!("scaler-bench-{}", std::process::id())) };
        fs::create_dir(&quota.folder)?;
        if is_1 {
            fs::write(quota.folder.join("cpu.cfs_period_us"), PERIOD_US.to_string())?;
            fs::write(quota.folder.join("cpu.cfs_quota_us"), QUOTA_US.to_string())?;
        } else {
            fs::write(quota.folder.join("cpu.max"), format!("{QUOTA_US} {PERIOD_US}"))?;
        }
        Ok(quota)
    }

    /// The command, started within the group by a shell that becomes it.
    pub fn held(&self, command: Vec<OsString>) -> Vec<OsString> {
        let enter = r#"echo $$ > "$0" && exec "$@""#;
        let door = self.folder.join("cgroup.procs").into_os_string();
        let mut held: Vec<OsString> = vec!["/bin/sh".into(), "-c".into(), enter.into(), door];
        held.extend(command);
        held
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        // Its processes have ended or end soon. An empty group that remains has no effect.
        let _ = fs::remove_dir(&self.folder);
    }
}
