//! The function's own scaler, run in this process for one endpoint.

pub mod args;
mod route;
mod same_variant;

use std::time::Duration;

use aws_config::SdkConfig;
use jiff::Timestamp;
use reactive_scaler::{
    aws::SdkAws,
    config::{Config, Mode, Route},
    port::{AwsFailure, Clock, FailureKind, Ledger, Scaling, VariantId},
    scaler::{Done, Failure as Problem, Outcome, Scaler, Status},
    signal::{Command, Decoded, Signal, What},
};
use tokio::time::Instant;

use crate::{
    account::{
        call_error::CallError, configuration, endpoint_names::closest, function_search::named,
    },
    clock::PacedClock,
};
use args::{PolicyArgs, ScalerArgs};
pub use route::{CoveringFunction, Need, Settings};
pub use same_variant::SameVariant;
use scalerctl_console::Failure;

/// Time limit for all AWS calls of a command, including retries.
const PATIENCE: Duration = Duration::from_secs(120);

/// The scaler and the account.
#[derive(Debug)]
pub struct LocalScaler {
    /// The AWS configuration, for calls that the scaler does not make.
    pub config: SdkConfig,
    /// The scaler's own AWS client.
    pub aws: SdkAws,
    /// The time.
    pub clock: PacedClock,
    /// The deployed function of `--function`.
    pub function: Option<CoveringFunction>,
    scaler: Scaler<SdkAws, PacedClock>,
    route: Route,
}

impl LocalScaler {
    /// Reads the AWS configuration, and the settings that the command needs. `function`: the function that the user
    /// named for any purpose, because its ARN can contain the region.
    ///
    /// # Errors
    /// If the arguments are not valid, or the function cannot be read.
    pub async fn open(
        arguments: &ScalerArgs,
        policy: &PolicyArgs,
        function: Option<&str>,
        need: Need,
    ) -> Result<Self, Failure> {
        let ScalerArgs { endpoint, options } = arguments;
        let named = named(function, &options.account);
        let named = named.as_ref().map(|named| named.name.as_str());
        let config = configuration(&options.account, &[endpoint], named).await?;
        let endpoints = [endpoint.name.clone()];
        let settings = Settings::find(&config, &options.account, policy, &endpoints, need).await?;
        Self::on(&config, arguments, policy, &settings).await
    }

    /// For one endpoint, with these settings.
    ///
    /// # Errors
    ///
    /// If the arguments are not valid.
    pub async fn on(
        config: &SdkConfig,
        arguments: &ScalerArgs,
        policy: &PolicyArgs,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        let (mut route, function) = settings.route(arguments, policy)?;
        let clock = arguments.options.clock.unwrap_or_default();
        let table = match &function {
            Some(function) => readable_table(config, function, &route.endpoint, clock).await,
            None => None,
        };
        // Without the ledger, the metric decides.
        route.results &= table.is_some() || function.as_ref().is_none_or(|it| it.is_required);
        let of_route = Config { routes: vec![route.clone()], mode: Mode::Act };
        let scaler = Scaler::new(SdkAws::new(config).with_ledger(table.clone()), clock, of_route);
        // What the output says about uploads depends on whether the ledger was read.
        let function = function.map(|function| CoveringFunction { table, ..function });
        let aws = SdkAws::new(config);
        Ok(Self { aws, config: config.clone(), clock, function, scaler, route })
    }

    /// The AWS Region.
    pub fn region(&self) -> &str {
        self.config.region().map_or("no region", |region| region.as_ref())
    }

    /// The endpoint's name.
    pub fn endpoint(&self) -> &str {
        &self.route.endpoint
    }

    /// The commands that can follow. `policy`: the settings that the user gave.
    pub fn same_variant(&self, policy: &PolicyArgs) -> SameVariant {
        SameVariant {
            endpoint: self.route.endpoint.clone(),
            variant: self.route.variant.clone(),
            policy: policy.clone(),
        }
    }

    /// Its state.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub async fn status(&self) -> Result<(VariantId, Status), Failure> {
        let done = self.ask(Command::Status, true).await?;
        if let Some(failure) = self.trouble(&done).await {
            return Err(failure);
        }
        let endpoint = done.subject.endpoint;
        match (done.subject.variant, done.status) {
            (Some(variant), Some(status)) => Ok((VariantId::new(endpoint, variant), status)),
            _ => Err(Failure::NotOk(format!("{endpoint}: {}", done.reason.meaning()))),
        }
    }

    /// Runs a command of the scaler. With `observe`, the scaler only reports what it would do.
    ///
    /// # Errors
    /// If there is no decision.
    pub async fn ask(&self, command: Command, observe: bool) -> Result<Done, Failure> {
        let what = What::Command {
            command,
            endpoint: self.route.endpoint.clone(),
            variant: self.route.variant.clone(),
        };
        let signals = vec![Signal { message_id: None, what }];
        let decoded = Decoded { signals, observe, ..Decoded::default() };
        let Outcome { done, failures, .. } =
            self.scaler.serve(decoded, Instant::now() + PATIENCE).await;
        done.into_iter().next().ok_or_else(|| {
            let said: Vec<String> = failures.iter().map(ToString::to_string).collect();
            Failure::NotOk(said.join("; "))
        })
    }

    /// The failure that stopped the command, with advice; `None` if there is none. A refusal by a
    /// rule is not a failure.
    pub async fn trouble(&self, done: &Done) -> Option<Failure> {
        let problem =
            done.failures().iter().find(|one| !matches!(one, Problem::Unserved { .. }))?;
        Some(match problem {
            Problem::Aws(failure) if failure.kind == FailureKind::EndpointMissing => {
                self.missing().await
            }
            Problem::Aws(failure) => self.refused(failure.clone()),
            Problem::Missing { .. } => self.missing().await,
            Problem::VariantUnclear { endpoint, variants, .. } => Failure::Usage(format!(
                "endpoint {endpoint} has the variants {} (what to do: name one with --variant)",
                variants.join(", ")
            )),
            Problem::OutOfTime { endpoint } => Failure::NoAccess(format!(
                "endpoint {endpoint}: AWS took more than {} s (what to do: run the command again; \
                 nothing is done twice)",
                PATIENCE.as_secs()
            )),
            other => Failure::NotOk(other.to_string()),
        })
    }

    /// A call that failed.
    pub fn refused(&self, failure: AwsFailure) -> Failure {
        let region = self.region();
        Failure::NoAccess(format!("in {region}: {}", CallError::from(failure).with_advice()))
    }

    /// The error for an endpoint that does not exist, with similar names. Only registered names are
    /// suggested, because listing endpoints needs another permission.
    pub async fn missing(&self) -> Failure {
        let (name, region) = (self.endpoint(), self.region());
        let registered: Vec<String> = match self.aws.targets().await {
            Ok(targets) => targets.into_iter().map(|target| target.id.endpoint).collect(),
            Err(_) => Vec::new(),
        };
        let alike = closest(name, &registered);
        let meant = match alike.as_slice() {
            [] => String::new(),
            some => format!("; did you mean {}?", some.join(", ")),
        };
        Failure::Usage(format!(
            "sagemaker:DescribeEndpoint on {name} failed: there is no such endpoint in \
             {region}{meant} (what to do: correct the name, or set its region with --region)"
        ))
    }
}

/// The function's ledger. A command that named no function also works without the permission to read it.
async fn readable_table(
    config: &SdkConfig,
    function: &CoveringFunction,
    endpoint: &str,
    clock: PacedClock,
) -> Option<String> {
    let table = function.table.clone()?;
    if function.is_required {
        return Some(table);
    }
    let ledger = SdkAws::new(config).with_ledger(Some(table.clone()));
    let read = ledger.reading(endpoint, clock.now(), Timestamp::MIN).await;
    read.is_ok().then_some(table)
}
