//! The AWS clients, and the function whose decisions are read.

use std::{collections::BTreeSet, sync::Arc};

use aws_config::SdkConfig;
use jiff::Timestamp;
use reactive_scaler::{
    aws::SdkAws,
    port::{Endpoint, Endpoints, ScalableTarget, Scaling},
};

use crate::{
    account::{
        CallError, EndpointArg,
        alarms::Alarms,
        args::AccountArgs,
        configuration,
        decision_log::{DecisionLog, LoggedDecision},
        endpoint_names::closest,
        function_search::{FunctionSearch, named, short_name},
        lambda::{Function, Lambda},
        metrics::Metrics,
        sagemaker::SageMaker,
    },
    monitoring::{Deployed, args::FunctionArgs},
};
use scalerctl_console::{Failure, suggested::Suggested};

/// The AWS clients. All calls read.
#[derive(Debug)]
pub struct Account {
    /// SageMaker and Application Auto Scaling, through the function's own adapter.
    pub aws: Arc<SdkAws>,
    /// CloudWatch metrics.
    pub metrics: Metrics,
    /// CloudWatch alarms.
    pub alarms: Alarms,
    /// The function's log.
    pub decisions: DecisionLog,
    /// The names of endpoints.
    pub sagemaker: SageMaker,
    config: SdkConfig,
    arguments: AccountArgs,
}

/// The function whose decisions are read.
#[derive(Debug, Default)]
pub struct Source {
    /// Its log group. `None`: no function is known.
    pub log_group: Option<String>,
    /// Its settings. `None`: only its log group is known.
    pub deployed: Option<Deployed>,
    /// Which function it is, or why none is known.
    pub notes: Vec<String>,
    /// Nobody named it, so that it cannot be read is no failure of the command.
    pub is_found: bool,
    /// The call that failed, so that no function is known.
    pub refused: Option<Failure>,
}

impl Account {
    /// Creates the clients in the region of `--region`, or of the ARNs.
    ///
    /// # Errors
    ///
    /// If the configuration cannot be used.
    pub async fn open(
        arguments: &AccountArgs,
        function: &FunctionArgs,
        endpoints: &[EndpointArg],
    ) -> Result<Self, Failure> {
        let endpoints: Vec<&EndpointArg> = endpoints.iter().collect();
        let function = named(function.function.as_deref(), arguments);
        let function = function.as_ref().map(|function| function.name.as_str());
        let config = configuration(arguments, &endpoints, function).await?;
        Ok(Self {
            aws: Arc::new(SdkAws::new(&config)),
            metrics: Metrics::new(&config),
            alarms: Alarms::new(&config),
            decisions: DecisionLog::new(&config),
            sagemaker: SageMaker::new(&config),
            config,
            arguments: arguments.clone(),
        })
    }

    /// The function of these endpoints, or only its log group: named by the user, or found.
    ///
    /// # Errors
    ///
    /// As [`source`].
    pub async fn source(&self, of: &FunctionArgs, endpoints: &[String]) -> Result<Source, Failure> {
        source(&self.config, &self.arguments, of, endpoints).await
    }

    /// The decisions in the function's log, of one endpoint or of all. `None`: no function is known, or nobody named it
    /// and its log cannot be read.
    ///
    /// # Errors
    ///
    /// [`Failure::NoAccess`] if the log of a function that the user named cannot be read.
    pub async fn logged(
        &self,
        source: &mut Source,
        endpoint: Option<&str>,
        range: (Timestamp, Timestamp),
    ) -> Result<Option<Vec<LoggedDecision>>, Failure> {
        let Some(group) = source.log_group.clone() else { return Ok(None) };
        match self.decisions.read(&group, endpoint, range).await {
            Ok(decisions) => Ok(Some(decisions)),
            Err(error) if source.is_found => {
                source.log_group = None;
                source.notes.push(format!("its log was not read: {error}"));
                Ok(None)
            }
            Err(error) => Err(no_access(error)),
        }
    }

    /// The function's ledger in this table, through the function's own adapter.
    pub fn ledger(&self, table: &str) -> SdkAws {
        SdkAws::new(&self.config).with_ledger(Some(table.to_owned()))
    }

    /// The variants of an endpoint with their instance types, from its configuration.
    ///
    /// # Errors
    ///
    /// If a call fails.
    pub async fn instance_types(&self, endpoint: &str) -> Result<Vec<(String, String)>, CallError> {
        let sagemaker = SageMaker::new(&self.config);
        let config = sagemaker.endpoint(endpoint).await?.config;
        Ok(sagemaker.config(&config).await?.variants)
    }

    /// All registered targets.
    ///
    /// # Errors
    ///
    /// [`Failure::NoAccess`].
    pub async fn targets(&self) -> Result<Vec<ScalableTarget>, Failure> {
        self.aws.targets().await.map_err(no_access)
    }

    /// The endpoint with the name in the arguments.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] if it does not exist, with similar registered names.
    pub async fn named(&self, name: &str, targets: &[ScalableTarget]) -> Result<Endpoint, Failure> {
        match self.aws.endpoint(name).await {
            Ok(Some(endpoint)) => Ok(endpoint),
            Ok(None) => Err(Failure::Usage(unknown(name, targets))),
            Err(failure) => Err(no_access(failure)),
        }
    }
}

/// The function of these endpoints, or only its log group: named by the user, or found.
///
/// # Errors
///
/// [`Failure::Usage`] if a function that the user named does not exist, [`Failure::NoAccess`] if it cannot be read.
pub async fn source(
    config: &SdkConfig,
    account: &AccountArgs,
    of: &FunctionArgs,
    endpoints: &[String],
) -> Result<Source, Failure> {
    if of.log_group.is_some() {
        return Ok(Source { log_group: of.log_group.clone(), ..Source::default() });
    }
    let search = FunctionSearch::of(config, account, of.function.as_deref(), endpoints).await?;
    let mut notes: Vec<String> = search.note().into_iter().collect();
    let lambda = Lambda::new(config);
    let function = match &search {
        FunctionSearch::Named(named) => named.read(&lambda).await?,
        FunctionSearch::Found { arn } => match lambda.function(arn).await {
            Ok(function) => function,
            Err(error) => {
                notes.push(format!("its log was not read: {error}"));
                let refused = Some(no_access(error));
                return Ok(Source { notes, refused, ..Source::default() });
            }
        },
        FunctionSearch::Unknown { why, what_to_do } => {
            let refused = Failure::NoAccess(format!("{why} (what to do: {what_to_do})"));
            return Ok(Source { notes, refused: Some(refused), ..Source::default() });
        }
        FunctionSearch::Several(_) | FunctionSearch::Nowhere => {
            return Ok(Source { notes, ..Source::default() });
        }
    };
    Ok(Source {
        log_group: Some(log_group_of(&function)),
        deployed: Some(Deployed::of(&function)),
        notes,
        is_found: matches!(search, FunctionSearch::Found { .. }),
        refused: None,
    })
}

fn log_group_of(function: &Function) -> String {
    let usual = || format!("/aws/lambda/{}", short_name(&function.arn));
    function.log_group.clone().unwrap_or_else(usual)
}

fn unknown(name: &str, targets: &[ScalableTarget]) -> String {
    let known: BTreeSet<&str> = targets.iter().map(|target| target.id.endpoint.as_str()).collect();
    let known: Vec<String> = known.into_iter().map(str::to_owned).collect();
    let hint = match closest(name, &known).as_slice() {
        [] => String::new(),
        some => format!("; did you mean {}?", some.join(" or ")),
    };
    format!(
        "there is no endpoint {name} in this account and region{hint} (what to do: correct the name, or set its \
         region with --region; to list the names, `{}`)",
        Suggested::aws("sagemaker list-endpoints --query 'Endpoints[].EndpointName'")
    )
}

/// The error for a failed call, with what to do about it.
pub fn no_access(error: impl Into<CallError>) -> Failure {
    Failure::NoAccess(error.into().with_advice())
}
