//! The arguments of `scalerctl aws`.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum, ValueHint};
use jiff::SignedDuration;
use scalerctl_console::{
    loopback::LOCAL_PORT,
    numbers::whole_number,
    output::FormatArgs,
    times::{
        DURATION_FORMS, TAKES,
        duration::{duration_up_to_days, positive_duration},
    },
};
use simulator::ResultDelivery;

use crate::{
    fault::Fault,
    history::{MOST_DAYS, MOST_ENDPOINTS},
};

/// The routes without `--routes` and `--endpoints`.
pub const ROUTES: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#;

/// Arguments of `scalerctl aws`.
#[derive(Debug, Clone, Args)]
pub struct AwsArgs {
    /// Port on 127.0.0.1; 0 selects a free port
    #[arg(long, default_value_t = LOCAL_PORT, value_parser = whole_number::<u16>(0..=u16::MAX.into(), ""))]
    pub port: u16,

    /// SCALER_ROUTES of the function. The endpoints and buckets that it names are created [default:
    /// [{"endpoint":"my-endpoint","bucket":"my-inputs"}]]
    #[arg(long, value_name = "JSON")]
    pub routes: Option<String>,

    /// Instead of --routes: N endpoints, my-endpoint, my-endpoint-02, and so on, each with a prefix
    /// of its own in the bucket my-inputs, such as my-endpoint-02/
    #[arg(long, value_name = "N", conflicts_with = "routes",
          value_parser = whole_number::<u32>(1..=MOST_ENDPOINTS.into(), ""))]
    pub endpoints: Option<u32>,

    /// The length of the past.
    #[arg(long, value_name = "TIME", conflicts_with = "no_function",
          help = format!("Start with a past of this length that ends now, at most {MOST_DAYS}d: a duration {DURATION_FORMS}"),
          value_parser = duration_up_to_days(MOST_DAYS))]
    pub history: Option<SignedDuration>,

    /// Seed of the requests of the past
    #[arg(long, value_name = "N", default_value_t = 1, requires = "history",
          value_parser = whole_number::<u64>(0..=u64::MAX.into(), ""))]
    pub seed: u64,

    /// For tests: the end of the past
    #[arg(long, hide = true, value_name = "TIME", requires = "history", help = TAKES)]
    pub until: Option<String>,

    /// For tests: when the part of the past begins that is served first
    #[arg(long, hide = true, value_name = "TIME", requires = "history")]
    pub served_from: Option<jiff::Timestamp>,

    /// Keep the simulated AWS in FILE: go on with it if FILE exists, and write it every 10 s and at
    /// the end
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub state: Option<PathBuf>,

    /// The time to provision an instance.
    #[arg(long, value_name = "TIME", default_value = "6m", value_parser = positive_duration,
          help = format!("Time from a request for more instances until they are in service: a duration {DURATION_FORMS}"))]
    pub provisioning: SignedDuration,

    /// The processing time of a request.
    #[arg(long, value_name = "TIME", default_value = "45s", value_parser = positive_duration,
          help = format!("Processing time of a request: a duration {DURATION_FORMS}"))]
    pub processing: SignedDuration,

    /// The requests that the backlog metrics count
    #[arg(long, value_enum, default_value_t = Backlog::All)]
    pub backlog: Backlog,

    /// How often and when the message of a result arrives at its SNS topic
    #[arg(long, value_enum, default_value_t = ResultMessages::Once)]
    pub result_messages: ResultMessages,

    /// Simulated seconds per second
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole_number::<u32>(1..=3600, ""))]
    pub speed: u32,

    /// A fault that doctor finds, from the start. Repeat the option for several
    #[arg(long = "fault", value_name = "NAME", value_enum)]
    pub faults: Vec<Fault>,

    /// How long faults of AWS last.
    #[arg(long, value_name = "TIME", value_parser = positive_duration, requires = "faults",
          help = format!("Simulated time after which AWS ends quota, no-capacity, late-metrics, and throttling: a duration {DURATION_FORMS}"))]
    pub fault_lasts: Option<SignedDuration>,

    /// Do not run the function
    #[arg(long)]
    pub no_function: bool,

    /// The output format. JSON: one object per line
    #[command(flatten)]
    pub format: FormatArgs,
}

/// AWS's documentation has both readings of the backlog metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Backlog {
    /// Requests that wait or run
    All,
    /// Requests that wait
    Waiting,
}

/// How often and when the message of a result arrives at its topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ResultMessages {
    /// Each message arrives once
    Once,
    /// No message arrives
    Lost,
    /// Each message arrives twice
    Twice,
    /// Each message arrives 10 minutes late
    Late,
}

impl From<ResultMessages> for ResultDelivery {
    fn from(messages: ResultMessages) -> Self {
        match messages {
            ResultMessages::Once => Self::Once,
            ResultMessages::Lost => Self::Lost,
            ResultMessages::Twice => Self::Twice,
            ResultMessages::Late => Self::Late(Duration::from_secs(10 * 60)),
        }
    }
}
