//! Commands of `scalerctl` that a user can run next, for the same variant and by the same settings.

use scalerctl_console::{shell_quoting::quoted, suggested::Suggested};

use super::args::PolicyArgs;

/// The variant of a command, and the settings that the user gave.
#[derive(Debug, Clone)]
pub struct SameVariant {
    pub(super) endpoint: String,
    /// `None`: the command uses the only variant.
    pub(super) variant: Option<String>,
    pub(super) policy: PolicyArgs,
}

impl SameVariant {
    /// `sleep`: with the function or the window that the user named, so that it does not scale in earlier.
    pub fn sleep(&self, options: &str) -> Suggested {
        let idle = self.policy.idle_minutes.map(|minutes| format!("--idle-minutes {minutes}"));
        let job = self.policy.job_minutes.map(|minutes| format!("--job-minutes {minutes}"));
        self.command("sleep", options, [self.variant(), self.function(), idle, job])
    }

    /// `release`.
    pub fn release(&self) -> Suggested {
        self.command("release", "", [self.variant()])
    }

    /// `resume`. `direction`: empty for both.
    pub fn resume(&self, direction: &str) -> Suggested {
        self.command("resume", direction, [self.variant()])
    }

    /// `status` of all variants.
    pub fn status(&self, options: &str) -> Suggested {
        self.command("status", options, [self.function()])
    }

    /// `doctor`.
    pub fn doctor(&self) -> Suggested {
        self.command("doctor", "", [])
    }

    /// `--wake-to`, if the user gave it.
    pub fn wake_to(&self) -> Option<i32> {
        self.policy.wake_to
    }

    fn variant(&self) -> Option<String> {
        self.variant.as_ref().map(|name| format!("--variant {name}"))
    }

    fn function(&self) -> Option<String> {
        self.policy.function.as_ref().map(|name| format!("--function {}", quoted(name)))
    }

    fn command<const N: usize>(
        &self,
        name: &str,
        options: &str,
        settings: [Option<String>; N],
    ) -> Suggested {
        let mut words = vec![name, self.endpoint.as_str()];
        words.extend(Some(options).filter(|options| !options.is_empty()));
        words.extend(settings.iter().flatten().map(String::as_str));
        Suggested::scalerctl(words.join(" "))
    }
}
