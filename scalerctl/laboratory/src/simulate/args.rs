//! Arguments and help of `simulate` and `explain`.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum, ValueHint};

use super::{
    candidate_id::CandidateId,
    distribution::{DurationDistribution, delay, duration},
    own::metric_values::MetricFile,
    tariff::{BillFrom, Tariff},
    workload::Pattern,
};
use scalerctl_console::{
    numbers::{price, whole_number},
    output::FormatArgs,
    times::{
        DURATION_FORMS,
        duration::{whole_minutes, whole_seconds},
    },
};

/// Help for an option that takes a duration.
fn takes(what: &str) -> String {
    format!("{what}. Takes a duration {DURATION_FORMS}")
}

/// Arguments of `scalerctl simulate`.
#[derive(Debug, Clone, Args)]
pub struct SimulateArgs {
    /// Workload, policies, and delays.
    #[command(flatten)]
    pub scenario: ScenarioArgs,

    /// Price of an instance hour, in any currency
    #[arg(long, value_name = "PRICE", value_parser = price, help_heading = "Output")]
    pub price_per_hour: Option<f64>,

    /// From when an instance is billed, until it is terminated
    #[arg(long, value_enum, default_value_t = BillFrom::InService, help_heading = "Output")]
    pub bill_from: BillFrom,

    /// Print a wide table with all figures
    #[arg(long, help_heading = "Output")]
    pub wide: bool,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,

    /// Write the figures to FILE as CSV, one line for each policy
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub csv: Option<PathBuf>,

    /// Write one SVG chart for each policy to FOLDER
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, help_heading = "Output")]
    pub svg: Option<PathBuf>,

    /// Draw the charts of --svg 340 pixels wide, for a phone. The page of --html has both widths
    #[arg(long, requires = "svg", help_heading = "Output")]
    pub narrow: bool,

    /// Write figures, charts, explanations, and assumptions to FILE, as one page that loads nothing.
    /// Its first chart compares cost and delay
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub html: Option<PathBuf>,
}

/// Arguments of `scalerctl explain`.
#[derive(Debug, Clone, Args)]
pub struct ExplainArgs {
    /// Workload, policies, and delays.
    #[command(flatten)]
    pub scenario: ScenarioArgs,

    /// Text or JSON.
    #[command(flatten)]
    pub format: FormatArgs,
}

impl SimulateArgs {
    /// How the bill is computed.
    pub fn tariff(&self) -> Tariff {
        Tariff { price_per_hour: self.price_per_hour, from: self.bill_from }
    }
}

impl ScenarioArgs {
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

/// What is simulated.
#[derive(Debug, Clone, Args)]
pub struct ScenarioArgs {
    /// The requests, and when they arrive
    #[arg(long, value_enum, default_value_t = Pattern::Single, help_heading = "Workload")]
    pub workload: Pattern,

    /// Read the requests from a CSV file with the column `at` (RFC 3339), and optionally
    /// `processing_seconds` and `inline` (true: nothing is uploaded)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "workload",
          help_heading = "Workload")]
    pub arrivals: Option<PathBuf>,

    /// Simulated days. Each policy is billed until the end of the last one, and requests are
    /// followed for 7 hours more. Of a file, all is billed until 7 hours after its last request
    #[arg(long, default_value_t = 1, value_parser = whole_number::<u32>(1..=366, ""),
          help_heading = "Workload")]
    pub days: u32,

    /// The processing time of a request.
    #[arg(long, value_name = "TIME", help_heading = "Workload",
          help = takes("Processing time of a request: 45s, 20m..1h (uniform), or 30s/5m (median and 95th percentile). \
                        Default: that of the workload"))]
    pub processing: Option<DurationDistribution>,

    /// Seed of all random values
    #[arg(long, default_value_t = 1, value_parser = whole_number::<u64>(0..=u64::MAX.into(), ""),
          help_heading = "Workload")]
    pub seed: u64,

    /// Policies to simulate, separated by commas. Default: all that can be deployed, except
    /// results-metric
    #[arg(long, value_enum, value_delimiter = ',', help_heading = "Policies")]
    pub policy: Vec<CandidateId>,

    /// Your own policies and alarms. Together, the files are one more policy, `own`
    ///
    /// For policies, the output of describe-scaling-policies, the input of put-scaling-policy
    /// --cli-input-json, or the config.json of its --target-tracking-scaling-policy-configuration
    /// or --step-scaling-policy-configuration, named for the policy. For the alarms of step
    /// scaling, the output of describe-alarms, also of a whole account, or the input of
    /// put-metric-alarm --cli-input-json. For both, a CloudFormation template or resource (YAML or
    /// JSON), or the output of terraform show -json. The policies are applied to the simulated
    /// endpoint, whatever endpoint they name. A policy that cannot be played is named.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Policies")]
    pub own: Vec<PathBuf>,

    /// If the files of --own have policies of several endpoints: the one to simulate, NAME or
    /// NAME/VARIANT
    #[arg(long, value_name = "NAME", requires = "own", help_heading = "Policies")]
    pub own_endpoint: Option<String>,

    /// Values of a metric of --own that the simulation does not have, such as CPUUtilization: a CSV
    /// file with the columns `at` (RFC 3339) and `value`
    ///
    /// The values are the same whatever the policies do.
    #[arg(long, value_name = "NAME=FILE", requires = "own", help_heading = "Policies")]
    pub metric_values: Vec<MetricFile>,

    /// MaxCapacity of the scalable target
    #[arg(long, default_value_t = 4, value_parser = whole_number::<i32>(1..=i32::MAX.into(), ""),
          help_heading = "Policies")]
    pub max: i32,

    /// Minutes without work before the function scales in, if this is more than --job-minutes + 2.
    /// A duration such as 2h also works
    #[arg(long, default_value_t = 10, value_parser = whole_minutes::<u32>(1..=1440),
          help_heading = "Policies")]
    pub idle_minutes: u32,

    /// Duration of the longest request, in minutes, or a duration such as 1h
    #[arg(long, default_value_t = 15, value_parser = whole_minutes::<u32>(1..=60),
          help_heading = "Policies")]
    pub job_minutes: u32,

    /// Number of instances that a wake requests
    #[arg(long, default_value_t = 1, value_parser = whole_number::<u32>(1..=1000, ""),
          help_heading = "Policies")]
    pub wake_to: u32,

    /// Also simulate the function with this number of inputs per instance, with an event for each
    /// upload and with a queue that batches the uploads
    #[arg(long, value_name = "N", value_parser = whole_number::<u32>(1..=u32::MAX.into(), ""),
          help_heading = "Policies")]
    pub inputs_per_instance: Option<u32>,

    /// Batching window of that queue, in seconds, or a duration such as 2m
    #[arg(long, default_value_t = 60, value_parser = whole_seconds::<u32>(1..=300),
          help_heading = "Policies")]
    pub buffer_seconds: u32,

    /// The time to provision an instance.
    #[arg(long, value_name = "TIME", help_heading = "Assumptions",
          help = takes("Time from a request for more instances until they are in service: 6m, 3m..10m, or 5m/11m. \
                        Default: 6m"))]
    pub provisioning: Option<DurationDistribution>,

    /// The time to terminate instances.
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Assumptions",
          help = takes("Time from a request for fewer instances until they are terminated. Default: 1m"))]
    pub scale_in: Option<Duration>,

    /// The delay of metrics.
    #[arg(long, value_name = "TIME", value_parser = delay, help_heading = "Assumptions",
          help = takes("Time from the end of a minute until CloudWatch returns its datapoint. Default: 2m"))]
    pub metric_lag: Option<Duration>,

    /// The delay of events.
    #[arg(long, value_name = "TIME", value_parser = delay, help_heading = "Assumptions",
          help = takes("Time from an upload until its event invokes the function. Default: 1s"))]
    pub event_delay: Option<Duration>,

    /// Use the delays that were measured on a live endpoint instead of the four defaults above. The
    /// command line takes precedence
    ///
    /// A JSON document: {"version":1,"measured_at":"2026-01-31T12:00:00Z","endpoint":"my-endpoint",
    /// "metric_lag_seconds":130,"provisioning_seconds":[311,402],"scale_in_seconds":75,
    /// "event_delay_seconds":0.8}. Each delay is optional.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath,
          help_heading = "Assumptions")]
    pub calibration: Option<PathBuf>,

    /// Value of ApproximateBacklogSizePerInstance while there is no instance
    #[arg(long, value_enum, default_value_t = AtZero::Absent, help_heading = "Assumptions")]
    pub backlog_per_instance_at_zero: AtZero,
}

/// Value of a metric per instance while there is no instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AtZero {
    /// No datapoint: users report endpoints that this metric never scales out from zero
    Absent,
    /// The backlog, as with one instance
    Backlog,
}

/// Description in `scalerctl simulate --help`.
pub const SIMULATE: &str = "\
Compare scaling policies on a workload, in simulated time: delays, instance hours, price.

The first line names the policy that wins: the lowest bill among the policies that serve every \
request. It is compared with the policy of --own, or without one with the pair that AWS documents.

The policies of Application Auto Scaling run on a model of it and of CloudWatch, with the delays \
that AWS documents or users report. The function is the real code. Nothing is adjusted to the \
result. Simulated time starts on Monday, 2030-01-07, at 00:00 UTC.";

/// Examples and exit codes in `scalerctl simulate --help`.
pub const SIMULATE_EXAMPLES: &str = "\
Examples:
  scalerctl simulate
  scalerctl simulate --workload sporadic --days 7 --price-per-hour 1.41
  scalerctl simulate --workload nightly-batch --max 25 --inputs-per-instance 200 \\
      --policy reactive-scaler,reactive-scaler-batched
  scalerctl simulate --own policies.json --own alarms.json --policy own,reactive-scaler
  scalerctl simulate --arrivals arrivals.csv --provisioning 5m/11m --html report.html
  scalerctl simulate --calibration measured.json --policy has-backlog,reactive-scaler

Exit codes:
  0  success
  1  a file cannot be written
  2  the arguments are not valid, or AWS would reject a policy";

/// Description in `scalerctl explain --help`.
pub const EXPLAIN: &str = "\
Explain what a scaling policy does on a workload, minute by minute, and why.

Runs the same simulation as `scalerctl simulate`, and prints which datapoint counted for which \
alarm and how late it was published, what each alarm and each policy did, what the function \
decided, and when instances were in service. The last lines name what triggered scaling out and \
scaling in.";

/// Examples and exit codes in `scalerctl explain --help`.
pub const EXPLAIN_EXAMPLES: &str = "\
Examples:
  scalerctl explain --policy has-backlog
  scalerctl explain --policy aws-documented-pair,reactive-scaler --provisioning 10m

Exit codes:
  0  success
  2  the arguments are not valid, or AWS would reject a policy";
