//! The AWS clients, and the log group of the decisions.

use std::{collections::BTreeSet, sync::Arc};

use aws_config::SdkConfig;
use reactive_scaler::{
    aws::SdkAws,
    port::{Endpoint, Endpoints, ScalableTarget, Scaling},
};

use crate::{
    account::{
        CallError, EndpointArg,
        alarms::Alarms,
        configuration,
        decision_log::DecisionLog,
        endpoint_names::closest,
        lambda::{Function, Lambda},
        metrics::Metrics,
    },
    monitoring::{
        Deployed,
        args::{FunctionArgs, MonitoringArgs},
    },
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
    lambda: Lambda,
    config: SdkConfig,
}

/// The function whose decisions are read. Empty if the arguments name none.
#[derive(Debug, Default)]
pub struct Source {
    /// Its log group.
    pub log_group: Option<String>,
    /// With `--function`: its settings.
    pub deployed: Option<Deployed>,
}

impl Account {
    /// Creates the clients in the region of `--region`, or of the ARNs.
    ///
    /// # Errors
    ///
    /// If the configuration cannot be used.
    pub async fn open(
        arguments: &MonitoringArgs,
        endpoints: &[EndpointArg],
    ) -> Result<Self, Failure> {
        let endpoints: Vec<&EndpointArg> = endpoints.iter().collect();
        let function = arguments.function.function.as_deref();
        let config = configuration(&arguments.account, &endpoints, function).await?;
        Ok(Self {
            aws: Arc::new(SdkAws::new(&config)),
            metrics: Metrics::new(&config),
            alarms: Alarms::new(&config),
            decisions: DecisionLog::new(&config),
            lambda: Lambda::new(&config),
            config,
        })
    }

    /// The function that the arguments name, or only its log group.
    ///
    /// # Errors
    ///
    /// As [`log_group`].
    pub async fn source(&self, of: &FunctionArgs) -> Result<Source, Failure> {
        let log_group = of.log_group.clone();
        let Some(name) = of.function.as_deref().filter(|_| log_group.is_none()) else {
            return Ok(Source { log_group, deployed: None });
        };
        let function = function(&self.lambda, name).await?;
        let log_group = Some(log_group_of(&function, name));
        Ok(Source { log_group, deployed: Some(Deployed::of(&function)) })
    }

    /// The function's ledger in this table, through the function's own adapter.
    pub fn ledger(&self, table: &str) -> SdkAws {
        SdkAws::new(&self.config).with_ledger(Some(table.to_owned()))
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

/// The log group that the arguments name. `None` if they name no function.
///
/// # Errors
///
/// [`Failure::Usage`] if the function does not exist, [`Failure::NoAccess`] if it cannot be
/// read.
pub async fn log_group(lambda: &Lambda, of: &FunctionArgs) -> Result<Option<String>, Failure> {
    if of.log_group.is_some() {
        return Ok(of.log_group.clone());
    }
    let Some(name) = of.function.as_deref() else { return Ok(None) };
    Ok(Some(log_group_of(&function(lambda, name).await?, name)))
}

fn log_group_of(function: &Function, name: &str) -> String {
    function.log_group.clone().unwrap_or_else(|| {
        let name = function.arn.split(":function:").nth(1).unwrap_or(name);
        format!("/aws/lambda/{}", name.split(':').next().unwrap_or(name))
    })
}

async fn function(lambda: &Lambda, name: &str) -> Result<Function, Failure> {
    match lambda.function(name).await {
        Ok(function) => Ok(function),
        Err(error) if error.is("ResourceNotFoundException") => {
            let message =
                format!("there is no function {name} in this region: {}", error.with_advice());
            Err(Failure::Usage(message))
        }
        Err(error) => Err(no_access(error)),
    }
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
