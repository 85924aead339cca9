//! Arguments and help of `simulate` and `explain`.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum, ValueHint};

use super::{
    spread::{Spread, delay, duration},
    workload::Pattern,
};
use scalerctl_common::output::FormatArgs;

/// Arguments of `scalerctl simulate`.
#[derive(Debug, Clone, Args)]
pub struct SimulateArgs {
    /// What is played.
    #[command(flatten)]
    pub scene: SceneArgs,

    /// Price of an instance hour, in any currency
    #[arg(long, value_name = "PRICE", help_heading = "Output")]
    pub price_per_hour: Option<f64>,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,

    /// Write the figures to FILE, a line for each policy
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub csv: Option<PathBuf>,

    /// Write a picture of each policy's course to FOLDER
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, help_heading = "Output")]
    pub svg: Option<PathBuf>,

    /// Write figures, pictures, stories and assumptions to FILE, as one page that loads nothing
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub html: Option<PathBuf>,
}

/// Arguments of `scalerctl explain`.
#[derive(Debug, Clone, Args)]
pub struct ExplainArgs {
    /// What is played.
    #[command(flatten)]
    pub scene: SceneArgs,
}

impl SceneArgs {
    /// The workload, for a title.
    pub fn workload_name(&self) -> String {
        match &self.arrivals {
            Some(file) => file.display().to_string(),
            None => {
                let name = self.workload.to_possible_value();
                name.map_or_else(String::new, |value| value.get_name().to_owned())
            }
        }
    }
}

/// What the laboratory plays.
#[derive(Debug, Clone, Args)]
pub struct SceneArgs {
    /// What arrives, and when
    #[arg(long, value_enum, default_value_t = Pattern::Single, help_heading = "Workload")]
    pub workload: Pattern,

    /// Arrivals from a CSV file with the columns `at` (RFC 3339), and if wanted
    /// `processing_seconds` and `inline` (true: nothing is uploaded)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "workload",
          help_heading = "Workload")]
    pub arrivals: Option<PathBuf>,

    /// Simulated days
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=366),
          help_heading = "Workload")]
    pub days: u32,

    /// What a request takes on an instance: 45s, 20m..1h (even), or 30s/5m (median and 95th
    /// percentile). Default: the workload's
    #[arg(long, value_name = "TIME", help_heading = "Workload")]
    pub processing: Option<Spread>,

    /// Seed of everything that varies
    #[arg(long, default_value_t = 1, help_heading = "Workload")]
    pub seed: u64,

    /// Which policies: letters of the table, several with commas. Default: all
    #[arg(long, value_name = "LETTER", value_delimiter = ',', help_heading = "Policies")]
    pub policy: Vec<String>,

    /// Your own policies and alarms, as the AWS CLI takes or prints them; the files together are
    /// one more policy, `own`
    ///
    /// What put-scaling-policy --cli-input-json takes or describe-scaling-policies prints; for step
    /// scaling, what put-metric-alarm --cli-input-json takes or describe-alarms prints. They are
    /// played on the laboratory's endpoint, whatever theirs is called.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Policies")]
    pub own: Vec<PathBuf>,

    /// MaxCapacity of the scalable target
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(i32).range(1..),
          help_heading = "Policies")]
    pub max: i32,

    /// The function's idle window in minutes
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1440),
          help_heading = "Policies")]
    pub idle_minutes: u32,

    /// Instances that a wake asks for
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000),
          help_heading = "Policies")]
    pub wake_to: u32,

    /// Also play the function with so many inputs per instance, with an event for each upload and
    /// with a queue that batches them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..),
          help_heading = "Policies")]
    pub inputs_per_instance: Option<u32>,

    /// How long that queue gathers uploads, in seconds
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=300),
          help_heading = "Policies")]
    pub buffer_seconds: u32,

    /// From a request for more instances until they serve: 6m, 3m..10m, or 5m/11m. Default: 6m
    #[arg(long, value_name = "TIME", help_heading = "Assumptions")]
    pub provisioning: Option<Spread>,

    /// From a request for fewer instances until they are gone. Default: 1m
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Assumptions")]
    pub scale_in: Option<Duration>,

    /// From the end of a minute until CloudWatch shows its datapoint. Default: 2m
    #[arg(long, value_name = "TIME", value_parser = delay, help_heading = "Assumptions")]
    pub metric_lag: Option<Duration>,

    /// From an upload until its event invokes the function. Default: 1s
    #[arg(long, value_name = "TIME", value_parser = delay, help_heading = "Assumptions")]
    pub event_delay: Option<Duration>,

    /// What was measured on a live endpoint, in place of the four above; what the command line
    /// gives counts more
    ///
    /// A JSON document: {"version":1,"measured_at":"2026-01-31T12:00:00Z","endpoint":"my-endpoint",
    /// "metric_lag_seconds":130,"provisioning_seconds":[311,402],"scale_in_seconds":75,
    /// "event_delay_seconds":0.8}. Each figure may be left out.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath,
          help_heading = "Assumptions")]
    pub calibration: Option<PathBuf>,

    /// What ApproximateBacklogSizePerInstance is without an instance
    #[arg(long, value_enum, default_value_t = AtZero::Absent, help_heading = "Assumptions")]
    pub backlog_per_instance_at_zero: AtZero,
}

/// What a metric is where there is nothing to divide by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AtZero {
    /// There is no datapoint: users report endpoints that never leave zero by this metric
    Absent,
    /// The backlog itself, as if there were one instance
    Backlog,
}

/// Description in `scalerctl simulate --help`.
pub const SIMULATE: &str = "\
Compare scaling policies on a workload, in simulated time: delays, instance hours, price.

The policies of Application Auto Scaling are played on a model of it and of CloudWatch, with the \
delays that AWS documents or users report; the function is the real one, code and all. Nothing is \
tuned to the result. Simulated time begins on Monday, 2030-01-07, at 00:00 UTC.

  a  target tracking on ApproximateBacklogSizePerInstance = 1, cooldowns 60 s
  b  target tracking on HasBacklogWithoutCapacity = 0.5 (Maximum)
  c  AWS's documented pair: target tracking on ApproximateBacklogSizePerInstance = 5, and step \
scaling on HasBacklogWithoutCapacity, 2 of 2 datapoints
  d  always one instance
  e  reactive-scaler as its template deploys it: with target tracking on \
ApproximateBacklogSizePerInstance = 5 between 1 and MaxCapacity, and its backstop alarm
  f  reactive-scaler beside a
  g  e with --inputs-per-instance, an event for each upload
  h  g with a queue that batches the uploads";

/// Examples and exit codes in `scalerctl simulate --help`.
pub const SIMULATE_EXAMPLES: &str = "\
Examples:
  scalerctl simulate
  scalerctl simulate --workload sporadic --days 7 --price-per-hour 1.41
  scalerctl simulate --workload nightly-batch --max 25 --inputs-per-instance 200 --policy c,e,g,h
  scalerctl simulate --own policies.json --own alarms.json --policy own,e
  scalerctl simulate --arrivals arrivals.csv --provisioning 5m/11m --html report.html
  scalerctl simulate --calibration measured.json --policy b,e

Exit codes:
  0  done
  1  a file cannot be written
  2  the arguments cannot be used, or AWS would refuse a policy";

/// Description in `scalerctl explain --help`.
pub const EXPLAIN: &str = "\
Tell what a scaling policy does to a workload, minute by minute, and why.

The same play as `scalerctl simulate`, as a story: which datapoint counted for which alarm and how late \
it was published, what each alarm and each policy did, what the function decided, when instances \
were there. It answers what the actual trigger for scaling out and scaling in is.";

/// Examples and exit codes in `scalerctl explain --help`.
pub const EXPLAIN_EXAMPLES: &str = "\
Examples:
  scalerctl explain --policy b
  scalerctl explain --policy c,e --provisioning 10m

Exit codes:
  0  done
  2  the arguments cannot be used, or AWS would refuse a policy";
