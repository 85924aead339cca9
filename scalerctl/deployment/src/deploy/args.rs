//! Arguments and help of `deploy`.

use std::path::PathBuf;

use clap::{Args, ValueHint, builder::NonEmptyStringValueParser};
use scalerctl_console::{numbers::whole_number, output::FormatArgs};
use scalerctl_operator::account::{EndpointArg, args::AccountArgs};

use super::parameter::Parameter;

/// Arguments of `scalerctl deploy`.
#[derive(Debug, Clone, Args)]
pub struct DeployArgs {
    /// The endpoint, by name or ARN; default: all endpoints that the SageMaker Python SDK calls and
    /// that you register
    #[arg(value_name = "ENDPOINT")]
    pub endpoint: Option<EndpointArg>,

    /// The stack's name
    #[arg(long, value_name = "NAME", default_value = super::STACK, value_parser = NonEmptyStringValueParser::new())]
    pub stack: String,

    /// The bucket that the endpoint's inputs are uploaded to; default: the SDK's default bucket, if it
    /// exists
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub bucket: Option<String>,

    /// The prefix of the inputs' keys
    #[arg(long, requires = "bucket", value_parser = NonEmptyStringValueParser::new())]
    pub prefix: Option<String>,

    /// The suffix of the inputs' keys
    #[arg(long, requires = "bucket", value_parser = NonEmptyStringValueParser::new())]
    pub suffix: Option<String>,

    /// MaxCapacity; default: that of the registration or the stack, else the present number of
    /// instances, at least 1
    #[arg(long, value_name = "N", requires = "endpoint", value_parser = whole_number::<i32>(1..=9_999, " of instances"))]
    pub max_capacity: Option<i32>,

    /// Also set MinCapacity to 0 if the endpoint's owner set it higher. This lets the function stop
    /// all instances
    #[arg(long, requires = "endpoint")]
    pub allow_zero: bool,

    /// Another parameter of the template, such as AlarmEmail=me@example.com; can be repeated
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub parameters: Vec<Parameter>,

    /// The packaged template; default: the one that was installed with scalerctl, or target/package
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub template: Option<PathBuf>,

    /// Print the plan, and change nothing
    #[arg(long)]
    pub plan: bool,

    /// Do not ask
    #[arg(long)]
    pub yes: bool,

    /// Options for the AWS account.
    #[command(flatten)]
    pub account: AccountArgs,

    /// Options for the output format.
    #[command(flatten)]
    pub format: FormatArgs,
}

impl DeployArgs {
    /// The value of a parameter of the template that the user gave.
    pub fn value(&self, name: &str) -> Option<&str> {
        let given = self.parameters.iter().rfind(|parameter| parameter.name == name);
        given.map(|parameter| parameter.value.as_str())
    }

    /// Whether the function only observes: as the user asked, or else as it does now.
    pub fn observes(&self, now: bool) -> bool {
        self.value("ScalerMode").map_or(now, |mode| mode == "observe")
    }
}

/// Description in `scalerctl deploy --help`.
pub const DEPLOY: &str = "\
Deploy the function, connect its bucket, and register the endpoint. Run again, it changes what differs.

The command looks at the endpoint, its registration, the SageMaker SDK's default bucket, and the functions in the \
region. It proposes the parameters of the template with a reason for each, says what is made and what that costs a \
month, and asks once. Then it runs `sam deploy`, turns EventBridge on for the bucket (its other notifications stay), \
registers the endpoint as `scalerctl register` does, and ends with the checks of `scalerctl smoke`. With `--set \
ScalerMode=observe`, it registers and checks nothing.

A stack that exists keeps its parameters, except those that you give. The SAM CLI is used from beside scalerctl, or \
from PATH: `pip install aws-sam-cli` installs it.";

/// Examples and exit codes in `scalerctl deploy --help`.
pub const DEPLOY_EXAMPLES: &str = "\
Examples:
  scalerctl deploy my-endpoint --plan
  scalerctl deploy my-endpoint --bucket my-inputs --prefix async/in/ --max-capacity 4
  scalerctl deploy --yes --set AlarmEmail=me@example.com

Exit codes:
  0  deployed, or nothing to change; with --plan: it can be deployed
  1  refused, `sam deploy` failed, or a check of smoke failed
  2  the arguments are not valid, there is no SAM CLI, AWS cannot be reached, or it rejected a call";
