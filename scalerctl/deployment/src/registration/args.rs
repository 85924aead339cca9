//! Arguments and help of `register` and `unregister`.

use clap::{Args, builder::NonEmptyStringValueParser};
use scalerctl_console::{numbers::whole_number, output::FormatArgs};
use scalerctl_operator::account::{args::AccountArgs, name_or_pattern::NameOrPattern};

/// Arguments of `scalerctl register`.
#[derive(Debug, Clone, Args)]
pub struct RegisterArgs {
    /// What the endpoint is registered with.
    #[command(flatten)]
    pub settings: Settings,

    /// The endpoints, and how to reach them.
    #[command(flatten)]
    pub common: RegistrationArgs,
}

/// What the endpoint is registered with.
#[derive(Debug, Clone, Default, Args)]
pub struct Settings {
    /// MaxCapacity; default: that of the registration, else the present number of instances, at least 1
    #[arg(long, value_name = "N", value_parser = whole_number::<i32>(1..=9_999, " of instances"))]
    pub max_capacity: Option<i32>,

    /// Also set MinCapacity to 0 if the endpoint's owner set it higher. This lets the function stop
    /// all instances
    #[arg(long)]
    pub allow_zero: bool,

    /// Requests in the backlog per instance, for the scaling policy of an endpoint that has none;
    /// default: 5
    #[arg(long, value_name = "N", value_parser = whole_number::<u32>(1..=1_000_000, " of requests"))]
    pub backlog_per_instance: Option<u32>,

    /// Value of the tag reactive-scaler, the same as the stack's parameter EndpointTag; default: that
    /// of the tag that exists, else yes
    #[arg(long, value_name = "VALUE", value_parser = NonEmptyStringValueParser::new())]
    pub tag: Option<String>,

    /// The stack's output SignalTopicArn, for the backstop alarm; default: read from the function's
    /// policy
    #[arg(long, value_name = "ARN", value_parser = NonEmptyStringValueParser::new())]
    pub signal_topic: Option<String>,
}

/// Arguments of `scalerctl unregister`.
#[derive(Debug, Clone, Args)]
pub struct UnregisterArgs {
    /// Also delete policies and scheduled actions that are not the function's. AWS deletes them with
    /// the registration
    #[arg(long)]
    pub delete_policies: bool,

    /// The endpoints, and how to reach them.
    #[command(flatten)]
    pub common: RegistrationArgs,
}

/// The endpoints, and how to reach them.
#[derive(Debug, Clone, Args)]
pub struct RegistrationArgs {
    /// Endpoints by name or ARN, or patterns of names such as 'whisper-*'
    #[arg(value_name = "ENDPOINT", required = true)]
    pub endpoints: Vec<NameOrPattern>,

    /// The production variant; default: the only one
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub variant: Option<String>,

    /// The deployed function, by name or ARN; default: SCALERCTL_FUNCTION, else scalerctl.toml, else
    /// the one whose SCALER_ROUTES covers the endpoint
    #[arg(long, value_name = "NAME_OR_ARN", value_parser = NonEmptyStringValueParser::new())]
    pub function: Option<String>,

    /// Print what would be done, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Options for the AWS account.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Options for the output format.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// Description in `scalerctl register --help`.
pub const REGISTER: &str = "\
Register endpoints, so that the deployed function scales them to zero. Run again, it changes nothing.

In this order, each only if it is missing:
  tag       reactive-scaler on the endpoint, for a stack with EndpointTag
  topics    the function's subscription to the endpoint's topics, if a route uses results
  backstop  an alarm that wakes the endpoint when requests wait without an instance
  target    the scalable target, with MinCapacity 0
  policy    target tracking on the backlog per instance

Policies that exist are kept. Refused, and nothing is written: an endpoint that is not async, that no function \
covers or whose function only observes, a MaxCapacity below the present number of instances, because AWS would \
remove instances at once, and a MinCapacity above 0 that the owner set (see --allow-zero).";

/// Examples and exit codes in `scalerctl register --help`.
pub const REGISTER_EXAMPLES: &str = "\
Examples:
  scalerctl register my-endpoint
  scalerctl register my-endpoint --max-capacity 4 --dry-run
  scalerctl register 'whisper-*' llama --function my-stack-ScalerFunction-AbC123

Exit codes:
  0  registered, or nothing to change
  1  refused for an endpoint; nothing was written for it
  2  the arguments are not valid, AWS cannot be reached, or it rejected a call";

/// Description in `scalerctl unregister --help`.
pub const UNREGISTER: &str = "\
Take back what `scalerctl register` did: the backstop alarm, the subscriptions, the registration with its policy and \
the function's scheduled actions, and the tag. Run again, it changes nothing.

It changes no capacity: instances that run keep running, and cost money. It refuses an endpoint whose registration has \
policies or scheduled actions of its own, because AWS deletes them too (see --delete-policies).";

/// Examples and exit codes in `scalerctl unregister --help`.
pub const UNREGISTER_EXAMPLES: &str = "\
Examples:
  scalerctl unregister my-endpoint
  scalerctl unregister 'whisper-*' --dry-run -o json

Exit codes:
  0  unregistered, or nothing to change
  1  refused for an endpoint; nothing was written for it
  2  the arguments are not valid, AWS cannot be reached, or it rejected a call";
