//! A simulated AWS on loopback HTTP, and the built program that uses it.

use std::{process::Output, process::Stdio, time::Duration};

use jiff::Timestamp;
use reactive_scaler::{
    lease::{NAMES, Records},
    port::VariantId,
};
use serde_json::Value;
use simulator::{LoopbackAws, Pace, Simulator};
use tokio::process::{Child, Command};

use super::program;

pub const ENDPOINT: &str = "my-endpoint";
pub const VARIANT: &str = "AllTraffic";

/// Speed of the clock of the fast world, relative to the machine's clock.
const SPEED: i32 = 100;

/// The world and its AWS.
pub struct Setup {
    pub sim: Simulator,
    pub aws: LoopbackAws,
    clock: Option<String>,
}

/// The result.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub errors: String,
}

pub fn id() -> VariantId {
    VariantId::new(ENDPOINT, VARIANT)
}

impl Setup {
    /// An endpoint with this many instances, registered with bounds 0 to 4, and idle for two hours. Its
    /// capacity changes immediately.
    pub async fn with(instances: i32) -> Self {
        let at_once =
            Pace { provisioning: Duration::ZERO, scale_in: Duration::ZERO, ..Pace::default() };
        let sim = world(instances, at_once);
        sim.follow_wall_clock();
        Self { aws: LoopbackAws::start(sim.clone()).await.unwrap(), sim, clock: None }
    }

    /// The same endpoint with the delays of the model, and a clock that runs faster.
    pub async fn fast(instances: i32) -> Self {
        Self::fast_at(instances, Pace::default()).await
    }

    /// The same endpoint with these delays.
    pub async fn fast_at(instances: i32, pace: Pace) -> Self {
        let sim = world(instances, pace);
        let since = sim.follow_wall_clock_at(SPEED);
        let aws = LoopbackAws::start(sim.clone()).await.unwrap();
        Self { sim, aws, clock: Some(format!("{SPEED}x{since}")) }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program::scalerctl(&self.aws.url);
        command
            // A time zone without daylight saving time, so that the output is the same all year.
            .env("TZ", "Asia/Tokyo")
            .args(arguments)
            .stdin(Stdio::null());
        if let Some(clock) = &self.clock {
            command.args(["--clock", clock]);
        }
        command
    }

    pub async fn run(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().await.unwrap().into()
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// With `-o json`: the exit code and the document.
    pub async fn json(&self, arguments: &[&str]) -> (Option<i32>, Value) {
        let run = self.run(&[arguments, &["-o", "json"]].concat()).await;
        let document = serde_json::from_str(&run.out);
        (run.code, document.unwrap_or_else(|error| panic!("{error}: {run:?}")))
    }

    /// The calls that write, as operation and arguments without times.
    pub fn writes(&self) -> Vec<String> {
        self.sim.with(|world| {
            let writes = world.writes();
            writes.iter().map(|call| call.operation.as_str().to_owned()).collect()
        })
    }

    pub fn capacity(&self) -> (i32, i32) {
        self.sim.with(|world| world.capacity(&id()))
    }

    /// The current records.
    pub fn records(&self) -> Records {
        self.sim.with(|world| {
            let actions: Vec<_> = NAMES
                .iter()
                .filter_map(|name| world.action(&id(), name))
                .map(|state| state.action)
                .collect();
            Records::read(&actions, &id(), world.now())
        })
    }

    /// Waits until the condition is met. The time limit of the test ends the wait otherwise.
    pub async fn until(&self, so: impl Fn(&mut simulator::World) -> bool) {
        while !self.sim.with(&so) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn world(instances: i32, pace: Pace) -> Simulator {
    let sim = Simulator::new(Timestamp::now() - Duration::from_secs(2 * 3600));
    sim.with(|world| {
        world.settings.pace = pace;
        world.add_async_endpoint(ENDPOINT, VARIANT, instances);
        world.register_target(&id(), 0, 4);
        world.advance_to(Timestamp::now());
    });
    sim
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// Asserts this exit code, and that the output contains these parts.
    pub fn assert(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        for part in parts {
            assert!(self.out.contains(part) || self.errors.contains(part), "no {part:?}: {self:?}");
        }
    }
}
