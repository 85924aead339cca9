//! The AWS clients, and the log group of the decisions.

use std::{collections::BTreeSet, sync::Arc};

use reactive_scaler::{
    aws::SdkAws,
    port::{Endpoint, Endpoints, ScalableTarget, Scaling},
};

use crate::{
    account::{
        CallError, EndpointArg, alarms::Alarms, configuration, decision_log::DecisionLog,
        endpoint_names::closest, lambda::Lambda, metrics::Metrics,
    },
    monitoring::args::{FunctionArgs, MonitoringArgs},
};
use scalerctl_console::Failure;

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
        })
    }

    /// The log group that the arguments name. `None` if they name no function.
    ///
    /// # Errors
    ///
    /// See [`log_group`].
    pub async fn log_group(&self, of: &FunctionArgs) -> Result<Option<String>, Failure> {
        log_group(&self.lambda, of).await
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
    match lambda.function(name).await {
        Ok(function) => Ok(Some(function.log_group.unwrap_or_else(|| {
            let name = function.arn.split(":function:").nth(1).unwrap_or(name);
            format!("/aws/lambda/{}", name.split(':').next().unwrap_or(name))
        }))),
        Err(error) if error.is("ResourceNotFoundException") => {
            let message = format!("there is no function {name} in this region: {error}");
            Err(Failure::Usage(message))
        }
        Err(error) => Err(no_access(error)),
    }
}

fn unknown(name: &str, targets: &[ScalableTarget]) -> String {
    let known: BTreeSet<&str> = targets.iter().map(|target| target.id.endpoint.as_str()).collect();
    let known: Vec<String> = known.into_iter().map(str::to_owned).collect();
    let hint = match closest(name, &known).as_slice() {
        [] => "check the name, --region and --profile".to_owned(),
        some => format!("did you mean {}?", some.join(" or ")),
    };
    format!("there is no endpoint {name} in this account and region; {hint}")
}

/// The error for a failed call, with what to do about it.
pub fn no_access(error: impl Into<CallError>) -> Failure {
    Failure::NoAccess(error.into().with_advice())
}
